package io.chiron.core.local;

import io.chiron.api.Checks;
import java.util.Arrays;

/**
 * The batch limits of one instance. Immutable.
 *
 * <p>There is one limit per pair of tiers: while the SLO of the {@code binding} tier (the tightest that runs) applies, the
 * instance could hold {@code limit(binding, lengths)} sequences if all of them had the lengths of tier {@code lengths}.
 * A mixed batch fits if the shares add up: {@code Σ n_k / limit(binding, k) ≤ 1} (ours: each bound behind a limit is
 * linear in the sequences, so the sum is exact for one bound and safe for several).
 */
public final class BatchLimits {
    private static final double TOLERANCE = 1e-9;

    private final int tiers;
    private final int[] soft;
    private final int[] hard;

    private BatchLimits(int tiers, int[] soft, int[] hard) {
        this.tiers = tiers;
        this.soft = soft;
        this.hard = hard;
    }

    /** Limits by [binding tier][length tier], each at least 1, soft at most hard. */
    public static BatchLimits of(int[][] soft, int[][] hard) {
        int tiers = soft.length;
        int[] flatSoft = new int[tiers * tiers];
        int[] flatHard = new int[tiers * tiers];
        for (int binding = 0; binding < tiers; binding++) {
            for (int lengths = 0; lengths < tiers; lengths++) {
                int hardLimit = Checks.inRange("limits.hard", hard[binding][lengths], 1, 1_000_000);
                flatHard[binding * tiers + lengths] = hardLimit;
                flatSoft[binding * tiers + lengths] =
                        Checks.inRange("limits.soft", soft[binding][lengths], 1, hardLimit);
            }
        }
        return new BatchLimits(tiers, flatSoft, flatHard);
    }

    /** The same limit for every tier, soft and hard. */
    public static BatchLimits fixed(int tiers, int limit) {
        int[] all = new int[tiers * tiers];
        Arrays.fill(all, Checks.inRange("limits.fixed", limit, 1, 1_000_000));
        return new BatchLimits(tiers, all, all);
    }

    /** Number of tiers. */
    public int tiers() {
        return tiers;
    }

    /** Where placement prefers another instance, batch work ends and eviction begins. */
    public int soft(int binding, int lengths) {
        return soft[binding * tiers + lengths];
    }

    /** Where admission ends. */
    public int hard(int binding, int lengths) {
        return hard[binding * tiers + lengths];
    }

    /** Share of the soft limit that one more sequence of tier {@code lengths} takes. */
    public double softShare(int binding, int lengths) {
        return 1.0 / soft[binding * tiers + lengths];
    }

    /** Share of the hard limit that one more sequence of tier {@code lengths} takes. */
    public double hardShare(int binding, int lengths) {
        return 1.0 / hard[binding * tiers + lengths];
    }

    /** True if shares that add up to {@code sum} fit into an instance. */
    public static boolean fits(double sum) {
        return sum <= 1 + TOLERANCE;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BatchLimits that && Arrays.equals(soft, that.soft) && Arrays.equals(hard, that.hard);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(soft) + Arrays.hashCode(hard);
    }

    @Override
    public String toString() {
        return "BatchLimits[soft=" + Arrays.toString(soft) + ", hard=" + Arrays.toString(hard) + "]";
    }
}
