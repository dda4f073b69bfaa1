package io.chiron.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Single samples that are wrong. */
class IterationCurveTest {
    /**
     * A sample weighs 1/itl², at most twice the mean, and the first one has no mean. It may be a scrape over a few tokens, or
     * over tokens that came in one burst.
     */
    @ParameterizedTest
    @ValueSource(doubles = {1e-5, 1e-4, 1e-3, 3e-3})
    void aFirstSampleThatIsFarTooLowIsOutvotedWithinTenMinutes(double firstItlSeconds) {
        IterationCurve curve = IterationCurve.empty(900);
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        curve = curve.observe(2, 5, firstItlSeconds, start);
        for (int t = 1; t <= 600; t++) {
            double n = 20 + 40 * ((t * 0.618) % 1);
            double prefill = 20 + 60 * ((t * 0.414) % 1);
            curve = curve.observe(n, prefill, 0.02 + 0.0005 * n + 0.0001 * prefill, start.plusSeconds(t));
        }
        Coefficients learned = curve.coefficients();
        double at50 = learned.aSeconds() + learned.bSecondsPerSequence() * 50 + learned.gSecondsPerToken() * 50;
        assertThat(at50).isCloseTo(0.05, within(0.005));
    }
}
