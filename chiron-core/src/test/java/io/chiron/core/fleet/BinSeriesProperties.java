package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.ArrivalBins;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Readings overlap, come twice, late or never: each bin of arrivals counts once. */
class BinSeriesProperties {
    private static final int WIDTH_MILLIS = 250;

    @Property
    void everyBinCountsOnceUnderOverlapRereadingAndOldReadings(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 200) int seconds) {
        Random random = new Random(seed);
        double[] truth = arrivals(random, 4 * seconds);
        BinSeries series = BinSeries.empty(WIDTH_MILLIS, 4 * seconds);
        BinSeries before = series;
        // One reading a second of the last minute, some of them twice, some older than the last.
        for (int second = 1; second <= seconds; second++) {
            before = series;
            series = series.plus(reading(truth, Math.max(0, 4 * second - 240), 4 * second), START.plusSeconds(second));
            if (random.nextInt(3) == 0) {
                series = series.plus(
                        reading(truth, Math.max(0, 4 * second - 240), 4 * second), START.plusSeconds(second));
                assertThat(series.plus(
                                reading(truth, 0, 4 * second - 2),
                                START.plusSeconds(second).minusMillis(500)))
                        .isSameAs(series);
            }
        }
        assertThat(series.size()).isEqualTo(4 * seconds).isGreaterThan(before.size());
        for (int i = 0; i < truth.length; i++) {
            assertThat(series.requests(i)).isEqualTo(truth[i]);
            assertThat(series.promptTokens(i)).isEqualTo(10 * truth[i]);
        }
    }

    /** Coarse bins hold the sums of the fine ones. */
    @Property
    void sumsDoNotDependOnTheGrid(@ForAll long seed, @ForAll @IntRange(min = 2, max = 100) int seconds) {
        double[] truth = arrivals(new Random(seed), 4 * seconds);
        BinSeries coarse = BinSeries.empty(1000, 1000);
        double sum = 0;
        for (int second = 1; second <= seconds; second++) {
            coarse = coarse.plus(reading(truth, Math.max(0, 4 * second - 240), 4 * second), START.plusSeconds(second));
        }
        for (int i = 0; i < coarse.size(); i++) {
            assertThat(coarse.requests(i))
                    .isEqualTo(truth[4 * i] + truth[4 * i + 1] + truth[4 * i + 2] + truth[4 * i + 3], within(1e-9));
            sum += coarse.requests(i);
        }
        assertThat(coarse.size()).isEqualTo(seconds);
        assertThat(sum).isGreaterThanOrEqualTo(0);
    }

    @Property
    void afterAGapOrAFarTimeOnlyTheReadingCounts(
            @ForAll long seed, @ForAll @IntRange(min = -1_000_000, max = 1_000_000) int jump) {
        double[] truth = arrivals(new Random(seed), 240);
        BinSeries series = BinSeries.empty(WIDTH_MILLIS, 2400).plus(reading(truth, 0, 240), START.plusSeconds(60));
        Instant then = START.plusSeconds(60L + jump);
        ArrivalBins bins = at(truth, 0, 240, then.minusSeconds(60));
        BinSeries next = series.plus(bins, then);
        double sum = 0;
        for (int i = 0; i < next.size(); i++) {
            sum += next.requests(i);
        }
        double once = java.util.Arrays.stream(truth).sum();
        assertThat(next.size()).isLessThanOrEqualTo(2400);
        assertThat(sum).isLessThanOrEqualTo(2 * once + 1e-9);
        if (jump > 120) {
            assertThat(sum).isEqualTo(once, within(1e-9));
        }
        BinSeries.empty(WIDTH_MILLIS, 2400)
                .plus(ArrivalBins.none(Instant.MIN), then)
                .plus(bins, then);
        series.plus(ArrivalBins.none(Instant.MAX), Instant.MAX).plus(bins, then).plus(bins, Instant.MIN);
    }

    private static double[] arrivals(Random random, int bins) {
        double[] truth = new double[bins];
        for (int i = 0; i < bins; i++) {
            truth[i] = random.nextInt(5);
        }
        return truth;
    }

    private static ArrivalBins reading(double[] truth, int from, int to) {
        return at(truth, from, to, START.plusMillis(250L * from));
    }

    private static ArrivalBins at(double[] truth, int from, int to, Instant start) {
        int length = Math.max(0, to - from);
        double[] requests = new double[length];
        double[] tokens = new double[length];
        for (int i = 0; i < length; i++) {
            requests[i] = truth[from + i];
            tokens[i] = 10 * truth[from + i];
        }
        return ArrivalBins.of(start, Duration.ofMillis(WIDTH_MILLIS), requests, tokens);
    }
}
