package io.chiron.core.fleet;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.SloTier;
import io.chiron.api.TierUsage;
import io.chiron.api.Times;
import io.chiron.core.local.TierProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From wants to actions, in the order that costs least (design 8): keep, un-drain, launch, retire, and reassign what
 * stays. Quota, minimum and maximum hold at every instant, in transit too.
 */
final class Reconciler {
    private final Job job;
    private final FleetInput input;
    private final Roster roster;
    private final Instant now;
    private final String fleet;
    private final List<Decision> decisions = new ArrayList<>();
    private final List<InstanceSnapshot> staying = new ArrayList<>();
    private LeadTimes leads;

    private Reconciler(Job job) {
        this.job = job;
        this.input = job.input();
        this.roster = job.roster();
        this.now = input.now();
        this.fleet = input.snapshot().fleet();
        this.leads = job.leads();
    }

    /** What is there and what is wanted. */
    record Job(
            Roster roster,
            LeadTimes leads,
            SilentDrains silent,
            Target target,
            Map<Pool, Integer> pools,
            int interactiveWant,
            List<String> launchOrder,
            FleetInput input,
            double leadSeconds) {}

    /** What to do, and the launches that are on their way then. */
    record Result(List<Decision> decisions, LeadTimes leads) {}

    static Result reconcile(Job job) {
        Reconciler run = new Reconciler(job);
        int change = job.target().instances() - job.roster().counted();
        run.staying.addAll(job.roster().ready());
        run.staying.addAll(job.roster().starting());
        int left = run.cancelDrains(change);
        run.clearAway();
        if (change > 0) {
            run.launch(left);
        } else if (change < 0) {
            run.retire(-change);
        } else if (job.target().held() != null) {
            run.hold("scale", job.target().held());
        }
        if (job.input().config().reassign()) {
            run.reassign();
        }
        return new Result(run.decisions, run.leads);
    }

    /** Ends what has failed, hangs or has finished draining, and says what is stuck. */
    private void clearAway() {
        for (InstanceSnapshot instance : roster.failed()) {
            act(new Action.Retire(fleet, instance.id(), Reason.of(ReasonCode.FAILED)));
        }
        for (InstanceSnapshot instance : roster.draining()) {
            double silentSeconds = job.silent().seconds(instance.id(), now);
            if (staying.contains(instance)) {
                continue;
            }
            if (isEmpty(instance)) {
                act(new Action.Retire(fleet, instance.id(), Reason.of(ReasonCode.DRAINED)));
            } else if (silentSeconds > SilentDrains.MOST_SECONDS) {
                Reason reason = Reason.of(ReasonCode.DRAINED).with("silentForSeconds", silentSeconds);
                act(new Action.Retire(
                        fleet, instance.id(), reason.rejecting("waiting for an instance that reports nothing")));
            }
        }
        for (InstanceSnapshot instance : roster.stuck()) {
            double seconds = leads.startingForSeconds(instance, job.leadSeconds(), now);
            if (seconds > leads.givenUpAfterSeconds(job.leadSeconds())) {
                act(new Action.Retire(
                        fleet, instance.id(), Reason.of(ReasonCode.STUCK).with("startingForSeconds", seconds)));
            }
        }
        if (!roster.stuck().isEmpty()) {
            hold(
                    "launch",
                    Reason.of(ReasonCode.STUCK)
                            .with("stuckInstances", roster.stuck().size())
                            .with("leadSeconds", job.leadSeconds())
                            .rejecting("waiting for " + roster.stuck().get(0).id()));
        }
    }

    private boolean isEmpty(InstanceSnapshot instance) {
        InstanceSample sample = instance.sample();
        return sample != null
                && Roster.fresh(instance, input.config().maxFlowAgeSeconds(), now)
                && sample.runningNow() == 0
                && !(sample.waitingRequests() > 0);
    }

    /** Takes back drains, those with most work left first, up to the maximum; returns how many are still missing. */
    private int cancelDrains(int wanted) {
        List<InstanceSnapshot> draining = new ArrayList<>(roster.draining());
        draining.sort(Comparator.comparingLong(Reconciler::runningNow).reversed());
        int room = Math.min(wanted, input.limits().maxInstances() - roster.counted());
        int taken = 0;
        for (InstanceSnapshot instance : draining) {
            if (taken < room && isOfUse(instance, wanted - taken)) {
                act(new Action.CancelDrain(fleet, instance.id(), job.target().reason()));
                staying.add(instance);
                taken++;
            }
        }
        return wanted - taken;
    }

    /** True if an instance may come back: its pool, or one that it may change to, is not full, and wants it. */
    private boolean isOfUse(InstanceSnapshot instance, int missing) {
        EnumMap<Pool, Integer> deficit = poolDeficits();
        if (input.config().reassign()) {
            boolean elsewhere = deficit.getOrDefault(Pool.MIXED, 0) > 0
                    || deficit.getOrDefault(Pool.BATCH, 0) > 0
                    || (deficit.getOrDefault(Pool.INTERACTIVE, 0) > 0 && !holdsSavedWork(instance));
            return elsewhere || !isFull(instance.pool(), deficit);
        }
        int frontMissing = job.interactiveWant() - front() - frontUnseen();
        return !isFull(instance.pool(), deficit) && (instance.pool() != Pool.BATCH || missing > frontMissing);
    }

    private boolean isFull(Pool pool, EnumMap<Pool, Integer> deficit) {
        int present = job.pools().getOrDefault(pool, 0) - deficit.getOrDefault(pool, 0);
        return present >= input.limits().range(pool).max();
    }

    private void launch(int wanted) {
        FleetLimits limits = input.limits();
        int ready = roster.ready().size();
        int step = Math.max(Math.max(1, limits.minInstances()), 2 * ready)
                - ready
                - roster.starting().size()
                - roster.unseen().size();
        int room = limits.maxInstances() - roster.paid();
        int allowed = Math.max(0, Math.min(wanted, Math.min(step, room)));
        Room quota = new Room(limits);
        input.snapshot().instances().forEach(quota::take);
        leads.unseen().forEach(quota::take);
        EnumMap<Pool, Integer> poolLeft = poolDeficits();
        int inPools = 0;
        for (int missing : poolLeft.values()) {
            inPools += missing;
        }
        // Less than wanted only if the pools' maximums leave no room.
        allowed = Math.max(0, Math.min(allowed, inPools));
        int done = 0;
        for (String kind : job.launchOrder()) {
            while (done < allowed && quota.ofKind(kind) > 0) {
                Pool pool = launchPool(poolLeft, front() + frontUnseen() < job.interactiveWant());
                poolLeft.merge(pool, -1, Integer::sum);
                String id = leads.newLaunchId(fleet, now);
                act(new Action.Launch(fleet, id, pool, kind, job.target().reason()));
                LeadTimes.Pending launch = new LeadTimes.Pending(now, pool, kind, "");
                leads = leads.launched(id, launch);
                quota.take(launch);
                done++;
            }
        }
        if (done < wanted) {
            String cause = step < wanted && step <= room
                    ? "at most twice the ready instances at a time"
                    : "quota or maximum is reached";
            hold(
                    "launch",
                    new Reason(ReasonCode.AT_LIMIT, job.target().reason().numbers(), "")
                            .with("missingInstances", wanted - done)
                            .with("maxInstances", limits.maxInstances())
                            .rejecting(cause));
        }
    }

    private EnumMap<Pool, Integer> poolDeficits() {
        EnumMap<Pool, Integer> deficit = new EnumMap<>(Pool.class);
        deficit.putAll(job.pools());
        for (InstanceSnapshot instance : staying) {
            deficit.merge(instance.pool(), -1, Integer::sum);
        }
        for (LeadTimes.Pending launch : leads.unseen()) {
            deficit.merge(launch.pool(), -1, Integer::sum);
        }
        return deficit;
    }

    private static Pool launchPool(EnumMap<Pool, Integer> deficit, boolean frontIsShort) {
        Pool last = frontIsShort ? Pool.BATCH : Pool.INTERACTIVE;
        for (Pool pool : new Pool[] {Pool.MIXED, frontIsShort ? Pool.INTERACTIVE : Pool.BATCH, last}) {
            if (deficit.getOrDefault(pool, 0) > 0) {
                return pool;
            }
        }
        return Pool.MIXED;
    }

    /** Drops starting instances, latest first, then drains ready ones with the least work to lose. */
    private void retire(int wanted) {
        int left = wanted;
        // The order in which the capacity of fewer instances was reckoned, from its end.
        List<InstanceSnapshot> starting = new ArrayList<>(roster.starting());
        starting.sort(Comparator.comparingDouble(
                        (InstanceSnapshot each) -> Roster.readyInSeconds(each, leads, job.leadSeconds(), now))
                .reversed());
        for (InstanceSnapshot instance : starting) {
            if (left > 0 && mayLeave(instance)) {
                act(new Action.Retire(fleet, instance.id(), job.target().reason()));
                staying.remove(instance);
                left--;
            }
        }
        // What is launched and not seen yet leaves before what serves, once it is seen.
        left -= roster.unseen().size();
        List<InstanceSnapshot> ready = new ArrayList<>(roster.ready());
        ready.sort(Comparator.<InstanceSnapshot>comparingInt(each -> -Fleet.rank(each, job.launchOrder()))
                .thenComparingLong(each -> Roster.running(each, input.tiers(), true))
                .thenComparingLong(Reconciler::runningNow));
        int young = 0;
        for (InstanceSnapshot instance : ready) {
            if (left <= 0) {
                break;
            }
            if (!isOld(instance) || !Roster.fresh(instance, input.config().maxFlowAgeSeconds(), now)) {
                young++;
            } else if (mayLeave(instance)) {
                drain(instance);
                staying.remove(instance);
                left--;
            }
        }
        if (left > 0 && young > 0) {
            hold(
                    "drain",
                    new Reason(ReasonCode.MINIMUM_LIFE, job.target().reason().numbers(), "")
                            .rejecting("draining an instance that is younger than a lead time or not measured"));
        }
    }

    /** True if it has served for a lead time; a ready time far ahead is one of a clock that went back. */
    private boolean isOld(InstanceSnapshot instance) {
        Instant readyAt = instance.readyAt();
        return readyAt == null || Math.abs(Times.secondsBetween(readyAt, now)) >= job.leadSeconds();
    }

    private boolean mayLeave(InstanceSnapshot instance) {
        int ofPool = 0;
        for (InstanceSnapshot each : staying) {
            ofPool += each.pool() == instance.pool() ? 1 : 0;
        }
        if (!input.config().reassign() && instance.pool() != Pool.BATCH && front() <= job.interactiveWant()) {
            return false;
        }
        return ofPool > input.limits().range(instance.pool()).min();
    }

    private int front() {
        int front = 0;
        for (InstanceSnapshot each : staying) {
            front += each.pool() == Pool.BATCH ? 0 : 1;
        }
        return front;
    }

    private int frontUnseen() {
        int front = 0;
        for (LeadTimes.Pending launch : leads.unseen()) {
            front += launch.pool() == Pool.BATCH ? 0 : 1;
        }
        return front;
    }

    private void drain(InstanceSnapshot instance) {
        act(new Action.Drain(fleet, instance.id(), job.target().reason()));
        InstanceSample sample = instance.sample();
        if (sample == null || staying.size() <= 1) {
            return;
        }
        // Batch work would keep the instance for minutes; elsewhere it costs one more prefill.
        for (TierProfile profile : input.tiers()) {
            SloTier tier = profile.tier();
            TierUsage usage = sample.usage(tier.name());
            if (!tier.interactive() && usage != null && usage.runningNow() > 0) {
                int count = (int) Math.min(1_000_000, usage.runningNow());
                act(new Action.Evict(
                        fleet, instance.id(), tier.name(), count, job.target().reason()));
            }
        }
    }

    /** Gives what stays the wanted roles with the fewest changes. */
    private void reassign() {
        EnumMap<Pool, Integer> deficit = poolDeficits();
        int surplus = 0;
        for (int missing : deficit.values()) {
            surplus -= missing;
        }
        // What is too young to go may as well serve both classes.
        int room = input.limits().range(Pool.MIXED).max() - job.pools().getOrDefault(Pool.MIXED, 0);
        deficit.merge(Pool.MIXED, Math.max(0, Math.min(surplus, room)), Integer::sum);
        for (Pool to : new Pool[] {Pool.MIXED, Pool.INTERACTIVE, Pool.BATCH}) {
            while (deficit.getOrDefault(to, 0) > 0) {
                InstanceSnapshot best = null;
                for (InstanceSnapshot each : staying) {
                    if (deficit.getOrDefault(each.pool(), 0) < 0
                            && !(to == Pool.INTERACTIVE && holdsSavedWork(each))
                            && (best == null || costToTurn(each, to) < costToTurn(best, to))) {
                        best = each;
                    }
                }
                if (best == null) {
                    break;
                }
                Reason reason = Reason.of(ReasonCode.POOL_BALANCE)
                        .with("wanted" + to, job.pools().getOrDefault(to, 0))
                        .with("of", job.target().instances())
                        .rejecting("launch: the role of " + best.pool() + " is in surplus");
                act(new Action.Reassign(fleet, best.id(), to, reason));
                deficit.merge(best.pool(), 1, Integer::sum);
                deficit.merge(to, -1, Integer::sum);
                staying.remove(best);
            }
        }
    }

    private static boolean holdsSavedWork(InstanceSnapshot instance) {
        InstanceSample sample = instance.sample();
        return sample != null && sample.savedKvTokens() > 0;
    }

    /** Running work that does not fit the new role. */
    private long costToTurn(InstanceSnapshot instance, Pool to) {
        return switch (to) {
            case INTERACTIVE -> Roster.running(instance, input.tiers(), false);
            case BATCH -> Roster.running(instance, input.tiers(), true);
            case MIXED -> instance.phase() == Phase.STARTING ? 1 : 0;
        };
    }

    private static long runningNow(InstanceSnapshot instance) {
        InstanceSample sample = instance.sample();
        return sample == null ? 0 : sample.runningNow();
    }

    private void act(Action action) {
        decisions.add(Decision.taken(now, action));
    }

    private void hold(String what, @Nullable Reason reason) {
        if (reason != null) {
            decisions.add(Decision.held(now, fleet, what, reason));
        }
    }
}
