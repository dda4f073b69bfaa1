package io.chiron.core.waiting;

import io.chiron.api.Checks;

/**
 * The wait at a position of the batch queue: the time for that many completions of a continuously batched server.
 *
 * <p>{@code E[W] = q·μ/R}, with μ the mean output length and R the output tokens per second that the queue receives.
 * Prompts and running work are already inside R, so nothing is added for them (measured: adding the residual of what
 * runs overstates the wait by 19 % at position 10,000 and twentyfold at 100; adding prompts by 48 %).
 *
 * <p>{@code Var[W] = max(qσ², qμ²)/R² + E[W]²·(cv²(R)·(1 + min(1, τ/E[W])) + (σ/μ)²/(n + 1)) + iteration²/12}:
 * <ul>
 *   <li>the lengths of the q requests ahead, taken at least as scattered as an exponential distribution;
 *   <li>the rate: its level, and its fluctuation within the wait as far as that is no longer than a block τ;
 *   <li>the error of μ itself, learned from n samples (and the guess, which counts as one);
 *   <li>the rhythm of the engine, which starts requests between iterations only: a wait ends at any phase of one, which
 *       has the variance of a uniform distribution.
 * </ul>
 *
 * <p>In context: docs/rules.md, Waiting time.
 */
public final class WaitingTimeEstimator {
    /** Bound of the squared relative spread: with more, the wait is as good as unknown. */
    private static final double MAX_SQUARED_VARIATION = 1e12;

    private WaitingTimeEstimator() {}

    /**
     * The wait at {@code position}.
     *
     * @param position requests ahead in the queue, itself included; 0 if it starts at once; [0, 10¹⁵]
     * @param lengths of the queue's tier
     * @param rate that the queue receives; 0 or not known gives {@link WaitingTime#INFINITE}
     * @param iterationSeconds mean duration of an engine iteration; NaN if not measured, then it is left out
     * @param bands what past predictions were worth
     */
    public static WaitingTime estimate(
            double position, LengthStats lengths, ServiceRate rate, double iterationSeconds, ConformalBands bands) {
        Checks.inRange("position", position, 0, 1e15);
        if (position == 0) {
            return WaitingTime.ZERO;
        }
        double secondsPerPosition = lengths.meanOutput() / rate.outputTokensPerSecond();
        double meanSeconds = position * secondsPerPosition;
        if (!(meanSeconds < Double.POSITIVE_INFINITY)) {
            return WaitingTime.INFINITE;
        }
        double deviation = lengths.outputDeviation() / lengths.meanOutput();
        double lengthVariation = deviation * deviation;
        double iteration = iterationSeconds >= 0 ? iterationSeconds / meanSeconds : 0;
        double squaredVariation = Math.max(lengthVariation, 1) / position
                + rate.squaredVariation() * (1 + Math.min(1, ServiceRate.BLOCK_SECONDS / meanSeconds))
                + lengthVariation / (lengths.samples() + 1)
                + iteration * iteration / 12;
        return WaitingTime.of(position, secondsPerPosition, Math.min(squaredVariation, MAX_SQUARED_VARIATION), bands);
    }
}
