package io.chiron.core.fleet;

import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.TierProfile;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The batch limits that capacity is planned with (ours). A limit is a whole number and the curve behind it an estimate: where
 * it lies at a whole number, the limit comes and goes with the noise of the estimate, and with it a fifth of a small fleet's
 * load. So the hard limit that the ITL gives falls by one only when the curve is clearly below it. Immutable.
 */
record PlannedLimits(Map<String, BatchLimits> byKind) {
    /** The estimate is not known better than this. */
    private static final double CLEAR = 0.98;

    PlannedLimits {
        byKind = Collections.unmodifiableMap(new TreeMap<>(byKind));
    }

    static PlannedLimits none() {
        return new PlannedLimits(Map.of());
    }

    /** After a run that knows these capabilities. */
    PlannedLimits next(Map<String, Capability> capabilities, List<TierProfile> tiers) {
        TreeMap<String, BatchLimits> next = new TreeMap<>(byKind);
        capabilities.forEach((kind, now) -> next.put(kind, steadied(byKind.get(kind), now, tiers)));
        return new PlannedLimits(next);
    }

    /** The capabilities with these limits. */
    Map<String, Capability> in(Map<String, Capability> capabilities) {
        TreeMap<String, Capability> planned = new TreeMap<>();
        capabilities.forEach(
                (kind, now) -> planned.put(kind, new Capability(now.curve(), byKind.getOrDefault(kind, now.limits()))));
        return planned;
    }

    private static BatchLimits steadied(@Nullable BatchLimits before, Capability now, List<TierProfile> tiers) {
        BatchLimits limits = now.limits();
        int count = limits.tiers();
        if (before == null || before.tiers() != count) {
            return limits;
        }
        int[][] soft = new int[count][count];
        int[][] hard = new int[count][count];
        for (int binding = 0; binding < count; binding++) {
            double itl = tiers.get(binding).tier().slo().itlSeconds();
            for (int lengths = 0; lengths < count; lengths++) {
                double exact = now.curve()
                        .sequencesWithin(itl, tiers.get(lengths).lengths().promptPerOutput());
                int last = before.hard(binding, lengths);
                int next = limits.hard(binding, lengths);
                boolean unclear = next == last - 1 && exact < last && exact >= CLEAR * last;
                soft[binding][lengths] = limits.soft(binding, lengths);
                hard[binding][lengths] = unclear ? last : next;
            }
        }
        return BatchLimits.of(soft, hard);
    }
}
