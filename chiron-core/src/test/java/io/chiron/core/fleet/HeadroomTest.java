package io.chiron.core.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.math3.distribution.TDistribution;
import org.junit.jupiter.api.Test;

/** The learned factor, against the same sums written as loops over all pairs. */
class HeadroomTest {
    @Property
    void theFactorIsThePredictionLimitOrTheQuantileOfWhatFollowed(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 150) int readings,
            @ForAll @IntRange(min = 1, max = 200) int lead,
            @ForAll @DoubleRange(min = 0, max = 1) double spread) {
        Random random = new Random(seed);
        double[] times = new double[readings];
        double[] references = new double[readings];
        double[] peaks = new double[readings];
        Headroom headroom = Headroom.empty();
        for (int i = 0; i < readings; i++) {
            times[i] = 5 * i;
            references[i] = 1 + random.nextDouble();
            peaks[i] = 1.5 * StrictMath.exp(spread * random.nextGaussian());
            headroom = headroom.plus(times[i], references[i], peaks[i]);
        }
        double[] logs = new double[readings];
        int count = 0;
        for (int i = 0; i < readings && times[i] + lead <= times[readings - 1]; i++) {
            double largest = 0;
            for (int j = i + 1; j < readings && times[j] <= times[i] + lead; j++) {
                largest = Math.max(largest, peaks[j]);
            }
            if (largest > 0) {
                logs[count++] = StrictMath.log(largest / references[i]);
            }
        }
        double expected = count == 0 ? 1.2 : expected(Arrays.copyOf(logs, count), lead);
        assertThat(headroom.factor(lead)).isCloseTo(expected, within(1e-9 * expected));
    }

    private static double expected(double[] logs, double lead) {
        double span = 5.0 * (logs.length - 1);
        double independent = Math.max(1, span / Math.max(30, lead));
        double mean = Arrays.stream(logs).average().orElseThrow();
        double variance = Arrays.stream(logs)
                .map(log -> (log - mean) * (log - mean))
                .average()
                .orElseThrow();
        // A prior of two readings with a deviation of 0.04.
        double pooled = (2 * 0.04 * 0.04 + independent * variance) / (independent + 2);
        double t = new TDistribution(1 + independent).inverseCumulativeProbability(0.99);
        double predicted = StrictMath.exp(mean + t * Math.sqrt(pooled * (1 + 1 / independent)));
        double[] sorted = logs.clone();
        Arrays.sort(sorted);
        double quantile = StrictMath.exp(sorted[(int) Math.ceil(0.99 * sorted.length) - 1]);
        double most = span < 3 * lead ? 1.2 : 10;
        return Math.max(1.05, Math.min(most, Math.max(predicted, quantile)));
    }

    @Test
    void aReadingOfTheSameTimeIsNoneAndTheOldestOfManyAreForgotten() {
        Headroom headroom = Headroom.empty().plus(10, 1, 2);
        assertThat(headroom.plus(10, 5, 5)).isSameAs(headroom);
        for (int i = 1; i <= 1000; i++) {
            headroom = headroom.plus(10 + i, 1, i < 250 ? 8 : 1);
        }
        assertThat(headroom.readings()).isEqualTo(720);
        assertThat(headroom.factor(30)).as("what leapt is forgotten").isLessThan(1.2);
    }
}
