package io.chiron.core.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.math3.stat.inference.OneWayAnova;
import org.junit.jupiter.api.Test;

/** Steady load and trends against the same formulas over plain lists. */
class SteadyLoadNumbersTest {
    @Property
    void theLongestLevelWindowIsPlannedByItsVariance(
            @ForAll long seed,
            @ForAll @IntRange(min = 180, max = 700) int seconds,
            @ForAll @DoubleRange(min = 0, max = 0.3) double rise,
            @ForAll @DoubleRange(min = 0.5, max = 20) double slack) {
        Random random = new Random(seed);
        double[] work = new double[seconds];
        for (int i = 0; i < seconds; i++) {
            work[i] = (1 + rise * i / seconds) * 2 * random.nextDouble();
        }
        double expected = Double.NaN;
        for (int window : new int[] {600, 420, 300, 180}) {
            if (window <= seconds && Double.isNaN(expected)) {
                expected = expected(Arrays.copyOfRange(work, seconds - window, seconds), slack);
            }
        }
        assertThat(SteadyLoad.capacity(work, slack)).isCloseTo(expected, within(1e-9));
    }

    private static double expected(double[] work, double slack) {
        List<double[]> parts = new ArrayList<>();
        int blocks = work.length / 60;
        double mean = 0;
        double variance = 0;
        double newest = 0;
        for (int part = 0; part < 5; part++) {
            double[] sums = new double[blocks];
            for (int i = 0; i < 12 * blocks; i++) {
                sums[i / 12] += work[part * 12 * blocks + i];
            }
            parts.add(sums);
            double ofPart = Arrays.stream(sums).average().orElseThrow();
            newest = ofPart / 12;
            mean += ofPart / 60;
            variance += Arrays.stream(sums)
                            .map(sum -> (sum - ofPart) * (sum - ofPart))
                            .sum()
                    / (blocks - 1)
                    / 60;
        }
        if (new OneWayAnova().anovaPValue(parts) < 0.05) {
            return Double.NaN;
        }
        double planned =
                Math.max(mean, (mean + newest) / 2) + (work.length < 600 ? 2 : 1) * Math.sqrt(variance / work.length);
        double product = variance * StrictMath.log(1 / 0.003) / (2 * slack);
        double capacity = (planned + Math.sqrt(planned * planned + 4 * product)) / 2;
        return Math.max(capacity, DemandEnvelope.replay(work, 0, work.length, 1, slack));
    }

    @Test
    void lessThanThreeMinutesAreNotSteady() {
        double[] work = new double[179];
        Arrays.fill(work, 1);
        assertThat(SteadyLoad.capacity(work, 5)).isNaN();
        assertThat(SteadyLoad.capacity(Arrays.copyOf(work, 0), 5)).isNaN();
    }

    @Test
    void aLineIsToldFromFifteenBlocksOn() {
        Trend rising = Trend.of(line(30, 10, 0.02), 1, 10, 30);
        assertThat(rising.perSecond()).isEqualTo(0.02, within(1e-9));
        // The rate at the end of the last block; its bins lie half a bin before.
        assertThat(rising.level()).isEqualTo(10 + 0.02 * 299.5, within(1e-9));
        assertThat(rising.falls()).isFalse();
        Trend falling = Trend.of(line(30, 10, -0.02), 1, 10, 30);
        assertThat(falling.falls()).isTrue();
        assertThat(Trend.of(line(15, 10, 0.02), 1, 10, 30).perSecond()).isEqualTo(0.02, within(1e-9));
        Trend few = Trend.of(line(14, 10, 0.02), 1, 10, 30);
        assertThat(few.perSecond()).isZero();
        assertThat(few.level()).isEqualTo(10 + 0.02 * 69.5, within(1e-9));
        assertThat(Trend.of(new double[9], 1, 10, 30)).isEqualTo(new Trend(0, 0));
        double[] past = line(60, 10, 0.02);
        Arrays.fill(past, 0, 300, 1000);
        assertThat(Trend.of(past, 1, 10, 30).perSecond())
                .as("of the last blocks only")
                .isEqualTo(0.02, within(1e-9));
        assertThat(Trend.of(line(30, 5, -0.02), 1, 10, 30).level())
                .as("no less than none")
                .isZero();
    }

    /** A slope of less than three standard errors is noise. */
    @Test
    void aSlopeMustStandOutOfItsNoise() {
        for (double noise : new double[] {2.5, 4}) {
            double[] series = line(30, 100, 0.02);
            for (int i = 0; i < series.length; i++) {
                series[i] += i / 10 % 2 == 0 ? noise : -noise;
            }
            // 0.2 a block, with an error of noise·√(30/28)/√2247.5.
            assertThat(Trend.of(series, 1, 10, 30).perSecond() > 0).isEqualTo(noise < 3);
        }
    }

    @Test
    void aFallingLineDiscountsItsPast() {
        Trend falling = new Trend(30, -0.3);
        assertThat(falling.decline(0)).isEqualTo(1);
        assertThat(falling.decline(100)).isEqualTo(0.5, within(1e-12));
        assertThat(new Trend(30, 0.3).decline(100)).isEqualTo(1);
        assertThat(new Trend(30, 0).decline(100)).isEqualTo(1);
    }

    /** Blocks of ten bins of a second. */
    private static double[] line(int blocks, double start, double perSecond) {
        double[] series = new double[10 * blocks];
        for (int i = 0; i < series.length; i++) {
            series[i] = start + perSecond * i;
        }
        return series;
    }
}
