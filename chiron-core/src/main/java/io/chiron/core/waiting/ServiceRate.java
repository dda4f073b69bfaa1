package io.chiron.core.waiting;

import io.chiron.api.Checks;
import io.chiron.api.Times;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;

/**
 * Output tokens per second that the queue of one tier receives, measured over completed windows. An immutable state
 * value: every window gives the next one.
 *
 * <p>Only windows in which the queue was not empty count (without a queue the output says what was asked for, not what
 * can be given). They are cut into blocks of {@value #BLOCK_SECONDS} s; mean and variance are those of the blocks,
 * weighted by length and with a half-life of {@value #HALF_LIFE_SECONDS} s. Only newer blocks push older ones out: an
 * empty queue forgets nothing. The first {@value #FILLING_BLOCKS} blocks, in which instances fill with sequences that are
 * all young, count only until there is a later one.
 */
public final class ServiceRate {
    /** Nothing measured yet. */
    public static final ServiceRate UNKNOWN = new ServiceRate(Instant.MIN, Instant.MIN, 0, 0, Sums.ZERO, 0);

    /** Length τ of a block, in seconds of windows with a queue. */
    static final double BLOCK_SECONDS = 60;

    private static final double HALF_LIFE_SECONDS = 300;
    private static final double MEASURED_PRIOR = 0.02 * 0.02;
    private static final double PRIOR_SQUARED_VARIATION = 0.1 * 0.1;
    /** Blocks, as many as their weights are worth, that give a variance: from the third on. */
    private static final double MEASURED_BLOCKS = 2.5;

    static final int FILLING_BLOCKS = 2;

    private final Instant lastWindowEnd;
    private final Instant lastBlockEnd;
    private final double openTokens;
    private final double openSeconds;
    private final Sums closed;
    private final long blocks;

    private ServiceRate(
            Instant lastWindowEnd,
            Instant lastBlockEnd,
            double openTokens,
            double openSeconds,
            Sums closed,
            long blocks) {
        this.lastWindowEnd = lastWindowEnd;
        this.lastBlockEnd = lastBlockEnd;
        this.openTokens = openTokens;
        this.openSeconds = openSeconds;
        this.closed = closed;
        this.blocks = blocks;
    }

    /** Sums over closed blocks of weight, weight·rate, weight·rate², weight²; a block of length τ has weight 1. */
    private record Sums(double weight, double rate, double rateSquared, double weightSquared) {
        static final Sums ZERO = new Sums(0, 0, 0, 0);

        Sums plus(double blockWeight, double blockRate, double keep) {
            return new Sums(
                    keep * weight + blockWeight,
                    keep * rate + blockWeight * blockRate,
                    keep * rateSquared + blockWeight * blockRate * blockRate,
                    keep * keep * weightSquared + blockWeight * blockWeight);
        }
    }

    /**
     * The state after one window. A window that cannot be true (not finite, negative, of no length) and one that does
     * not end after the last are left out; if the clock was set back, counting goes on from the new time.
     *
     * @param outputTokens output tokens of the tier in the window, over all instances
     * @param windowSeconds length of the window
     * @param queued true if the tier's queue was not empty during the window
     * @param time end of the window
     */
    public ServiceRate observe(double outputTokens, double windowSeconds, boolean queued, Instant time) {
        Objects.requireNonNull(time, "rate.time");
        boolean plausible = outputTokens >= 0 && outputTokens <= 1e15 && windowSeconds >= 1e-6 && windowSeconds <= 1e9;
        if (!queued || !plausible || time.equals(lastWindowEnd) || OutputLengths.isLate(lastWindowEnd, time)) {
            return this;
        }
        if (time.isBefore(lastWindowEnd)) {
            return new ServiceRate(time, time, openTokens, openSeconds, closed, blocks);
        }
        // A block does not reach over a pause: what was measured before it is a block of its own, however short.
        boolean pause = Times.secondsBetween(lastWindowEnd, time) - windowSeconds > BLOCK_SECONDS;
        ServiceRate before = pause && openSeconds > 0 ? withBlockClosed() : this;
        ServiceRate next = new ServiceRate(
                time,
                before.lastBlockEnd,
                before.openTokens + outputTokens,
                before.openSeconds + windowSeconds,
                before.closed,
                before.blocks);
        // Windows of an odd length must not leave a sliver for rounding to decide.
        return next.openSeconds >= BLOCK_SECONDS - 1e-6 ? next.withBlockClosed() : next;
    }

    private ServiceRate withBlockClosed() {
        double sinceSeconds = blocks == 0 ? 0 : Math.max(0, Times.secondsBetween(lastBlockEnd, lastWindowEnd));
        double keep = StrictMath.pow(2, -sinceSeconds / HALF_LIFE_SECONDS);
        Sums before = blocks == FILLING_BLOCKS ? Sums.ZERO : closed;
        Sums sums = before.plus(openSeconds / BLOCK_SECONDS, openTokens / openSeconds, keep);
        return new ServiceRate(lastWindowEnd, lastWindowEnd, 0, 0, sums, blocks + 1);
    }

    /**
     * This rate as if the capacity behind it were {@code factor} times as large: after an instance was added or lost,
     * so that the rate need not be learned anew. The relative spread stays; 0 is no service, hence endless waits.
     *
     * @param factor new capacity over the one that was measured; [0, 10⁶]
     */
    public ServiceRate scaled(double factor) {
        Checks.inRange("rate.factor", factor, 0, 1e6);
        Sums sums = new Sums(
                closed.weight(),
                closed.rate() * factor,
                closed.rateSquared() * factor * factor,
                closed.weightSquared());
        return new ServiceRate(lastWindowEnd, lastBlockEnd, openTokens * factor, openSeconds, sums, blocks);
    }

    /** True once a window with a queue was measured. */
    public boolean isKnown() {
        return openSeconds > 0 || blocks > 0;
    }

    /** Mean rate, output tokens per second; 0 if it is not {@linkplain #isKnown() known}. */
    public double outputTokensPerSecond() {
        double weight = closed.weight() + openSeconds / BLOCK_SECONDS;
        return weight > 0 ? (closed.rate() + openTokens / BLOCK_SECONDS) / weight : 0;
    }

    /**
     * Squared coefficient of variation cv²(R) of the rate over blocks. Two blocks say little of a variance: before the
     * third after the filling ones it is a prior of 0.1², more while less than a block was seen; later one of 0.02², what the
     * lengths of some thousand completions make of a block, counts as one block of all seen.
     */
    public double squaredVariation() {
        double seconds = BLOCK_SECONDS * closed.weight() + openSeconds;
        double prior = PRIOR_SQUARED_VARIATION * Math.max(1, BLOCK_SECONDS / Math.max(1, seconds));
        double mean = closed.rate() / closed.weight();
        double effectiveBlocks = closed.weight() * closed.weight() / closed.weightSquared();
        if (!(mean > 0) || !(effectiveBlocks >= MEASURED_BLOCKS)) {
            return prior;
        }
        double squared = closed.rateSquared() / closed.weight() / (mean * mean);
        double measured = Math.max(0, squared - 1) * effectiveBlocks / (effectiveBlocks - 1);
        double degrees = (blocks > FILLING_BLOCKS ? blocks - FILLING_BLOCKS : blocks) - 1.0;
        return (MEASURED_PRIOR + degrees * measured) / (1 + degrees);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "ServiceRate[outputTokensPerSecond=%s, squaredVariation=%s, blocks=%d]",
                outputTokensPerSecond(),
                squaredVariation(),
                blocks);
    }
}
