package io.chiron.core.fleet;

import io.chiron.api.FleetLimits;
import io.chiron.api.Pool;
import java.util.EnumMap;
import java.util.Map;

/** Fits wanted pools into the ranges of the fleet. */
final class PoolRanges {
    private static final Pool[] GIVING = {Pool.MIXED, Pool.BATCH, Pool.INTERACTIVE};

    private PoolRanges() {}

    /** Moves instances between pools until each range holds, as far as {@code total} allows. */
    static Map<Pool, Integer> fit(Map<Pool, Integer> wanted, FleetLimits limits, int total) {
        EnumMap<Pool, Integer> fitted = new EnumMap<>(Pool.class);
        int sum = 0;
        for (Pool pool : GIVING) {
            FleetLimits.Range range = limits.range(pool);
            int count = Math.max(range.min(), Math.min(range.max(), wanted.getOrDefault(pool, 0)));
            fitted.put(pool, count);
            sum += count;
        }
        for (Pool pool : GIVING) {
            FleetLimits.Range range = limits.range(pool);
            int count = fitted.getOrDefault(pool, 0);
            int change = Math.max(range.min() - count, Math.min(range.max() - count, total - sum));
            fitted.put(pool, count + change);
            sum += change;
        }
        return fitted;
    }
}
