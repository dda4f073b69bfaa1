package io.chiron.core.waiting;

import io.chiron.api.Checks;
import io.chiron.api.Times;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.apache.commons.math3.special.Erf;

/**
 * How long a request waits in the queue, as a distribution. An immutable value.
 *
 * <p>A quantile is the larger of two: that of the log-normal distribution with this mean and standard deviation, and
 * that of past waits over their predictions ({@link ConformalBands}). A log-normal (ours, over the gamma): its quantile
 * is one {@code exp}, and its quantiles up to 0.99 grow with the position although its relative spread shrinks.
 *
 * <p>In context: docs/rules.md, Waiting time.
 */
public final class WaitingTime {
    /** An empty queue with room: no wait. */
    public static final WaitingTime ZERO = new WaitingTime(0, 0, 0, 0, ConformalBands.EMPTY);

    /** Nothing is served: the wait has no end. */
    public static final WaitingTime INFINITE =
            new WaitingTime(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0, 0, ConformalBands.EMPTY);

    private static final double SQRT_2 = Math.sqrt(2);
    /** Halvings of [0, 1] until a probability is exact to 1e-12. */
    private static final int HALVINGS = 40;

    private final double meanSeconds;
    private final double standardDeviationSeconds;
    private final double logMedian;
    private final double logDeviation;
    private final double logPosition;
    private final double logSecondsPerPosition;
    private final ConformalBands bands;

    private WaitingTime(
            double meanSeconds,
            double squaredVariation,
            double logPosition,
            double logSecondsPerPosition,
            ConformalBands bands) {
        double logVariance = StrictMath.log1p(squaredVariation);
        this.meanSeconds = meanSeconds;
        this.standardDeviationSeconds = meanSeconds == 0 ? 0 : meanSeconds * Math.sqrt(squaredVariation);
        this.logMedian = StrictMath.log(meanSeconds) - logVariance / 2;
        this.logDeviation = Math.sqrt(logVariance);
        this.logPosition = logPosition;
        this.logSecondsPerPosition = logSecondsPerPosition;
        this.bands = bands;
    }

    /**
     * The wait at {@code position}; its mean must be above 0 and finite.
     *
     * @param squaredVariation variance over squared mean, finite
     */
    static WaitingTime of(double position, double secondsPerPosition, double squaredVariation, ConformalBands bands) {
        return new WaitingTime(
                position * secondsPerPosition,
                squaredVariation,
                StrictMath.log(position),
                StrictMath.log(secondsPerPosition),
                bands);
    }

    /** Mean, in seconds; infinite if nothing is served. */
    public double meanSeconds() {
        return meanSeconds;
    }

    /** Standard deviation, in seconds; infinite if nothing is served. */
    public double standardDeviationSeconds() {
        return standardDeviationSeconds;
    }

    /** The wait that is not exceeded with probability {@code p}, in seconds; {@code p} in (0, 1). */
    public double quantileSeconds(double p) {
        if (!(p > 0 && p < 1)) {
            throw Checks.outOfRange("p", p, "(0, 1)");
        }
        if (isCertain()) {
            return meanSeconds;
        }
        double logNormal = logMedian + logDeviation * SQRT_2 * Erf.erfInv(2 * p - 1);
        return StrictMath.exp(Math.max(logNormal, logFloor(p)));
    }

    /** Probability that the wait is at most {@code limit}; in [0, 1], the inverse of the quantile. */
    public double probabilityWithin(Duration limit) {
        Objects.requireNonNull(limit, "limit");
        double seconds = Times.seconds(limit);
        if (isCertain()) {
            return seconds >= meanSeconds ? 1 : 0;
        }
        if (!(seconds > 0)) {
            return 0;
        }
        double logSeconds = StrictMath.log(seconds);
        double high = Erf.erfc((logMedian - logSeconds) / (logDeviation * SQRT_2)) / 2;
        if (logFloor(high) <= logSeconds) {
            return high;
        }
        double low = 0;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (logFloor(middle) <= logSeconds) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private boolean isCertain() {
        return meanSeconds == 0 || meanSeconds == Double.POSITIVE_INFINITY;
    }

    /** Logarithm of the conformal quantile in seconds. */
    private double logFloor(double p) {
        return logSecondsPerPosition + bands.logFloor(p, logPosition);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "WaitingTime[meanSeconds=%s, standardDeviationSeconds=%s]",
                meanSeconds,
                standardDeviationSeconds);
    }
}
