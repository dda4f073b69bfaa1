package io.chiron.core.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.Times;
import java.time.Duration;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

@Domain(WaitingArbitraries.class)
@Domain(DomainContext.Global.class)
class WaitingTimeProperties {
    private static final double ROUNDING = 1e-9;

    @Property(tries = 2000)
    void meanGrowsWithPosition(
            @ForAll LengthStats lengths,
            @ForAll ServiceRate rate,
            @ForAll @Scale(4) @DoubleRange(min = 0, max = 6) double logPosition,
            @ForAll @Scale(4) @DoubleRange(min = 0, max = 1e4) double more) {
        double position = StrictMath.pow(10, logPosition);
        assertThat(plain(position + more, lengths, rate).meanSeconds())
                .isGreaterThanOrEqualTo(plain(position, lengths, rate).meanSeconds());
    }

    @Property(tries = 2000)
    void meanGrowsWithOutputLength(
            @ForAll LengthStats lengths,
            @ForAll ServiceRate rate,
            @ForAll @Scale(4) @DoubleRange(min = 0, max = 1e6) double position,
            @ForAll @Scale(4) @DoubleRange(min = 1, max = 10) double factor) {
        LengthStats longer = new LengthStats(
                lengths.meanPrompt(),
                lengths.meanOutput() * factor,
                lengths.meanOutputSquared() * factor * factor,
                lengths.meanPromptOutput() * factor,
                lengths.samples());
        assertThat(plain(position, longer, rate).meanSeconds())
                .isGreaterThanOrEqualTo(plain(position, lengths, rate).meanSeconds());
    }

    @Property(tries = 2000)
    void meanFallsWithRate(
            @ForAll LengthStats lengths,
            @ForAll ServiceRate rate,
            @ForAll @Scale(4) @DoubleRange(min = 0, max = 1e6) double position,
            @ForAll @Scale(4) @DoubleRange(min = 1, max = 10) double factor) {
        assertThat(plain(position, lengths, rate.scaled(factor)).meanSeconds())
                .isLessThanOrEqualTo(plain(position, lengths, rate).meanSeconds());
    }

    @Property(tries = 5000)
    void quantileGrowsWithPosition(
            @ForAll LengthStats lengths,
            @ForAll ServiceRate rate,
            @ForAll ConformalBands bands,
            @ForAll @Scale(4) @DoubleRange(min = 0, max = 2) double iterationSeconds,
            @ForAll @Scale(4) @DoubleRange(min = 0, max = 6.5) double logPosition,
            @ForAll @Scale(4) @DoubleRange(min = 0, max = 1) double moreDecades,
            @ForAll @Scale(4) @DoubleRange(min = 0.001, max = 0.99) double p) {
        double position = StrictMath.pow(10, logPosition);
        WaitingTime here = estimate(position, lengths, rate, iterationSeconds, bands);
        WaitingTime there =
                estimate(position * StrictMath.pow(10, moreDecades), lengths, rate, iterationSeconds, bands);
        assertThat(there.quantileSeconds(p)).isGreaterThanOrEqualTo(here.quantileSeconds(p) * (1 - ROUNDING));
    }

    /**
     * Where the relative spread falls fastest, a few seconds of iteration against a short queue, a generator rarely
     * looks.
     */
    @Property(tries = 2000)
    void logNormalQuantileGrowsWithPositionWhereTheIterationRules(
            @ForAll @Scale(4) @DoubleRange(min = 0.2, max = 3) double spread,
            @ForAll @Scale(4) @DoubleRange(min = 1, max = 1.5) double factor,
            @ForAll @Scale(4) @DoubleRange(min = 0.5, max = 0.99) double p) {
        LengthStats lengths = new LengthStats(100, 100, 10_000, 10_000, 1e9);
        ServiceRate rate = steady(100);
        double position = 1e4;
        double iterationSeconds = Math.sqrt(12) * position * spread;
        assertThat(estimate(position * factor, lengths, rate, iterationSeconds, ConformalBands.EMPTY)
                        .quantileSeconds(p))
                .isGreaterThanOrEqualTo(estimate(position, lengths, rate, iterationSeconds, ConformalBands.EMPTY)
                                .quantileSeconds(p)
                        * (1 - ROUNDING));
    }

    @Property(tries = 2000)
    void quantileGrowsWithProbability(
            @ForAll LengthStats lengths,
            @ForAll ServiceRate rate,
            @ForAll ConformalBands bands,
            @ForAll @Scale(4) @DoubleRange(min = 1, max = 1e6) double position,
            @ForAll @Scale(4) @DoubleRange(min = 0.0001, max = 0.9999) double p,
            @ForAll @Scale(4) @DoubleRange(min = 0.0001, max = 0.9999) double other) {
        WaitingTime wait = estimate(position, lengths, rate, 0.1, bands);
        assertThat(wait.quantileSeconds(Math.max(p, other)))
                .isGreaterThanOrEqualTo(wait.quantileSeconds(Math.min(p, other)));
    }

    @Property(tries = 2000)
    void probabilityIsTheInverseOfTheQuantile(
            @ForAll LengthStats lengths,
            @ForAll ServiceRate rate,
            @ForAll ConformalBands bands,
            @ForAll @Scale(4) @DoubleRange(min = 1, max = 1e5) double position,
            @ForAll @Scale(4) @DoubleRange(min = 0.001, max = 0.999) double p,
            @ForAll @Scale(4) @DoubleRange(min = -2, max = 2) double logSeconds) {
        WaitingTime wait = estimate(position, lengths, rate, 0.1, bands);
        double quantile = Math.min(1e8, Math.max(1e-3, wait.quantileSeconds(p)));
        if (quantile == wait.quantileSeconds(p)) {
            // The nanosecond that a duration may lose is 1e-6 of the shortest.
            assertThat(wait.probabilityWithin(Times.duration(quantile * (1 + 1e-5))))
                    .isGreaterThanOrEqualTo(p - 1e-9);
        }
        double seconds = Math.min(1e8, wait.meanSeconds() * StrictMath.pow(10, logSeconds));
        double probability = wait.probabilityWithin(Times.duration(seconds));
        assertThat(probability).isBetween(0.0, 1.0);
        if (probability > 1e-6 && probability < 1 - 1e-6) {
            assertThat(wait.quantileSeconds(probability * (1 - 1e-7))).isLessThanOrEqualTo(seconds * (1 + 1e-5) + 1e-9);
            assertThat(wait.quantileSeconds(probability + (1 - probability) * 1e-3))
                    .isGreaterThanOrEqualTo(seconds * (1 - 1e-5) - 1e-9);
        }
    }

    @Property
    void emptyQueueWithRoomHasNoWait(
            @ForAll LengthStats lengths, @ForAll ServiceRate rate, @ForAll ConformalBands bands) {
        for (ServiceRate any : new ServiceRate[] {rate, rate.scaled(0), ServiceRate.UNKNOWN}) {
            WaitingTime wait = estimate(0, lengths, any, 1, bands);
            assertThat(wait.meanSeconds()).isZero();
            assertThat(wait.standardDeviationSeconds()).isZero();
            assertThat(wait.quantileSeconds(0.99)).isZero();
            assertThat(wait.probabilityWithin(Duration.ZERO)).isOne();
        }
    }

    @Property
    void noServiceIsAnEndlessWait(
            @ForAll LengthStats lengths,
            @ForAll ServiceRate rate,
            @ForAll ConformalBands bands,
            @ForAll @Scale(4) @DoubleRange(min = 1, max = 1e6) double position) {
        for (ServiceRate none : new ServiceRate[] {rate.scaled(0), ServiceRate.UNKNOWN}) {
            WaitingTime wait = estimate(position, lengths, none, 1, bands);
            assertThat(wait.meanSeconds()).isInfinite();
            assertThat(wait.standardDeviationSeconds()).isInfinite();
            assertThat(wait.quantileSeconds(0.01)).isInfinite();
            assertThat(wait.probabilityWithin(Duration.ofDays(10_000))).isZero();
        }
    }

    @Property
    void quantileIsNeverBelowTheConformalOne(
            @ForAll LengthStats lengths,
            @ForAll ServiceRate rate,
            @ForAll ConformalBands bands,
            @ForAll @Scale(4) @DoubleRange(min = 0, max = 6) double logPosition,
            @ForAll @Scale(4) @DoubleRange(min = 0.01, max = 0.99) double p) {
        double position = StrictMath.pow(10, logPosition);
        WaitingTime wait = estimate(position, lengths, rate, 0.1, bands);
        assertThat(wait.quantileSeconds(p))
                .isGreaterThanOrEqualTo(bands.factor(p, position) * wait.meanSeconds() * (1 - ROUNDING));
    }

    /** The formula of the class comment with numbers, worked out by hand. */
    @Example
    void formula() {
        // μ = 200, σ = 100, n = 99; R = 1000/s with the prior cv² = 0.01 of a single block.
        LengthStats lengths = new LengthStats(1, 200, 50_000, 200, 99);
        WaitingTime wait = estimate(1000, lengths, steady(1000), 20, ConformalBands.EMPTY);
        assertThat(wait.meanSeconds()).isEqualTo(200, within(1e-9));
        // 1000·200²/1000² = 40, 200²·(0.01·1.3 + 0.25/100) = 620, 20²/12 = 33.3333.
        assertThat(wait.standardDeviationSeconds() * wait.standardDeviationSeconds())
                .isEqualTo(660 + 400.0 / 12, within(1e-6));
        // Log-normal: s² = ln(1 + 0.0173333), exp(ln 200 - s²/2 + 1.2815516·s).
        assertThat(wait.quantileSeconds(0.9)).isEqualTo(234.5631, within(0.05));
        assertThat(wait.probabilityWithin(Duration.ofSeconds(200))).isEqualTo(0.5261, within(0.001));
    }

    @Example
    void quantileRefusesWhatIsNoProbability() {
        WaitingTime wait = estimate(10, LengthStats.guess(1, 100, 1), steady(100), 0.1, ConformalBands.EMPTY);
        for (double p : new double[] {0, 1, -0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> wait.quantileSeconds(p)).hasMessageContaining("(0, 1)");
            assertThatThrownBy(() -> ConformalBands.EMPTY.factor(p, 10)).hasMessageContaining("(0, 1)");
        }
        assertThat(estimate(10, LengthStats.guess(1, 100, 1), steady(100), Double.NaN, ConformalBands.EMPTY)
                        .standardDeviationSeconds())
                .isFinite();
    }

    private static WaitingTime plain(double position, LengthStats lengths, ServiceRate rate) {
        return estimate(position, lengths, rate, 0.1, ConformalBands.EMPTY);
    }

    private static WaitingTime estimate(
            double position, LengthStats lengths, ServiceRate rate, double iterationSeconds, ConformalBands bands) {
        return WaitingTimeEstimator.estimate(position, lengths, rate, iterationSeconds, bands);
    }

    private static ServiceRate steady(double tokensPerSecond) {
        return ServiceRate.UNKNOWN.observe(tokensPerSecond * 60, 60, true, WaitingArbitraries.START);
    }
}
