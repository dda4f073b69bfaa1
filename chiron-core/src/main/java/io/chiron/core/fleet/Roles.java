package io.chiron.core.fleet;

import io.chiron.api.Action;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.core.fleet.Reconciler.Job;
import java.util.EnumMap;

/** Which role each of those that stay has (design 8). Confined to one run. */
final class Roles {
    private final Draft draft;
    private final Job job;
    private final FleetInput input;
    private final String fleet;

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
            while (deficit.getOrDefault(to, 0) > 0) {
                InstanceSnapshot best = null;
                for (InstanceSnapshot each : draft.staying) {
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
                draft.act(new Action.Reassign(fleet, best.id(), to, reason));
                deficit.merge(best.pool(), 1, Integer::sum);
                deficit.merge(to, -1, Integer::sum);
                draft.staying.remove(best);
            }
        }
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
