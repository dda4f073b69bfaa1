package io.chiron.core.fleet;

import io.chiron.api.Pool;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the fleet rule wants and why, in numbers. Immutable; NaN where something is not known.
 *
 * @param wantedInstances instances in all
 * @param wantedPools instances per pool
 * @param readyInstances instances that serve
 * @param startingInstances instances on their way, launches not seen yet included
 * @param stuckInstances starting ones that are no longer counted on
 * @param interactiveWant capacity that interactive demand wants with headroom, in instances of the reference kind
 * @param interactiveReference the same without headroom
 * @param interactiveLoad mean interactive demand, in instances
 * @param headroom learned factor for growth within a lead time
 * @param interactiveBackpressure IBP: interactive want / capacity of what serves or will
 * @param busyBackpressure IBP in the paper's sense: instances that run interactive work / those that may
 * @param batchBackpressure BBP: request groups that would start late
 * @param infeasibleGroups request groups that no launch can save
 * @param leadSeconds lead time planned with
 */
public record FleetPlan(
        int wantedInstances,
        Map<Pool, Integer> wantedPools,
        int readyInstances,
        int startingInstances,
        int stuckInstances,
        double interactiveWant,
        double interactiveReference,
        double interactiveLoad,
        double headroom,
        double interactiveBackpressure,
        double busyBackpressure,
        int batchBackpressure,
        int infeasibleGroups,
        double leadSeconds) {
    public FleetPlan {
        EnumMap<Pool, Integer> own = new EnumMap<>(Pool.class);
        own.putAll(wantedPools);
        wantedPools = Collections.unmodifiableMap(own);
    }
}
