package io.chiron.core.local;

import static io.chiron.core.local.Loop.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.InstanceSample;
import io.chiron.api.ReasonCode;
import io.chiron.api.TierUsage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which sample is used, and what is said of one that is not. */
class ReadingTest {
    @Test
    void aSampleIsUsedUntilItIsStaleAndNotFromAFutureBeyondTheSkewOfClocks() {
        InstanceSample sample = sample(10).build();
        assertThat(used(sample, null, START.plusSeconds(45))).isTrue();
        assertThat(used(sample, null, START.minusSeconds(5))).isTrue();
        assertHeld(sample, null, START.plusMillis(45_001), ReasonCode.STALE, "age is 45.001 s");
        assertHeld(sample, null, START.minusMillis(5001), ReasonCode.BAD_SAMPLE, "sample time lies ahead by 5.001 s");
        assertHeld(null, null, START, ReasonCode.BLIND, "there is no sample");
    }

    @Test
    void aSampleIsUsedOnceUnlessTheClockWasSetBack() {
        InstanceSample sample = sample(10).build();
        assertThat(used(sample, START.minusMillis(1), START)).isTrue();
        assertHeld(sample, START, START, ReasonCode.STEADY, "the sample was used before");
        assertHeld(sample, START.plusSeconds(5), START, ReasonCode.STEADY, "the sample was used before");
        assertThat(used(sample, START.plusMillis(5001), START)).isTrue();
    }

    @Test
    void theCurveNeedsWhatWasPrefilled() {
        InstanceSample none = bare(10).meanItlSeconds(0.02).build();
        assertHeld(none, null, START, ReasonCode.BAD_SAMPLE, "prefillTokens is not measured");
        assertThat(reading(none, null, START, false).sample()).isSameAs(none);
        InstanceSample noIterations =
                bare(10).meanItlSeconds(0.02).prefillTokens(16).build();
        assertHeld(noIterations, null, START, ReasonCode.BAD_SAMPLE, "iterations is not measured");
        InstanceSample nothing = bare(10).meanItlSeconds(0.02).prefillTokens(0).build();
        assertThat(used(nothing, null, START)).isTrue();
        assertThat(Reading.prefillPerIteration(nothing)).isZero();
        assertThat(Reading.prefillPerIteration(sample(10).build())).isEqualTo(3);
    }

    @Test
    void anIdleEngineNeedsNothingButItsBatch() {
        InstanceSample idle = bare(0.009).build();
        assertThat(used(idle, null, START)).isTrue();
        assertThat(Reading.active(idle)).isFalse();
        assertThat(Reading.active(bare(0.01).meanItlSeconds(0.02).build())).isTrue();
        assertThat(Reading.active(bare(5).build())).as("no token yet").isFalse();
        assertHeld(bare(Double.NaN).build(), null, START, ReasonCode.BAD_SAMPLE, "meanRunning is not measured");
    }

    @Test
    void whatNoEngineCanHaveMeasuredIsRefusedByName() {
        assertThat(Observation.fault(1e6, 1e8, 3600)).isNull();
        assertThat(Observation.fault(0, 0, 1e-6)).isNull();
        assertThat(Observation.fault(1.1e6, 0, 1)).isEqualTo("meanRunning = 1100000.0; allowed: [0.0, 1000000.0]");
        assertThat(Observation.fault(-1, 0, 1)).startsWith("meanRunning = -1.0");
        assertThat(Observation.fault(1, 1.1e8, 1)).startsWith("prefillTokens/iterations = 1.1E8");
        assertThat(Observation.fault(1, -1, 1)).startsWith("prefillTokens/iterations = -1.0");
        assertThat(Observation.fault(1, 0, 3601)).startsWith("meanItlSeconds = 3601.0");
        assertThat(Observation.fault(1, 0, 9e-7)).startsWith("meanItlSeconds = 9.0E-7");
        assertThat(Observation.fault(1, 0, Double.NaN)).startsWith("meanItlSeconds = NaN");
        InstanceSample impossible =
                Loop.usage(START, List.of(Loop.running("chat", 10)), 3, 5000).build();
        assertThat(reading(impossible, null, START, true).detail()).startsWith("meanItlSeconds = 5000.0");
        assertThat(reading(sample(10).iterations(-1).build(), null, START, true).hold())
                .isEqualTo(ReasonCode.BAD_SAMPLE);
    }

    /** Less than a prompt token in a hundred iterations is none: it would be a variable that hardly varies. */
    @Test
    void allButNoPromptsAreNone() {
        assertThat(new Observation(10, 0.0099, 0.02, START).prompts()).isZero();
        assertThat(new Observation(10, 0.01, 0.02, START).prompts()).isEqualTo(0.01);
    }

    private static InstanceSample.Builder sample(double running) {
        return Loop.usage(START, List.of(Loop.running("chat", running)), 3, 0.02);
    }

    /** Only the batch is measured. */
    private static InstanceSample.Builder bare(double running) {
        return InstanceSample.builder(START, 1).tiers(List.of(new TierUsage("chat", 1, running, Double.NaN)));
    }

    private static boolean used(InstanceSample sample, @Nullable Instant before, Instant now) {
        return reading(sample, before, now, true).sample() == sample;
    }

    private static void assertHeld(
            @Nullable InstanceSample sample, @Nullable Instant before, Instant now, ReasonCode code, String detail) {
        Reading reading = reading(sample, before, now, true);
        assertThat(reading.sample()).isNull();
        assertThat(reading.hold()).isEqualTo(code);
        assertThat(reading.detail()).isEqualTo(detail);
    }

    private static Reading reading(
            @Nullable InstanceSample sample, @Nullable Instant before, Instant now, boolean curve) {
        return Reading.of(Loop.instance(Loop.ID).withSample(sample), before, now, LocalConfig.DEFAULTS, curve);
    }
}
