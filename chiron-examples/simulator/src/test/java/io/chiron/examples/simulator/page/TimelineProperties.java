package io.chiron.examples.simulator.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class TimelineProperties {

    /** Whatever the length of a run: nothing is lost, and the axis is at least half full once it was full. */
    @Property(tries = 200)
    void countsAddUpAtAnyLength(@ForAll @IntRange(min = 1, max = 50_000) int seconds) {
        Timeline timeline = new Timeline(1);
        Timeline.Counts counts = timeline.new Counts();
        for (int t = 0; t < seconds; t++) {
            counts.add(t, 1);
        }
        assertThat(Arrays.stream(counts.sums()).sum()).isEqualTo(seconds);
        assertThat(timeline.used()).isBetween(Math.min(seconds, Timeline.POINTS / 2), Timeline.POINTS);
        assertThat(timeline.used() * timeline.intervalSeconds()).isGreaterThanOrEqualTo(seconds);
        // Every interval but the last is full, and so has the rate that was.
        assertThat(Arrays.stream(counts.rates()).limit(timeline.used() - 1)).allMatch(rate -> rate == 1);
    }

    @Property(tries = 200)
    void aLevelStaysBetweenItsLeastAndItsMost(
            @ForAll @Size(min = 1, max = 50) List<@DoubleRange(min = -1e6, max = 1e6) Double> values,
            @ForAll @DoubleRange(min = 0.1, max = 1000) double stepSeconds) {
        Timeline timeline = new Timeline(1);
        Timeline.Level level = timeline.new Level();
        for (int i = 0; i < values.size(); i++) {
            level.set(i * stepSeconds, values.get(i));
        }
        double least = values.stream().mapToDouble(each -> each).min().orElseThrow();
        double most = values.stream().mapToDouble(each -> each).max().orElseThrow();
        assertThat(told(level.least()).min().orElseThrow()).isEqualTo(least);
        assertThat(told(level.most()).max().orElseThrow()).isEqualTo(most);
        for (int i = 0; i < timeline.used(); i++) {
            double mean = level.means()[i];
            if (!Double.isNaN(mean)) {
                assertThat(mean).isBetween(level.least()[i] - 1e-6, level.most()[i] + 1e-6);
            }
        }
    }

    private static DoubleStream told(double[] values) {
        return Arrays.stream(values).filter(each -> !Double.isNaN(each));
    }

    /** Two intervals that become one give the quantiles of all their values. */
    @Property(tries = 200)
    void quantilesSurviveHalving(
            @ForAll @Size(min = 1, max = 200) List<@DoubleRange(min = 0.01, max = 5000) Double> values,
            @ForAll @DoubleRange(min = 0.01, max = 1) double p) {
        Timeline timeline = new Timeline(1);
        Timeline.Spread spread = timeline.new Spread();
        for (int i = 0; i < values.size(); i++) {
            spread.add(i % Timeline.POINTS, values.get(i));
        }
        // One step beyond 512 times the axis: everything but this value is in the first interval or the second.
        spread.add(Timeline.POINTS * 600.0, 1);
        double[] sorted = values.stream().mapToDouble(each -> each).sorted().toArray();
        double exact = sorted[(int) Math.ceil(p * sorted.length) - 1];
        assertThat(spread.quantiles(p)[0]).isCloseTo(exact, within(0.031 * exact));
    }

    @Test
    void whatWasNotToldIsNotANumber() {
        Timeline timeline = new Timeline(1);
        Timeline.Level level = timeline.new Level();
        Timeline.Spread spread = timeline.new Spread();
        level.set(0, Double.NaN);
        level.set(3, 7);
        assertThat(level.means()).containsExactly(Double.NaN, Double.NaN, Double.NaN, 7);
        assertThat(level.most()).containsExactly(Double.NaN, Double.NaN, Double.NaN, 7);
        assertThat(spread.quantiles(0.5)).containsOnly(Double.NaN).hasSize(4);
    }
}
