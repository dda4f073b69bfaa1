package io.chiron.core.fleet;

import io.chiron.api.Action;
import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.core.fleet.Reconciler.Job;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Who comes: drains taken back first, launches for the rest (design 8). Confined to one run. */
final class Arrivals {
    private final Draft draft;
    private final Job job;
    private final FleetInput input;
    private final Roster roster;
    private final String fleet;

    Arrivals(Draft draft) {
        this.draft = draft;
        this.job = draft.job;
        this.input = job.input();
        this.roster = job.roster();
        this.fleet = draft.fleet();
    }

    /** Takes back drains, those with most work left first, up to the maximum; returns how many are still missing. */
    int cancelDrains(int wanted) {
        List<InstanceSnapshot> draining = new ArrayList<>(roster.draining());
        draining.sort(Comparator.comparingLong(Roster::runningNow).reversed());
        int room = Math.min(wanted, input.limits().maxInstances() - roster.counted());
        int taken = 0;
        for (InstanceSnapshot instance : draining) {
            if (taken < room && isOfUse(instance, wanted - taken)) {
                draft.act(new Action.CancelDrain(
                        fleet, instance.id(), job.target().reason()));
                draft.keep(instance);
                taken++;
            }
        }
        return wanted - taken;
    }

    /** True if an instance may come back: its pool, or one that it may change to, is not full, and wants it. */
    private boolean isOfUse(InstanceSnapshot instance, int missing) {
        EnumMap<Pool, Integer> deficit = draft.poolDeficits();
        if (input.config().reassign()) {
            boolean elsewhere = deficit.getOrDefault(Pool.MIXED, 0) > 0
                    || deficit.getOrDefault(Pool.BATCH, 0) > 0
                    || (deficit.getOrDefault(Pool.INTERACTIVE, 0) > 0 && !Roles.holdsSavedWork(instance));
            return elsewhere || !isFull(instance.pool(), deficit);
        }
        int frontMissing = job.interactiveWant() - draft.front() - draft.frontUnseen();
        return !isFull(instance.pool(), deficit) && (instance.pool() != Pool.BATCH || missing > frontMissing);
    }

    private boolean isFull(Pool pool, EnumMap<Pool, Integer> deficit) {
        int present = job.pools().getOrDefault(pool, 0) - deficit.getOrDefault(pool, 0);
        return present >= input.limits().range(pool).max();
    }

    /** Launches what may be launched, and says what may not. */
    void launch(int wanted) {
        FleetLimits limits = input.limits();
        int ready = roster.ready().size();
        int step = Math.max(Math.max(1, limits.minInstances()), 2 * ready)
                - ready
                - roster.starting().size()
                - roster.unseen().size();
        Room quota = new Room(limits);
        input.snapshot().instances().forEach(quota::take);
        roster.unseen().forEach(quota::take);
        int again = launchAgain(Math.min(wanted, step), quota);
        int room = limits.maxInstances() - roster.paid();
        int allowed = Math.max(0, Math.min(Math.min(wanted, step) - again, room));
        EnumMap<Pool, Integer> poolLeft = draft.poolDeficits();
        int inPools = 0;
        for (int missing : poolLeft.values()) {
            inPools += missing;
        }
        // Less than wanted only if the pools' maximums leave no room.
        allowed = Math.max(0, Math.min(allowed, inPools));
        int fresh = 0;
        for (String kind : job.launchOrder()) {
            while (fresh < allowed && quota.ofKind(kind) > 0) {
                Pool pool = launchPool(poolLeft, draft.front() + draft.frontUnseen() < job.interactiveWant());
                poolLeft.merge(pool, -1, Integer::sum);
                quota.take(draft.launch(pool, kind));
                fresh++;
            }
        }
        int done = again + fresh;
        if (done < wanted) {
            String cause = step < wanted && step <= room
                    ? "at most twice the ready instances at a time"
                    : "quota or maximum is reached";
            draft.hold(
                    "launch",
                    new Reason(ReasonCode.AT_LIMIT, job.target().reason().numbers(), "")
                            .with("missingInstances", wanted - done)
                            .with("maxInstances", limits.maxInstances())
                            .rejecting(cause));
        }
    }

    /** Asks again for what is overdue, as far as there is room for it; returns how many. All of it takes room then. */
    private int launchAgain(int most, Room quota) {
        List<LeadTimes.Pending> others = new ArrayList<>();
        int again = 0;
        for (Map.Entry<String, LeadTimes.Pending> each : roster.overdue().entrySet()) {
            LeadTimes.Pending launch = each.getValue();
            boolean fits = input.config().reassign() || draft.poolDeficits().getOrDefault(launch.pool(), 0) > 0;
            if (again < most && fits && quota.has(launch)) {
                draft.launchAgain(each.getKey(), launch);
                quota.take(launch);
                again++;
            } else {
                others.add(launch);
            }
        }
        others.forEach(quota::take);
        return again;
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
}
