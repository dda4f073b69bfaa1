package io.chiron.core.fleet;

import io.chiron.api.Action;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.core.fleet.Reconciler.Job;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which role each of those that stay has (design 8). Confined to one run. */
final class Roles {
    private final Draft draft;
    private final Job job;
    private final FleetInput input;
    private final String fleet;
    private final Set<String> turned = new HashSet<>();

    Roles(Draft draft) {
        this.draft = draft;
        this.job = draft.job;
        this.input = job.input();
        this.fleet = draft.fleet();
    }

    /** Gives what stays the wanted roles with the fewest changes. */
    void reassign() {
        EnumMap<Pool, Integer> deficit = draft.poolDeficits();
        int surplus = 0;
        for (int missing : deficit.values()) {
            surplus -= missing;
        }
        // What is too young to go may as well serve both classes.
        int room = input.limits().range(Pool.MIXED).max() - job.pools().getOrDefault(Pool.MIXED, 0);
        deficit.merge(Pool.MIXED, Math.max(0, Math.min(surplus, room)), Integer::sum);
        for (Pool to : new Pool[] {Pool.MIXED, Pool.INTERACTIVE, Pool.BATCH}) {
            for (InstanceSnapshot each : cheapestFirst(to, deficit)) {
                if (deficit.getOrDefault(to, 0) <= 0) {
                    break;
                }
                if (deficit.getOrDefault(each.pool(), 0) < 0) {
                    turn(each, to, deficit);
                    turned.add(each.id());
                }
            }
        }
    }

    /** What a role may be given to; a pool that is not in surplus now will not be while this role is dealt out. */
    private List<InstanceSnapshot> cheapestFirst(Pool to, EnumMap<Pool, Integer> deficit) {
        if (deficit.getOrDefault(to, 0) <= 0) {
            return List.of();
        }
        List<InstanceSnapshot> candidates = new ArrayList<>();
        for (InstanceSnapshot each : draft.staying()) {
            boolean free = !turned.contains(each.id()) && !(to == Pool.INTERACTIVE && holdsSavedWork(each));
            if (free && deficit.getOrDefault(each.pool(), 0) < 0) {
                candidates.add(each);
            }
        }
        candidates.sort(Comparator.comparingLong(each -> costToTurn(each, to)));
        return candidates;
    }

    private void turn(InstanceSnapshot instance, Pool to, EnumMap<Pool, Integer> deficit) {
        Reason reason = Reason.of(ReasonCode.POOL_BALANCE)
                .with("wanted" + to, job.pools().getOrDefault(to, 0))
                .with("of", job.target().instances())
                .rejecting("launch: the role of " + instance.pool() + " is in surplus");
        draft.act(new Action.Reassign(fleet, instance.id(), to, reason));
        deficit.merge(instance.pool(), 1, Integer::sum);
        deficit.merge(to, -1, Integer::sum);
    }

    static boolean holdsSavedWork(InstanceSnapshot instance) {
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
}
