package io.chiron.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.ReasonCode;
import io.chiron.core.local.LocalDecision.Bound;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CurveRuleTest {
    /** 10 ms + 0.1 ms per sequence + 0.05 ms per prompt token, 1 prompt token per output token, SLO 100 ms. */
    private static final Plants.Linear PLANT = new Plants.Linear(0.01, 1e-4, 5e-5, 1, 0.1);

    private static final CurveRule RULE = new CurveRule(LocalConfig.DEFAULTS);
    private static final List<TierProfile> TIERS = PLANT.tiers();
    /** Of a sequence with prompt and output of 300 tokens, CV 1. */
    private static final double RESIDENT_TOKENS = 600;

    @Test
    void startsWithTheConfiguredBatch() {
        LocalStep step = RULE.step(LocalState.initial(), input(Loop.START, Loop.instance("a")));
        LocalDecision decision = step.decisions().get("a");
        assertThat(decision.limits()).isEqualTo(BatchLimits.fixed(1, 64));
        assertThat(decision.bound()).isEqualTo(Bound.TRUST_REGION);
        assertThat(decision.reason().code()).isEqualTo(ReasonCode.BLIND);
        assertThat(step.state().curve("default").known()).isFalse();
    }

    @Test
    void settlesWhereTheFormulaSays() {
        LocalDecision decision = settled(20).decision();
        assertThat(decision.softLimit()).isBetween(498, 501); // (0.085 - 0.01) / 0.00015
        assertThat(decision.hardLimit()).isBetween(598, 601);
        assertThat(decision.bound()).isEqualTo(Bound.ITL);
        assertThat(decision.backpressure().worst()).isBetween(0.9, 1.2);
        assertThat(decision.reason().code()).isEqualTo(ReasonCode.LOCAL_BACKPRESSURE);
    }

    @Test
    void memoryBoundsSoftAtKvHighAndHardAtHalfOfTheRest() {
        LocalDecision decision = idle(settled(20), usage(20, 0).kv(0, 100 * RESIDENT_TOKENS));
        assertThat(decision.softLimit()).isEqualTo(90);
        assertThat(decision.hardLimit()).isEqualTo(95);
        assertThat(decision.bound()).isEqualTo(Bound.MEMORY);
    }

    @Test
    void theTokenBudgetOfAnIterationBoundsBoth() {
        LocalDecision decision = idle(settled(20), usage(20, 0).iterationBudgetTokens(512));
        assertThat(decision.softLimit()).isEqualTo(243); // 0.95 * 512 / 2
        assertThat(decision.hardLimit()).isEqualTo(243);
        assertThat(decision.bound()).isEqualTo(Bound.TOKEN_BUDGET);
    }

    @Test
    void anUnattainableSloIsSaidAndLeavesTheMinimum() {
        Plants.Linear slow = new Plants.Linear(0.11, 1e-4, 5e-5, 1, 0.1);
        Loop loop = slow.loop(LocalConfig.DEFAULTS, 0.5, 1);
        for (int i = 0; i < 5; i++) {
            loop.saturated();
        }
        assertThat(loop.decision().limits()).isEqualTo(BatchLimits.fixed(1, 1));
        assertThat(loop.decision().bound()).isEqualTo(Bound.MINIMUM);
        assertThat(loop.decision().reason().code()).isEqualTo(ReasonCode.ITL_UNATTAINABLE);
    }

    /** Preemptions at 400 of 500 sequences that memory allows: cap at nine tenths of that, which fades in minutes. */
    @Test
    void preemptionsTeachACapThatFades() {
        Loop loop = settled(20);
        double kvTokens = 500 / 0.9 * RESIDENT_TOKENS;
        Instant now = loop.now().plusSeconds(1);
        InstanceSample preempted = Loop.usage(now, List.of(Loop.running("chat", 400)), 400, PLANT.itlSeconds(400, 400))
                .kv(kvTokens, kvTokens)
                .preemptions(3)
                .build();
        LocalStep step =
                RULE.step(loop.state(), input(now, Loop.instance(Loop.ID).withSample(preempted)));
        assertThat(step.decisions().get(Loop.ID).softLimit()).isBetween(350, 360);
        assertThat(step.decisions().get(Loop.ID).bound()).isEqualTo(Bound.MEMORY);

        int last = 0;
        for (int minute = 1; minute <= 30; minute++) {
            Instant later = now.plusSeconds(60L * minute);
            InstanceSample idle =
                    Loop.usage(later, List.of(), 0, Double.NaN).kv(0, kvTokens).build();
            step = RULE.step(step.state(), input(later, Loop.instance(Loop.ID).withSample(idle)));
            assertThat(step.decisions().get(Loop.ID).softLimit()).isGreaterThanOrEqualTo(last);
            last = step.decisions().get(Loop.ID).softLimit();
            if (minute == 5) {
                assertThat(last).isBetween(415, 430); // half of the way to 500
            }
        }
        assertThat(last).isGreaterThanOrEqualTo(498);
    }

    @Test
    void theTightestRunningTierBindsAndTheLoosestWhenIdle() {
        List<TierProfile> tiers = List.of(
                Loop.tier("chat", 0.1, 100, 100), Loop.tier("batch", 2, 100, 100), Loop.tier("agent", 0.3, 100, 100));
        assertThat(binding(tiers, "agent", "batch")).isEqualTo(2);
        assertThat(binding(tiers, "batch", "chat", "agent")).isEqualTo(0);
        assertThat(binding(tiers, "stranger", "batch")).isEqualTo(1);
        assertThat(binding(tiers)).isEqualTo(1);
    }

    private static int binding(List<TierProfile> tiers, String... running) {
        InstanceSample sample = Loop.usage(
                        Loop.START,
                        Arrays.stream(running)
                                .map(tier -> Loop.running(tier, 1))
                                .toList(),
                        1,
                        0.01)
                .build();
        return RULE.step(
                        LocalState.initial(),
                        new LocalInput(List.of(Loop.instance("a").withSample(sample)), tiers, Loop.START))
                .decisions()
                .get("a")
                .bindingTier();
    }

    @Test
    void acceleratorKindsLearnApart() {
        Loop loop = settled(20);
        InstanceSnapshot other = Loop.instance("b").withAccelerator("other");
        LocalStep step = RULE.step(loop.state(), input(loop.now(), Loop.instance(Loop.ID), other));
        assertThat(step.decisions().get("b").softLimit()).isEqualTo(64);
        assertThat(step.state().curve("other").known()).isFalse();
        assertThat(step.state().curve("default")).isEqualTo(loop.state().curve("default"));
    }

    @Test
    void oneDecisionPerIdInTheOrderOfTheInstancesAndOnlyForWhatIsListed() {
        Loop loop = settled(2);
        InstanceSnapshot twin = Loop.instance("z").withSample(usage(2, 3).build());
        LocalStep step = RULE.step(
                loop.state(), input(loop.now(), Loop.instance("z"), Loop.instance("b"), twin, Loop.instance("a")));
        assertThat(step.decisions().keySet()).containsExactly("z", "b", "a");
        assertThat(step.decisions().get("z").held()).isTrue();
        assertThat(step.state().decision(Loop.ID)).isNull();
        assertThat(step.state().decision("a")).isEqualTo(step.decisions().get("a"));
    }

    /** After the clock was set back the samples of the new time are used, though they are older than the last one. */
    @Test
    void samplesAreUsedAgainAfterTheClockWasSetBack() {
        Loop loop = settled(20);
        Instant back = loop.now().minusSeconds(3600);
        InstanceSample sample =
                Loop.usage(back, List.of(Loop.running("chat", 10)), 10, 0.02).build();
        LocalStep step =
                RULE.step(loop.state(), input(back, Loop.instance(Loop.ID).withSample(sample)));
        assertThat(step.decisions().get(Loop.ID).held()).isFalse();
        assertThat(step.state().curve("default").samples()).isGreaterThan(20);
    }

    @Test
    void aChangedListOfTiersStartsAnew() {
        Loop loop = settled(20);
        List<TierProfile> more = List.of(TIERS.get(0), Loop.tier("batch", 2, 300, 300));
        LocalDecision decision = RULE.step(
                        loop.state(), new LocalInput(List.of(Loop.instance(Loop.ID)), more, loop.now()))
                .decisions()
                .get(Loop.ID);
        assertThat(decision.limits().tiers()).isEqualTo(2);
        assertThat(decision.limits().soft(0, 0)).isEqualTo(loop.decision().softLimit());
    }

    /** Chiron was restarted beside a loaded engine: the batch that runs is trusted, not cut to the start batch. */
    @Test
    void whatRunsAtFirstSightCountsAsSeen() {
        InstanceSample loaded = Loop.usage(
                        Loop.START, List.of(Loop.running("chat", 450)), 450, PLANT.itlSeconds(450, 450))
                .build();
        LocalStep step = RULE.step(
                LocalState.initial(), input(Loop.START, Loop.instance("a").withSample(loaded)));
        assertThat(step.decisions().get("a").hardLimit()).isGreaterThan(450);
    }

    @Test
    void configurationIsChecked() {
        assertThatThrownBy(() -> LocalConfig.builder().margin(Double.NaN).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("local.margin = NaN is not allowed; allowed: [0, 0.9]");
        assertThatThrownBy(() -> LocalConfig.builder().minBatch(100).build())
                .hasMessage("local.startBatch = 64 is not allowed; allowed: [100, 4096]");
        assertThat(LocalConfig.builder().build()).isEqualTo(LocalConfig.DEFAULTS);
    }

    private static Loop settled(int seconds) {
        Loop loop = PLANT.loop(LocalConfig.DEFAULTS, 0.5, 3);
        for (int i = 0; i < seconds; i++) {
            loop.saturated();
        }
        return loop;
    }

    /** A sample after {@code second} with {@code running} sequences. */
    private static InstanceSample.Builder usage(int second, double running) {
        return Loop.usage(
                Loop.START.plusSeconds(second),
                List.of(Loop.running("chat", running)),
                0,
                running > 0 ? 0.02 : Double.NaN);
    }

    /** The decision for a new instance with this sample. */
    private static LocalDecision idle(Loop loop, InstanceSample.Builder sample) {
        return RULE.step(loop.state(), input(loop.now(), Loop.instance("new").withSample(sample.build())))
                .decisions()
                .get("new");
    }

    private static LocalInput input(Instant now, InstanceSnapshot... instances) {
        return new LocalInput(List.of(instances), TIERS, now);
    }
}
