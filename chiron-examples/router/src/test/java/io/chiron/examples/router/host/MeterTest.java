package io.chiron.examples.router.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.InstanceSample;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MeterTest {
    private static final long MILLI = 1_000_000;

    private final Meter meter = new Meter(
            RouterSettings.tiers(
                    Duration.ofSeconds(2), Duration.ofMillis(50), Duration.ofHours(1), Duration.ofMillis(200)),
            1000,
            0);

    /** The ITL is that of two sequences, so the sample must not tell of one. */
    @Test
    void aSampleIsOverTheTimeInWhichSomethingRan() {
        meter.started(0, 500 * MILLI);
        meter.started(1, 500 * MILLI);
        for (int tier = 0; tier < 2; tier++) {
            meter.token(tier, 5, -1);
            meter.token(tier, 5, 20 * MILLI);
        }
        InstanceSample sample = meter.sample(Instant.EPOCH, 1000 * MILLI);
        assertThat(sample.windowSeconds()).isCloseTo(0.5, within(1e-9));
        assertThat(sample.meanRunning()).isCloseTo(2, within(1e-9));
        assertThat(sample.outputTokens()).isEqualTo(4);
        assertThat(sample.prefillTokens()).isEqualTo(10);
        assertThat(sample.meanItlSeconds()).isCloseTo(0.02, within(1e-9));
        assertThat(sample.kvUsedTokens()).isEqualTo(14);
    }

    @Test
    void whereNothingRanTheSampleIsOfTheWholeTime() {
        meter.sample(Instant.EPOCH, 1000 * MILLI);
        InstanceSample idle = meter.sample(Instant.EPOCH.plusSeconds(2), 3000 * MILLI);
        assertThat(idle.windowSeconds()).isCloseTo(2, within(1e-9));
        assertThat(idle.meanRunning()).isZero();
        assertThat(idle.meanItlSeconds()).isNaN();
    }
}
