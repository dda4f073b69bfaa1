package io.chiron.core.fleet;

import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.core.fleet.LeadTimes.Pending;

/** What the limits leave: instances in all, of each kind, and of each pool. Confined to one thread. */
final class Room {
    private int instances;
    private final Tally<String> kinds = new Tally<>();
    private final Tally<Pool> pools = new Tally<>();

    Room(FleetLimits limits) {
        instances = limits.maxInstances();
        limits.accelerators().forEach((kind, accelerator) -> kinds.add(kind, accelerator.quota()));
        for (Pool pool : Pool.values()) {
            pools.add(pool, limits.range(pool).max());
        }
    }

    /** Counts an instance: what is paid for takes of the fleet and its kind, what serves or will also of its pool. */
    void take(InstanceSnapshot instance) {
        if (instance.phase() != Phase.FAILED) {
            instances--;
            kinds.add(instance.accelerator(), -1);
        }
        if (instance.phase() == Phase.READY || instance.phase() == Phase.STARTING) {
            pools.add(instance.pool(), -1);
        }
    }

    void take(Pending launch) {
        instances--;
        kinds.add(launch.accelerator(), -1);
        pools.add(launch.pool(), -1);
    }

    boolean has(Pending launch) {
        return instances > 0 && ofKind(launch.accelerator()) > 0 && pools.of(launch.pool()) > 0;
    }

    /** Instances of a kind that may still be launched; at or below 0 if there is no room. */
    int ofKind(String kind) {
        return kinds.of(kind);
    }
}
