package io.chiron.core.routing;

import io.chiron.api.Checks;
import io.chiron.api.SloTier;
import io.chiron.core.local.BatchLimits;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tiers of the fleet by index, and what follows from their SLOs. Immutable. */
final class Tiers {
    /** Nothing to look up. */
    static final int UNKNOWN = -1;

    private final List<SloTier> tiers;
    private final Map<String, Integer> indexes = new HashMap<>();
    private final boolean[] interactive;
    private final long[] itlNanos;
    /** Tier indexes, tightest ITL first. */
    private final int[] tightestFirst;
    /** The interactive tier with the tightest ITL, or UNKNOWN. */
    private final int tightestInteractive;

    Tiers(List<SloTier> tiers) {
        this.tiers = List.copyOf(tiers);
        Checks.inRange("router.tiers.size", this.tiers.size(), 1, 64);
        interactive = new boolean[this.tiers.size()];
        itlNanos = new long[interactive.length];
        for (int i = 0; i < interactive.length; i++) {
            SloTier tier = this.tiers.get(i);
            if (indexes.put(tier.name(), i) != null) {
                throw Checks.outOfRange("router.tiers", "\"" + tier.name() + "\" twice", "names that differ");
            }
            interactive[i] = tier.interactive();
            itlNanos[i] = tier.slo().itl().toNanos();
        }
        tightestFirst = tightestFirst(itlNanos);
        int tightest = UNKNOWN;
        for (int i = interactive.length - 1; i >= 0; i--) {
            tightest = interactive[tightestFirst[i]] ? tightestFirst[i] : tightest;
        }
        tightestInteractive = tightest;
    }

    int count() {
        return interactive.length;
    }

    SloTier get(int tier) {
        return tiers.get(tier);
    }

    /** The index of a tier, or UNKNOWN. */
    int index(String name) {
        return indexes.getOrDefault(name, UNKNOWN);
    }

    boolean interactive(int tier) {
        return interactive[tier];
    }

    int tightestInteractive() {
        return tightestInteractive;
    }

    /** The tier whose ITL SLO binds once one more sequence of {@code newcomer} runs beside {@code counts}. */
    int binding(int[] counts, int newcomer) {
        for (int tier : tightestFirst) {
            if (counts[tier] > 0 || tier == newcomer) {
                return tier;
            }
        }
        return newcomer;
    }

    /** Share of the soft limit that is taken once a sequence of {@code newcomer} runs as well. */
    double softShare(BatchLimits limits, int[] counts, int newcomer) {
        int binding = binding(counts, newcomer);
        double sum = limits.softShare(binding, newcomer);
        for (int tier = 0; tier < counts.length; tier++) {
            sum += counts[tier] == 0 ? 0 : counts[tier] * limits.softShare(binding, tier);
        }
        return sum;
    }

    /** Share of the hard limit that is taken once a sequence of {@code newcomer} runs as well. */
    double hardShare(BatchLimits limits, int[] counts, int newcomer) {
        int binding = binding(counts, newcomer);
        double sum = limits.hardShare(binding, newcomer);
        for (int tier = 0; tier < counts.length; tier++) {
            sum += counts[tier] == 0 ? 0 : counts[tier] * limits.hardShare(binding, tier);
        }
        return sum;
    }

    /**
     * What a queued request is ordered by, earliest first. Interactive: its arrival. Batch: its deadline, and once its
     * first token has come (which met the deadline) the time by which it must go on to keep its mean ITL: the time that
     * the tokens so far may take at the SLO, counted from the first.
     */
    long order(Tracked request) {
        if (interactive[request.tier]) {
            return nanos(request.request.arrival());
        }
        Tracked.Run run = request.run;
        return run == null || run.firstTokenNanos == Tracked.NEVER
                ? nanos(request.request.deadline())
                : resumeBy(run, itlNanos[request.tier]);
    }

    /**
     * The deadline that a batch request is grouped under: its own, or the time by which it must go on if that is later.
     * A request that has started is never late by its deadline, and its pause is no reason to launch.
     */
    long groupDeadline(Tracked request) {
        return Math.max(nanos(request.request.deadline()), order(request));
    }

    /** Nanoseconds since 1970, the nearest that a long can tell for times before 1678 and after 2262. */
    static long nanos(Instant time) {
        long seconds = time.getEpochSecond();
        if (seconds >= 9_223_372_036L) {
            return Long.MAX_VALUE;
        }
        return seconds <= -9_223_372_036L ? Long.MIN_VALUE + 1 : seconds * 1_000_000_000L + time.getNano();
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }

    private static long resumeBy(Tracked.Run run, long itlNanos) {
        double budgetNanos = (double) Math.max(1, run.producedTokens) * itlNanos;
        long left = Long.MAX_VALUE - Math.max(0, run.firstTokenNanos);
        return budgetNanos >= left ? Long.MAX_VALUE : run.firstTokenNanos + (long) budgetNanos;
    }

    private static int[] tightestFirst(long[] itlNanos) {
        int[] order = new int[itlNanos.length];
        for (int i = 0; i < order.length; i++) {
            int at = i;
            for (; at > 0 && itlNanos[order[at - 1]] > itlNanos[i]; at--) {
                order[at] = order[at - 1];
            }
            order[at] = i;
        }
        return order;
    }
}
