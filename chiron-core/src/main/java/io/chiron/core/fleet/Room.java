package io.chiron.core.fleet;

import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.core.fleet.LeadTimes.Pending;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What the limits leave: instances in all, of each kind, and of each pool. Confined to one thread. */
final class Room {
    private int instances;
    private final Map<String, Integer> kinds = new TreeMap<>();
    private final EnumMap<Pool, Integer> pools = new EnumMap<>(Pool.class);

    Room(FleetLimits limits) {
        instances = limits.maxInstances();
        limits.accelerators().forEach((kind, accelerator) -> kinds.put(kind, accelerator.quota()));
        for (Pool pool : Pool.values()) {
            pools.put(pool, limits.range(pool).max());
        }
    }

    /** Counts an instance: what is paid for takes of the fleet and its kind, what serves or will also of its pool. */
    void take(InstanceSnapshot instance) {
        if (instance.phase() != Phase.FAILED) {
            instances--;
            kinds.merge(instance.accelerator(), -1, Integer::sum);
        }
        if (instance.phase() == Phase.READY || instance.phase() == Phase.STARTING) {
            pools.merge(instance.pool(), -1, Integer::sum);
        }
    }

    void take(Pending launch) {
        instances--;
        kinds.merge(launch.accelerator(), -1, Integer::sum);
        pools.merge(launch.pool(), -1, Integer::sum);
    }

    boolean has(Pending launch) {
        return instances > 0 && ofKind(launch.accelerator()) > 0 && pools.getOrDefault(launch.pool(), 0) > 0;
    }

    /** Instances of a kind that may still be launched; at or below 0 if there is no room. */
    int ofKind(String kind) {
        return kinds.getOrDefault(kind, 0);
    }
}
