package io.chiron.core.local;

import static io.chiron.core.local.Loop.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.InstanceSample;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.TierUsage;
import io.chiron.core.local.LocalDecision.Bound;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a sample says of its instance, and what a kind of instances is trusted with after it, with numbers. */
class UsageTest {
    private static final List<TierProfile> TIERS =
            List.of(Loop.tier("chat", 0.1, 100, 100), Loop.tier("batch", 2, 300, 300));

    private static final InstanceSample MIXED = InstanceSample.builder(START, 1)
            .tiers(List.of(Loop.running("chat", 2), Loop.running("batch", 3), Loop.running("stranger", 4)))
            .kv(50, 100)
            .build();

    @Test
    void aTierThatTheFleetDoesNotHaveCountsAsTheBindingOne() {
        double chat = TIERS.get(0).lengths().residentTokens();
        double batch = TIERS.get(1).lengths().residentTokens();
        assertThat(Usage.residentTokens(MIXED, TIERS, 0)).isEqualTo(6 * chat + 3 * batch, within(1e-9));
        assertThat(Usage.residentTokens(MIXED, TIERS, 1)).isEqualTo(2 * chat + 7 * batch, within(1e-9));
        BatchLimits limits = BatchLimits.of(new int[][] {{10, 20}, {40, 50}}, new int[][] {{10, 20}, {40, 50}});
        assertThat(Usage.occupancy(MIXED, TIERS, decision(limits, 0))).isEqualTo(0.2 + 0.15 + 0.4, within(1e-12));
        assertThat(Usage.occupancy(MIXED, TIERS, decision(limits, 1))).isEqualTo(0.05 + 0.06 + 0.08, within(1e-12));
        assertThat(Usage.slot(decision(limits, 1))).isEqualTo(0.02);
    }

    @Test
    void onlyWhatRunsNowBinds() {
        InstanceSample past = InstanceSample.builder(START, 1)
                .tiers(List.of(new TierUsage("chat", 0, 5, 0), new TierUsage("batch", 1, 5, 0)))
                .build();
        assertThat(Usage.bindingTier(past, TIERS)).isEqualTo(1);
        assertThat(Usage.bindingTier(MIXED, TIERS)).isEqualTo(0);
        assertThat(Usage.loosestTier(TIERS)).isEqualTo(1);
        assertThat(Usage.memoryPressure(MIXED, 0.8)).isEqualTo(0.625);
        assertThat(Usage.memoryPressure(past, 0.8)).isNaN();
    }

    @Test
    void theWorseOfWhatIsMeasuredIsTheBackpressure() {
        assertThat(new Backpressure(0.5, 0.6).worst()).isEqualTo(0.6);
        assertThat(new Backpressure(0.7, 0.6).worst()).isEqualTo(0.7);
        assertThat(new Backpressure(Double.NaN, 0.6).worst()).isEqualTo(0.6);
        assertThat(new Backpressure(0.7, Double.NaN).worst()).isEqualTo(0.7);
    }

    /** Of four slots 3.7 are nine tenths, with 3.1 the last was taken for a moment, and 3.0 says nothing. */
    @Test
    void aKindIsTrustedWithTwiceWhatFilledIt() {
        assertThat(trustAfter(3.7)).isEqualTo(7);
        assertThat(trustAfter(3.1)).isEqualTo(8);
        assertThat(trustAfter(3.0)).isEqualTo(4);
    }

    /** A curve needs prompts; the ratio rule does not, and leaves its curve alone. */
    @Test
    void theRatioRuleFeedsItsCurveWithWholeSamplesOnly() {
        RatioRule rule = new RatioRule(LocalConfig.DEFAULTS);
        InstanceSample bare = InstanceSample.builder(START, 1)
                .tiers(List.of(Loop.running("chat", 10)))
                .meanItlSeconds(0.05)
                .build();
        assertThat(step(rule, LocalState.initial(), bare, START)
                        .state()
                        .curve("default")
                        .known())
                .isFalse();
        InstanceSample whole =
                Loop.usage(START, List.of(Loop.running("chat", 10)), 0, 0.05).build();
        assertThat(step(rule, LocalState.initial(), whole, START)
                        .state()
                        .curve("default")
                        .known())
                .isTrue();
        InstanceSample idle = Loop.usage(START, List.of(), 0, Double.NaN).build();
        assertThat(step(rule, LocalState.initial(), idle, START)
                        .state()
                        .curve("default")
                        .known())
                .isFalse();
    }

    /** Soft limit of four at first, after a second with so many running. */
    private static int trustAfter(double running) {
        CurveRule rule =
                new CurveRule(LocalConfig.builder().minBatch(1).startBatch(4).build());
        LocalStep first = step(rule, LocalState.initial(), null, START);
        Instant now = START.plusSeconds(1);
        InstanceSample sample =
                Loop.usage(now, List.of(Loop.running("chat", running)), 0, 1e-4).build();
        LocalDecision decision =
                step(rule, first.state(), sample, now).decisions().get(Loop.ID);
        assertThat(decision.bound()).isEqualTo(Bound.TRUST_REGION);
        return decision.limits().soft(0, 0);
    }

    private static LocalStep step(BatchSizeRule rule, LocalState state, InstanceSample sample, Instant now) {
        return rule.step(state, new LocalInput(List.of(Loop.instance(Loop.ID).withSample(sample)), TIERS, now));
    }

    private static LocalDecision decision(BatchLimits limits, int binding) {
        return new LocalDecision(
                Loop.ID, limits, binding, false, false, Bound.ITL, Backpressure.UNKNOWN, Reason.of(ReasonCode.STEADY));
    }
}
