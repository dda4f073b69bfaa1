package io.chiron.core.waiting;

import io.chiron.api.LengthHistogram;
import io.chiron.api.TierFlow;
import io.chiron.api.Times;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Output tokens that the engines say they produced against those that the requests say they received (ours). Both count the
 * same tokens, so a lasting gap means that the lengths of requests are counted wrongly: in words, say, or by a proxy that
 * drops a part. The engines are believed, since capacity is measured in their tokens. An immutable state value.
 *
 * @param producedTokens by the engines, faded
 * @param countedTokens by the requests, faded
 * @param seconds behind both, faded
 * @param last reading; null before the first
 * @param lastCompletedTokens of completed requests, at the last reading
 * @param lastCountedTokens those and what running requests had received
 */
public record OutputBalance(
        double producedTokens,
        double countedTokens,
        double seconds,
        @Nullable Instant last,
        double lastCompletedTokens,
        double lastCountedTokens) {

    /** Nothing was compared yet. */
    public static final OutputBalance UNKNOWN = new OutputBalance(0, 0, 0, null, 0, 0);

    private static final double HALF_LIFE_SECONDS = 600;
    /** A reading after a longer pause is a new base: nobody knows what was produced in between. */
    private static final double MOST_SECONDS = 60;
    /** From when on a gap is believed: requests whose tokens so far are not told begin and end out of step. */
    private static final double LEAST_SECONDS = 120;

    private static final double LEAST_SECONDS_WITHOUT_PROGRESS = 900;
    private static final double LEAST_TOKENS = 10_000;
    /** Samples and flows are cut at different times, and evicted work is counted twice: that much is no gap. */
    private static final double TOLERANCE = 1.25;

    private static final double MOST = 16;

    /**
     * The state after a reading.
     *
     * @param flow of the tier
     * @param producedPerSecond output tokens of the tier per second over all engines since the last reading; NaN if unknown
     */
    public OutputBalance observe(TierFlow flow, double producedPerSecond) {
        Objects.requireNonNull(flow, "flow");
        Instant now = flow.time();
        double completed = flow.completed().output();
        double counted = completed + soFarTokens(flow.runningOutputs());
        double elapsedSeconds = last == null ? 0 : Times.secondsBetween(last, now);
        if (last != null && elapsedSeconds == 0) {
            return this;
        }
        // An evicted request takes back what it had received, and brings it again when it goes on.
        boolean follows = elapsedSeconds > 0 && elapsedSeconds <= MOST_SECONDS && completed >= lastCompletedTokens;
        // Counters that jump, because another router took over, say nothing about lengths.
        boolean jumps =
                Math.abs(counted - lastCountedTokens) > MOST * producedPerSecond * elapsedSeconds + LEAST_TOKENS;
        if (!follows || jumps || !(producedPerSecond >= 0 && producedPerSecond <= 1e12)) {
            return new OutputBalance(producedTokens, countedTokens, seconds, now, completed, counted);
        }
        double keep = StrictMath.pow(0.5, elapsedSeconds / HALF_LIFE_SECONDS);
        return new OutputBalance(
                keep * producedTokens + producedPerSecond * elapsedSeconds,
                keep * countedTokens + counted - lastCountedTokens,
                keep * seconds + elapsedSeconds,
                now,
                completed,
                counted);
    }

    /**
     * What a counted output length has to be multiplied by; [1/16, 16], and 1 as long as there is no clear gap.
     *
     * @param progressTold true if requests tell their tokens so far, not only at their end
     */
    public double factor(boolean progressTold) {
        double least = progressTold ? LEAST_SECONDS : LEAST_SECONDS_WITHOUT_PROGRESS;
        if (seconds < least || producedTokens < LEAST_TOKENS || !(countedTokens > 0)) {
            return 1;
        }
        double ratio = producedTokens / countedTokens;
        return ratio > TOLERANCE || ratio < 1 / TOLERANCE ? Math.min(MOST, Math.max(1 / MOST, ratio)) : 1;
    }

    private static double soFarTokens(LengthHistogram running) {
        double tokens = 0;
        for (int i = 0; i + 1 < LengthHistogram.BINS; i++) {
            double count = running.count(i);
            if (count > 0) {
                tokens += count * (LengthHistogram.lowerBound(i) + LengthHistogram.lowerBound(i + 1)) / 2;
            }
        }
        return tokens;
    }
}
