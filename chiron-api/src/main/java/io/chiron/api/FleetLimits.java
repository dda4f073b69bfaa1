package io.chiron.api;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a fleet may use. Immutable.
 *
 * @param minInstances fewest instances at any time; [0, maxInstances]
 * @param maxInstances most instances at any time, in transit included; [1, 1,000,000]
 * @param pools least and most instances per pool; a pool that is not listed has none of its own
 * @param accelerators quota and cost per accelerator kind, at least one; launches choose among these
 */
public record FleetLimits(
        int minInstances, int maxInstances, Map<Pool, Range> pools, Map<String, Accelerator> accelerators) {

    /**
     * Least and most instances of a pool.
     *
     * @param min [0, max]
     * @param max [0, 1,000,000]
     */
    public record Range(int min, int max) {
        public Range {
            Checks.inRange("range.max", max, 0, 1_000_000);
            Checks.inRange("range.min", min, 0, max);
        }
    }

    /**
     * A kind of accelerator.
     *
     * @param quota most instances of this kind; [0, 1,000,000]
     * @param costPerHour cost of one instance for an hour, in any unit; above 0
     */
    public record Accelerator(int quota, double costPerHour) {
        public Accelerator {
            Checks.inRange("accelerator.quota", quota, 0, 1_000_000);
            Checks.positive("accelerator.costPerHour", costPerHour);
        }
    }

    public FleetLimits {
        Checks.inRange("limits.maxInstances", maxInstances, 1, 1_000_000);
        Checks.inRange("limits.minInstances", minInstances, 0, maxInstances);
        EnumMap<Pool, Range> ownPools = new EnumMap<>(Pool.class);
        ownPools.putAll(pools);
        long poolMinimum = 0;
        for (Range range : ownPools.values()) {
            poolMinimum += range.min();
        }
        if (poolMinimum > maxInstances) {
            throw Checks.outOfRange(
                    "limits.pools", "minimums that add up to " + poolMinimum, "at most maxInstances = " + maxInstances);
        }
        pools = Collections.unmodifiableMap(ownPools);
        if (accelerators.isEmpty()) {
            throw Checks.outOfRange("limits.accelerators", "{}", "at least one kind");
        }
        accelerators = Collections.unmodifiableMap(new TreeMap<>(accelerators));
    }

    /** Limits of the whole fleet only, with one kind of accelerator. */
    public static FleetLimits of(int minInstances, int maxInstances) {
        return new FleetLimits(
                minInstances,
                maxInstances,
                Map.of(),
                Map.of(InstanceSnapshot.DEFAULT_ACCELERATOR, new Accelerator(maxInstances, 1)));
    }

    /** Least and most instances of the pool; [0, maxInstances] if nothing else was said. */
    public Range range(Pool pool) {
        Range range = pools.get(pool);
        return range != null ? range : new Range(0, maxInstances);
    }
}
