package io.chiron.core.waiting;

import static io.chiron.core.waiting.WaitingArbitraries.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The formulas of the rate, with numbers. */
class ServiceRateTest {
    @ParameterizedTest
    @ValueSource(ints = {60, 90})
    void theSpreadIsThatOfTheFadedBlocksWithAPrior(int seconds) {
        double[] rates = {100, 50, 80, 120, 100, 90};
        ServiceRate rate = ServiceRate.UNKNOWN;
        for (int i = 0; i < rates.length; i++) {
            rate = rate.observe(rates[i] * seconds, seconds, true, at(seconds * (i + 1)));
        }
        double weight = 0;
        double mean = 0;
        double square = 0;
        double weightSquared = 0;
        for (int i = 2; i < rates.length; i++) {
            double faded = StrictMath.pow(2, -(rates.length - 1 - i) * seconds / 300.0);
            weight += faded;
            weightSquared += faded * faded;
            mean += faded * rates[i];
            square += faded * rates[i] * rates[i];
        }
        mean /= weight;
        double effective = weight * weight / weightSquared;
        double measured = (square / weight / (mean * mean) - 1) * effective / (effective - 1);
        assertThat(rate.outputTokensPerSecond()).isEqualTo(mean, within(1e-9));
        double expected = (0.02 * 0.02 + 3 * measured) / 4;
        assertThat(rate.squaredVariation()).isEqualTo(expected, within(1e-12));
        assertThat(rate.scaled(3).outputTokensPerSecond()).isEqualTo(3 * mean, within(1e-9));
        assertThat(rate.scaled(3).squaredVariation()).isEqualTo(expected, within(1e-12));
    }

    @Test
    void theOpenBlockCountsByItsLength() {
        ServiceRate rate = ServiceRate.UNKNOWN.observe(6000, 60, true, at(60)).observe(6000, 30, true, at(90));
        assertThat(rate.outputTokensPerSecond()).isEqualTo(12_000 / 90.0, within(1e-9));
    }

    @Test
    void aPauseOfMoreThanABlockEndsTheOpenOne() {
        ServiceRate half = ServiceRate.UNKNOWN.observe(3000, 30, true, at(30));
        // Sixty seconds between the windows: one block. A second more: the half block is one of its own.
        ServiceRate joined = half.observe(6000, 30, true, at(120));
        ServiceRate apart = half.observe(6000, 30, true, at(121));
        assertThat(joined.toString()).contains("blocks=1");
        assertThat(apart.toString()).contains("blocks=1");
        assertThat(joined.observe(0, 59, true, at(180)).toString()).contains("blocks=1");
        assertThat(apart.observe(0, 30, true, at(180)).toString()).contains("blocks=2");
        assertThat(ServiceRate.UNKNOWN
                        .observe(6000, 60, true, at(60))
                        .observe(1, 1, true, at(500))
                        .toString())
                .as("nothing was open")
                .contains("blocks=1");
    }

    @Test
    void windowsOfNoLengthOrBeyondAllMeasureAreLeftOut() {
        ServiceRate rate = ServiceRate.UNKNOWN.observe(6000, 60, true, at(60));
        assertThat(rate.observe(1, 1e-7, true, at(70))).isSameAs(rate);
        assertThat(rate.observe(1, 1e-6, true, at(70))).isNotSameAs(rate);
        assertThat(rate.observe(1, 1.1e9, true, at(70))).isSameAs(rate);
        assertThat(rate.observe(1, 1e9, true, at(70))).isNotSameAs(rate);
        assertThat(rate.observe(1.1e15, 1, true, at(70))).isSameAs(rate);
        assertThat(rate.observe(1e15, 1, true, at(70))).isNotSameAs(rate);
        assertThat(rate.observe(0, 1, true, at(70))).isNotSameAs(rate);
    }
}
