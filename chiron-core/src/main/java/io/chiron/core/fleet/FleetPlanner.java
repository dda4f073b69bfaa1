package io.chiron.core.fleet;

import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestGroup;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.api.Times;
import io.chiron.core.fleet.FleetConfig.Grouping;
import io.chiron.core.fleet.FleetConfig.InteractiveRule;
import io.chiron.core.local.TierProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fleet rule: how many instances, in which pools (design 6 to 8). Pure.
 *
 * <p>Interactive demand and the batch queue are planned jointly: the total is the larger of what each asks for, since
 * batch work runs in what interactive headroom leaves; pools follow from it.
 */
public final class FleetPlanner {
    /** A want is not known to a per cent: no instance is launched for less. */
    private static final double ROUNDING = 1.01;

    /** Relative change of the busy share that the paper's rule ignores: it moves in steps of whole instances. */
    private static final double BUSY_DEAD_BAND = 0.1;

    private FleetPlanner() {}

    /** One run of the rule. */
    public static FleetStep step(FleetState state, FleetInput input) {
        Instant now = input.now();
        FleetSnapshot snapshot = input.snapshot();
        FleetConfig config = input.config();
        double leadBefore = state.leads.seconds(config.initialLeadSeconds());
        boolean restarted = lostTrack(state, input, Math.max(config.holdSeconds(), 1.5 * leadBefore));
        Instant since = state.since == null || restarted ? now : state.since;
        double age = Times.secondsBetween(since, now);

        LeadTimes leads = state.leads.observe(snapshot.instances(), now, leadBefore);
        double lead = leads.seconds(config.initialLeadSeconds());
        Roster roster = Roster.of(snapshot.instances(), leads, lead, now);
        SilentDrains silent = state.silent.observe(roster.draining(), config.maxFlowAgeSeconds(), now);
        @Nullable Fleet fleet = Fleet.of(roster, input, leads, lead);

        InteractiveDemand demand = state.demand;
        InteractiveNeed need = InteractiveNeed.NONE;
        Delivered delivered = state.delivered;
        if (fleet != null) {
            double elapsed = state.last == null ? 0 : Math.max(0, Times.secondsBetween(state.last, now));
            delivered = delivered.observe(
                    roster.ready(),
                    input.tiers(),
                    fleet.model(),
                    fleet.limits(),
                    elapsed,
                    config.maxFlowAgeSeconds(),
                    now);
            WorkModel model = fleet.model().dearer(delivered.share());
            // What is planned must last until the next plan can take effect, readings being late sometimes.
            double horizon = Math.max(lead, 1.5 * input.globalPeriodSeconds());
            InteractiveDemand.Step step = demand.observe(
                    snapshot, input.tiers(), model, horizon, config.steadyReplay(), config.maxFlowAgeSeconds(), now);
            demand = step.state();
            need = step.need();
        }
        @Nullable ReasonCode blind = blindness(input);
        boolean warm = age >= config.warmUpSeconds();
        Want interactive = interactiveWant(roster, fleet, need, input, warm && blind == null);
        double holdSeconds = Math.max(config.holdSeconds(), 1.5 * lead);
        HoldWindow hold = (restarted ? HoldWindow.empty() : state.hold)
                .plus(Times.secondsBetween(Instant.EPOCH, now), interactive.instances(), holdSeconds);
        BatchPlan batch = batchPlan(roster, fleet, need, interactive.front(), input, lead, warm);
        boolean queueEnded = snapshot.groups() != null && snapshot.groups().isEmpty();
        HoldWindow batchHold = queueEnded || restarted
                ? HoldWindow.empty()
                : state.batchHold.plus(Times.secondsBetween(Instant.EPOCH, now), batch.wanted(), holdSeconds);

        int minimum = Math.max(input.limits().minInstances(), poolMinimum(input));
        int counted = roster.counted();
        // Roles that nobody may change have to be launched, whatever else there is.
        int missing =
                input.config().reassign() ? 0 : missingRoles(roster, interactive.front(), warm && batch.wanted() > 0);
        int wanted = Math.max(minimum, Math.max(interactive.instances(), batch.wanted()));
        int up = missing > 0 ? Math.max(wanted, counted + missing) : wanted;
        int down = Math.max(
                minimum, Math.max((int) Math.round(Math.max(hold.largest(), batchHold.largest())), batch.retirable()));
        boolean mayShrink = blind == null && fleet != null && age >= Math.max(config.warmUpSeconds(), holdSeconds);
        Reason reason = reasonFor(interactive, batch, wanted, minimum, counted, need, lead);
        Reason facts = numbers(Reason.of(ReasonCode.STEADY), need, batch, lead, counted);
        int most = input.limits().maxInstances();
        // At the maximum others make room for them, no more at a time than there are already.
        int makeRoom = Math.min(counted + missing - most, Math.min(Math.max(1, roster.front()), counted - minimum));
        Target target;
        if (counted > most) {
            target = new Target(
                    most, because(facts, ReasonCode.ABOVE_MAXIMUM, "keeping " + counted + " instances"), null);
        } else if (makeRoom > 0 && mayShrink) {
            Reason why = because(reason, ReasonCode.INTERACTIVE_BACKPRESSURE, "keeping roles that are wanted less");
            target = new Target(counted - makeRoom, why, null);
        } else if (up > counted) {
            String instead = reason.rejected().isEmpty() ? "staying at " + counted + " instances" : reason.rejected();
            target = new Target(up, reason.rejecting(instead), null);
        } else if (down < counted && mayShrink) {
            target = new Target(down, because(facts, ReasonCode.SURPLUS, "keeping " + counted + " instances"), null);
        } else if (up < counted) {
            ReasonCode code = blind != null ? blind : mayShrink ? ReasonCode.HOLD_WINDOW : ReasonCode.WARM_UP;
            String instead = "retiring " + (counted - up) + " of " + counted + " instances";
            target = new Target(counted, reason, because(facts, code, instead));
        } else {
            target = new Target(counted, reason, blind != null ? because(facts, blind, "any change") : facts);
        }
        int reachable = Math.min(target.instances(), most);
        Map<Pool, Integer> pools = pools(state, roster, fleet, need, interactive.front(), reachable, input);
        Reconciler.Result result = Reconciler.reconcile(new Reconciler.Job(
                roster,
                leads,
                silent,
                target,
                pools,
                interactive.front(),
                fleet == null ? List.copyOf(input.limits().accelerators().keySet()) : fleet.launchOrder(),
                input,
                lead));

        List<Decision> decisions = new ArrayList<>(result.decisions());
        if (batch.infeasible() > 0) {
            Reason why =
                    because(facts, ReasonCode.INFEASIBLE, "launching for groups that are late whatever is launched");
            decisions.add(Decision.held(now, snapshot.fleet(), "launch", why));
        }
        FleetPlan plan = new FleetPlan(
                target.instances(),
                pools,
                roster.ready().size(),
                roster.starting().size() + roster.unseen().size(),
                roster.stuck().size(),
                need.known() ? interactive.capacity() : Double.NaN,
                need.known() ? need.reference() : Double.NaN,
                need.known() ? need.mean() : Double.NaN,
                need.headroom(),
                fleet != null && need.known() && counted > 0 ? interactive.capacity() / fleet.capacity() : Double.NaN,
                busy(roster, input.tiers()),
                batch.backpressure(),
                batch.infeasible(),
                lead);
        FleetState next = new FleetState(
                demand,
                result.leads(),
                silent,
                delivered,
                hold,
                batchHold,
                pools.getOrDefault(Pool.INTERACTIVE, 0),
                since,
                now);
        return new FleetStep(next, plan, decisions);
    }

    /** The clock went back, or nothing was seen for longer than wants are remembered: what follows is a beginning. */
    private static boolean lostTrack(FleetState state, FleetInput input, double holdSeconds) {
        if (state.last == null) {
            return false;
        }
        double since = Times.secondsBetween(state.last, input.now());
        return since < 0 || since > Math.max(holdSeconds, 4 * input.globalPeriodSeconds());
    }

    private static Reason because(Reason facts, ReasonCode code, String rejected) {
        return new Reason(code, facts.numbers(), rejected);
    }

    /** A wanted number of instances, why, and what was held instead. */
    record Target(int instances, Reason reason, @Nullable Reason held) {}

    /**
     * What interactive demand wants, and the code of the rule that said so.
     *
     * @param capacity in instances of the reference kind
     * @param instances instances in all that are not to be given up for it
     * @param front instances in a role that serves it
     */
    private record Want(double capacity, int instances, int front, ReasonCode code) {}

    private static @Nullable ReasonCode blindness(FleetInput input) {
        boolean batchTier = false;
        for (TierProfile profile : input.tiers()) {
            SloTier tier = profile.tier();
            batchTier |= !tier.interactive();
            TierFlow flow = input.snapshot().flow(tier.name());
            if (tier.interactive() && flow == null) {
                return ReasonCode.BLIND;
            }
            if (flow != null && !isFresh(flow, input)) {
                return ReasonCode.STALE;
            }
        }
        return batchTier && input.snapshot().groups() == null ? ReasonCode.BLIND : null;
    }

    private static Want interactiveWant(
            Roster roster, @Nullable Fleet fleet, InteractiveNeed need, FleetInput input, boolean trusted) {
        int counted = roster.counted();
        int front = roster.front();
        boolean busyRule = input.config().interactiveRule() == InteractiveRule.BUSY_INSTANCES;
        boolean waits = interactiveWaits(input);
        if (front == 0 && (fleet == null || busyRule) && waits) {
            // From zero nothing can be measured: one instance to begin with.
            return new Want(1, 1, 1, ReasonCode.INTERACTIVE_BACKPRESSURE);
        }
        if (busyRule) {
            double ratio = busy(roster, input.tiers()) / input.config().busyTarget();
            boolean holds = Math.abs(ratio - 1) <= BUSY_DEAD_BAND || (!trusted && !waits);
            int wanted = holds ? front : (int) Math.ceil(ratio * front);
            return new Want(wanted, wanted, wanted, ReasonCode.INTERACTIVE_BACKPRESSURE);
        }
        if (fleet == null || !need.known()) {
            return new Want(counted, Math.min(counted, front), front, ReasonCode.WARM_UP);
        }
        if (!trusted) {
            // Before the model is trusted only work that really waits is evidence.
            double capacity = Math.max(need.backlog(), need.mean());
            int forBacklog = need.backlog() > 0 ? fleet.instancesFor(capacity) : 0;
            return new Want(
                    capacity,
                    Math.max(counted, forBacklog),
                    Math.max(front, forBacklog),
                    ReasonCode.INTERACTIVE_BACKPRESSURE);
        }
        double want = need.want();
        int instances = fleet.instancesFor(want / ROUNDING);
        return new Want(want, instances, instances, ReasonCode.INTERACTIVE_BACKPRESSURE);
    }

    /** Instances that must come so that each class that has work has a role that serves it. */
    private static int missingRoles(Roster roster, int front, boolean batchWork) {
        boolean nothingForBatch = batchWork && roster.counted() == roster.ofPool(Pool.INTERACTIVE);
        return Math.max(nothingForBatch ? 1 : 0, front - roster.front());
    }

    private static boolean interactiveWaits(FleetInput input) {
        for (TierProfile profile : input.tiers()) {
            TierFlow flow = input.snapshot().flow(profile.tier().name());
            if (profile.tier().interactive() && flow != null && isFresh(flow, input) && flow.waitingRequests() > 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFresh(TierFlow flow, FleetInput input) {
        return Math.abs(Times.secondsBetween(flow.time(), input.now()))
                <= input.config().maxFlowAgeSeconds();
    }

    private static BatchPlan batchPlan(
            Roster roster,
            @Nullable Fleet fleet,
            InteractiveNeed need,
            int shared,
            FleetInput input,
            double lead,
            boolean warm) {
        List<RequestGroup> groups = input.snapshot().groups();
        if (groups == null || groups.isEmpty()) {
            return BatchPlan.NONE;
        }
        if (fleet == null) {
            return BatchPlan.UNKNOWN;
        }
        if (input.config().grouping() == Grouping.K_MEANS) {
            groups = DeadlineGroups.kMeans(groups, input.config().groups());
        }
        BatchNeed batchNeed = BatchNeed.of(
                groups, input.tiers(), fleet.model(), input.config().needDeviations(), input.now());
        double growth = need.trendPerSecond() * lead;
        Supply supply = fleet.supply(need.mean() + growth);
        int most = warm ? input.limits().maxInstances() : Math.max(1, roster.counted());
        double guard = 2 * input.globalPeriodSeconds() + lead / 4;
        return BatchPlan.of(
                batchNeed, supply, shared, lead, most, input.config().batchLaunch(), guard);
    }

    private static Reason reasonFor(
            Want interactive, BatchPlan batch, int up, int minimum, int counted, InteractiveNeed need, double lead) {
        ReasonCode code;
        if (interactive.instances() >= up) {
            code = interactive.code();
        } else if (batch.wanted() >= up) {
            code = batch.infeasible() > 0 && batch.backpressure() == 0
                    ? ReasonCode.BATCH_LATE
                    : ReasonCode.BATCH_BACKPRESSURE;
        } else {
            code = up == minimum && counted < minimum ? ReasonCode.BELOW_MINIMUM : ReasonCode.STEADY;
        }
        Reason reason = numbers(Reason.of(code), need, batch, lead, counted);
        return batch.deferred()
                ? reason.rejecting("one more launch for batch work: it still comes in time later")
                : reason;
    }

    private static Reason numbers(Reason reason, InteractiveNeed need, BatchPlan batch, double lead, int counted) {
        Reason full = reason.with("instances", counted).with("leadSeconds", lead);
        if (need.known()) {
            full = full.with("interactiveReference", need.reference())
                    .with("headroom", need.headroom())
                    .with("interactiveWant", need.want())
                    .with("interactiveMean", need.mean());
        }
        if (!Double.isNaN(batch.tightestSeconds())) {
            full = full.with("bbp", batch.backpressure())
                    .with("infeasibleGroups", batch.infeasible())
                    .with("needTokens", Math.rint(batch.needTokens()))
                    .with("supplyTokens", Math.rint(batch.supplyTokens()))
                    .with("deadlineInSeconds", batch.tightestSeconds());
        }
        return full;
    }

    /** Pools of a fleet of {@code total}: all mixed without batch work, else as many interactive as the load fills. */
    private static Map<Pool, Integer> pools(
            FleetState state,
            Roster roster,
            @Nullable Fleet fleet,
            InteractiveNeed need,
            int front,
            int total,
            FleetInput input) {
        EnumMap<Pool, Integer> pools = new EnumMap<>(Pool.class);
        List<RequestGroup> groups = input.snapshot().groups();
        boolean batchWork = groups != null && !groups.isEmpty();
        boolean batchTier = input.tiers().stream().anyMatch(tier -> !tier.tier().interactive());
        for (InstanceSnapshot instance : roster.ready()) {
            batchWork = batchWork || Roster.running(instance, input.tiers(), false) > 0;
        }
        int interactive = 0;
        int batch = 0;
        int spare = Math.max(0, total - Math.max(front, (int) Math.ceil(need.urgent())));
        if (groups == null && batchTier) {
            // Nobody knows of the queue: batch roles are given up for interactive work only.
            batch = Math.min(spare, roster.ofPool(Pool.BATCH));
            interactive = Math.min(total - batch, roster.ofPool(Pool.INTERACTIVE));
        } else if (batchWork) {
            batch = spare;
            if (fleet != null && need.known()) {
                // The count moves down only when the load has left the step for good: roles are free but not noise.
                double load = need.recent();
                boolean stays = load > state.interactivePool - 0.5 && load < state.interactivePool + 1.0;
                interactive = stays ? state.interactivePool : (int) Math.floor(load);
                interactive = Math.max(0, Math.min(interactive, total - batch - 1));
            }
        }
        pools.put(Pool.INTERACTIVE, interactive);
        pools.put(Pool.BATCH, batch);
        pools.put(Pool.MIXED, total - interactive - batch);
        return PoolRanges.fit(pools, input.limits(), total);
    }

    private static int poolMinimum(FleetInput input) {
        int sum = 0;
        for (Pool pool : Pool.values()) {
            sum += input.limits().range(pool).min();
        }
        return sum;
    }

    /** IBP in the paper's sense: busy instances among those that may serve interactive work; 0 if there are none. */
    static double busy(Roster roster, List<TierProfile> tiers) {
        int front = roster.front();
        int busy = 0;
        for (InstanceSnapshot instance : roster.ready()) {
            if (instance.pool() != Pool.BATCH && Roster.running(instance, tiers, true) > 0) {
                busy++;
            }
        }
        return front == 0 ? 0 : (double) busy / front;
    }
}
