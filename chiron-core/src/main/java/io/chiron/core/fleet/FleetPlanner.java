package io.chiron.core.fleet;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestGroup;
import io.chiron.api.Times;
import io.chiron.core.fleet.FleetConfig.Grouping;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fleet rule: how many instances, in which pools (design 6 to 8). Pure.
 *
 * <p>Interactive demand and the batch queue are planned jointly: the total is the larger of what each asks for, since
 * batch work runs in what interactive headroom leaves; pools follow from it.
 *
 * <p>In context: docs/rules.md, From wants to instances.
 */
public final class FleetPlanner {
    /**
     * An instance that interactive work was given serves batch work in what it leaves. Taken back for each dip of a want that
     * lies at a whole number, it is filled and emptied every few seconds. So the last one stays for a minute.
     */
    private static final double FRONT_HOLD_SECONDS = 60;

    private FleetPlanner() {}

    /** One run of the rule. */
    public static FleetStep step(FleetState state, FleetInput seen) {
        PlannedLimits limits = state.limits.next(seen.capabilities(), seen.tiers());
        FleetInput input = seen.with(limits.in(seen.capabilities()));
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
        Explored explored = state.explored;
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
            double ready = fleet.capacity(roster.ready().size());
            explored = explored.observe(
                    roster.ready(),
                    input.tiers(),
                    fleet.limits(),
                    ready > 0 ? need.recent() / ready : 0,
                    elapsed,
                    config.maxFlowAgeSeconds(),
                    now);
        }
        Evidence evidence = Evidence.of(input, roster, fleet, need, explored, age, lead);
        Want interactive = Want.of(evidence);
        double holdSeconds = evidence.holdSeconds();
        double want = evidence.trusted() && need.known() ? interactive.capacity() : Double.NaN;
        Patience patience = restarted ? Patience.empty() : state.patience;
        double nowSeconds = Times.secondsBetween(Instant.EPOCH, now);
        HoldWindow hold = (restarted ? HoldWindow.empty() : state.hold)
                .plus(nowSeconds, patience.instances(interactive.keep(), want), patience.holdSeconds(holdSeconds));
        HoldWindow frontHold = (restarted ? HoldWindow.empty() : state.frontHold)
                .plus(nowSeconds, interactive.front(), FRONT_HOLD_SECONDS);
        int front = Math.min((int) frontHold.largest(), interactive.front() + 1);
        BatchPlan batch = batchPlan(evidence, front);
        boolean queueEnded = snapshot.groups() != null && snapshot.groups().isEmpty();
        HoldWindow batchHold = queueEnded || restarted
                ? HoldWindow.empty()
                : state.batchHold.plus(nowSeconds, batch.wanted(), holdSeconds);

        double heldWant = Math.max(hold.largest(nowSeconds, need.trend()), batchHold.largest());
        Target target = Target.of(evidence, interactive, batch, heldWant);
        int reachable = Math.min(target.instances(), input.limits().maxInstances());
        Map<Pool, Integer> pools = WantedPools.of(evidence, front, reachable, state.interactivePool);
        Reconciler.Result result = Reconciler.reconcile(new Reconciler.Job(
                roster,
                leads,
                silent,
                target,
                pools,
                front,
                fleet == null ? List.copyOf(input.limits().accelerators().keySet()) : fleet.launchOrder(),
                input,
                lead));

        List<Decision> decisions = new ArrayList<>(result.decisions());
        if (batch.infeasible() > 0) {
            Reason why = Target.numbers(ReasonCode.INFEASIBLE, batch, evidence)
                    .rejecting("launching for groups that are late whatever is launched");
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
                fleet != null && need.known() && roster.counted() > 0
                        ? interactive.capacity() / fleet.capacity()
                        : Double.NaN,
                evidence.busy(),
                batch.backpressure(),
                batch.infeasible(),
                lead);
        FleetState next = new FleetState(
                limits,
                demand,
                result.leads(),
                silent,
                delivered,
                explored,
                hold,
                patience.after(
                        did(decisions, Action.Launch.class, ReasonCode.INTERACTIVE_BACKPRESSURE)
                                || did(decisions, Action.CancelDrain.class, ReasonCode.INTERACTIVE_BACKPRESSURE),
                        did(decisions, Action.Drain.class, ReasonCode.SURPLUS),
                        want,
                        interactive.instances(),
                        holdSeconds,
                        now),
                batchHold,
                frontHold,
                pools.getOrDefault(Pool.INTERACTIVE, 0),
                since,
                now);
        return new FleetStep(next, plan, decisions);
    }

    private static boolean did(List<Decision> decisions, Class<? extends Action> kind, ReasonCode code) {
        for (Decision decision : decisions) {
            Action action = decision.action();
            if (action != null && kind.isInstance(action) && action.reason().code() == code) {
                return true;
            }
        }
        return false;
    }

    /** The clock went back, or nothing was seen for longer than wants are remembered: what follows is a beginning. */
    private static boolean lostTrack(FleetState state, FleetInput input, double holdSeconds) {
        if (state.last == null) {
            return false;
        }
        double since = Times.secondsBetween(state.last, input.now());
        return since < 0 || since > Math.max(holdSeconds, 4 * input.globalPeriodSeconds());
    }

    private static BatchPlan batchPlan(Evidence evidence, int shared) {
        FleetInput input = evidence.input();
        @Nullable Fleet fleet = evidence.fleet();
        double lead = evidence.leadSeconds();
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
        double growth = Math.max(0, evidence.need().trend().perSecond()) * lead;
        Supply supply = fleet.supply(evidence.need().mean() + growth);
        int most = evidence.warm()
                ? input.limits().maxInstances()
                : Math.max(1, evidence.roster().counted());
        double guard = 2 * input.globalPeriodSeconds() + lead / 4;
        return BatchPlan.of(
                batchNeed, supply, shared, lead, most, input.config().batchLaunch(), guard);
    }
}
