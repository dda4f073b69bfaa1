package io.chiron.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.core.local.CurveLimits.Caps;
import io.chiron.core.local.LocalDecision.Bound;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What bounds a limit, with numbers: prompts as long as outputs, an SLO of 0.1 s and one of 2 s. */
class CurveLimitsTest {
    private static final List<TierProfile> TIERS =
            List.of(Loop.tier("chat", 0.1, 100, 100), Loop.tier("batch", 2, 100, 100));
    /** A sequence of 100 tokens with CV 1, prompt included. */
    private static final double RESIDENT = TIERS.get(0).lengths().residentTokens();

    private static final IterationCurve UNKNOWN = IterationCurve.empty(720);

    @Test
    void withoutACurveTheOtherBoundsHold() {
        CurveLimits limits = limits(UNKNOWN, new Caps(100 * RESIDENT, 512, 0.5, 100), LocalConfig.DEFAULTS);
        assertThat(limits.limits().soft(0, 0)).isEqualTo(45); // 0.9 of 100, half of it
        assertThat(limits.limits().hard(0, 0)).isEqualTo(47); // 0.95
        assertThat(limits.bound(0)).isEqualTo(Bound.MEMORY);
        Reason reason = limits.reason(0);
        assertThat(reason.code()).isEqualTo(ReasonCode.LOCAL_BACKPRESSURE);
        assertThat(reason.numbers().keySet())
                .containsExactly(
                        "sloSeconds", "promptPerOutput", "memorySequences", "budgetSequences", "trustSequences");
        assertThat(reason.numbers().get("budgetSequences")).isCloseTo(0.95 * 512 / 2, within(1e-9));
        assertThat(reason.numbers().get("trustSequences")).isEqualTo(200);
    }

    @Test
    void theTrustRegionIsTwiceWhatWasFilledAndTheStartAtLeast() {
        Caps none = new Caps(Double.NaN, Double.NaN, 1, 0);
        CurveLimits first = limits(UNKNOWN, none, LocalConfig.DEFAULTS);
        assertThat(first.limits()).isEqualTo(BatchLimits.fixed(2, 64));
        assertThat(first.bound(0)).isEqualTo(Bound.TRUST_REGION);
        assertThat(first.reachable()).as("what it comes to").isEqualTo(BatchLimits.fixed(2, 4096));
        CurveLimits filled = limits(UNKNOWN, new Caps(Double.NaN, Double.NaN, 1, 40), LocalConfig.DEFAULTS);
        assertThat(filled.limits()).isEqualTo(BatchLimits.fixed(2, 80));
        CurveLimits far = limits(UNKNOWN, new Caps(Double.NaN, Double.NaN, 1, 3000), LocalConfig.DEFAULTS);
        assertThat(far.limits()).isEqualTo(BatchLimits.fixed(2, 4096));
        assertThat(far.bound(0)).isEqualTo(Bound.MAXIMUM);
        CurveLimits least = limits(
                UNKNOWN,
                new Caps(10 * RESIDENT, Double.NaN, 1, 0),
                LocalConfig.builder().minBatch(10).build());
        assertThat(least.limits()).isEqualTo(BatchLimits.fixed(2, 10));
        assertThat(least.bound(0)).isEqualTo(Bound.MINIMUM);
    }

    @Test
    void theItlBoundsByTheBindingTier() {
        CurveLimits limits = limits(curve(), new Caps(Double.NaN, Double.NaN, 1, 10_000), LocalConfig.DEFAULTS);
        assertThat(limits.limits().soft(0, 0)).isBetween(499, 500); // (0.085 - 0.01) / 0.00015
        assertThat(limits.limits().hard(0, 0)).isBetween(599, 601);
        assertThat(limits.limits().soft(0, 1))
                .as("lengths alike")
                .isEqualTo(limits.limits().soft(0, 0));
        assertThat(limits.limits().soft(1, 0)).isEqualTo(4096);
        assertThat(limits.bound(0)).isEqualTo(Bound.ITL);
        assertThat(limits.bound(1)).isEqualTo(Bound.MAXIMUM);
        assertThat(limits.reason(0).numbers().keySet())
                .containsExactly(
                        "sloSeconds",
                        "aSeconds",
                        "bSecondsPerSequence",
                        "gSecondsPerToken",
                        "promptPerOutput",
                        "itlSequences",
                        "trustSequences");
        assertThat(limits.reason(0).numbers().get("itlSequences")).isCloseTo(500, within(0.5));
        assertThat(limits.reason(0)).isSameAs(limits.reason(0));
    }

    @Test
    void anSloThatNotOneSequenceKeepsIsSaid() {
        List<TierProfile> tight = List.of(Loop.tier("chat", 0.0101, 100, 100));
        CurveLimits limits =
                new CurveLimits(curve(), new Caps(Double.NaN, Double.NaN, 1, 10), tight, LocalConfig.DEFAULTS);
        assertThat(limits.limits()).isEqualTo(BatchLimits.fixed(1, 1));
        assertThat(limits.reason(0).code()).isEqualTo(ReasonCode.ITL_UNATTAINABLE);
        assertThat(limits.bound(0)).isEqualTo(Bound.MINIMUM);
    }

    private static CurveLimits limits(IterationCurve curve, Caps caps, LocalConfig config) {
        return new CurveLimits(curve, caps, TIERS, config);
    }

    /** Learned of batches up to 500 with prompts that vary: itl = 0.01 + 0.0001·n + 0.00005·P. */
    private static IterationCurve curve() {
        IterationCurve curve = UNKNOWN;
        for (int i = 1; i <= 100; i++) {
            double running = 5 * i;
            double prompts = running * (i % 3);
            curve = curve.observe(running, prompts, 0.01 + 1e-4 * running + 5e-5 * prompts, Loop.START.plusSeconds(i));
        }
        return curve;
    }
}
