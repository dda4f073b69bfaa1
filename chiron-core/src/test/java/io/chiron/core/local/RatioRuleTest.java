package io.chiron.core.local;

import static io.chiron.core.local.Loop.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.InstanceSample;
import io.chiron.api.ReasonCode;
import io.chiron.core.local.LocalDecision.Bound;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The ratio rule with numbers: a start batch of 64, and an SLO of 0.1 s. */
class RatioRuleTest {
    private static final List<TierProfile> TIERS =
            List.of(Loop.tier("chat", 0.1, 100, 100), Loop.tier("batch", 2, 100, 100));

    @Test
    void aFilledBatchGrowsHalfOfTheWayToWhatTheRatioAllows() {
        assertThat(limitAfter(64, 0.08)).isEqualTo(72); // (64 + 64·1.25) / 2
        assertThat(limitAfter(64, 0.01)).as("at most to twice as much").isEqualTo(96);
        assertThat(limitAfter(58, 0.05)).as("nine tenths are filled").isEqualTo(96);
        assertThat(limitAfter(57, 0.05)).isEqualTo(64);
        assertThat(limitAfter(64, 0.1)).isEqualTo(64);
    }

    @Test
    void beyondTheSloItShrinksAtOnceByHalfAtMost() {
        assertThat(limitAfter(64, 0.125)).isEqualTo(51);
        assertThat(limitAfter(10, 0.125)).as("filled or not").isEqualTo(51);
        assertThat(limitAfter(64, 0.4)).isEqualTo(32);
    }

    @Test
    void theWorseTermRulesAndIsNamed() {
        LocalDecision itl = after(chats(64, 0.125).kv(45, 100), LocalConfig.DEFAULTS);
        assertThat(itl.bound()).isEqualTo(Bound.ITL);
        assertThat(itl.backpressure()).isEqualTo(new Backpressure(1.25, 0.5));
        LocalDecision memory = after(chats(64, 0.05).kv(99, 100), LocalConfig.DEFAULTS);
        assertThat(memory.bound()).isEqualTo(Bound.MEMORY);
        assertThat(memory.softLimit()).isEqualTo(58); // 64 / 1.1
        assertThat(memory.reason().code()).isEqualTo(ReasonCode.LOCAL_BACKPRESSURE);
        Map<String, Double> numbers = memory.reason().numbers();
        assertThat(numbers.keySet())
                .containsExactly(
                        "sloSeconds", "itlSeconds", "kvUse", "runningSequences", "backpressure", "limitSequences");
        assertThat(numbers).containsEntry("sloSeconds", 0.1).containsEntry("itlSeconds", 0.05);
        assertThat(numbers).containsEntry("kvUse", 0.99).containsEntry("runningSequences", 64.0);
        assertThat(numbers.get("backpressure")).isCloseTo(1.1, within(1e-9));
        assertThat(numbers.get("limitSequences")).isCloseTo(64 / 1.1, within(1e-9));
        LocalDecision unmeasured = after(chats(64, 0.05), LocalConfig.DEFAULTS);
        assertThat(unmeasured.backpressure().memory()).isNaN();
        assertThat(unmeasured.reason().numbers()).doesNotContainKey("kvUse");
    }

    @Test
    void theConfiguredEndsAreNamed() {
        LocalConfig narrow = LocalConfig.builder().minBatch(60).maxBatch(70).build();
        LocalDecision most = after(chats(64, 0.05), narrow);
        assertThat(most.softLimit()).isEqualTo(70);
        assertThat(most.bound()).isEqualTo(Bound.MAXIMUM);
        LocalDecision least = after(chats(64, 0.2), narrow);
        assertThat(least.softLimit()).isEqualTo(60);
        assertThat(least.bound()).isEqualTo(Bound.MINIMUM);
        LocalDecision idle = after(Loop.usage(START.plusSeconds(1), List.of(), 0, Double.NaN), narrow);
        assertThat(idle.softLimit()).isEqualTo(64);
        assertThat(idle.bound()).isEqualTo(Bound.TRUST_REGION);
        assertThat(idle.bindingTier()).as("the loosest").isEqualTo(1);
    }

    @Test
    void aDecisionSaysWhetherItChangedAnything() {
        RatioRule rule = new RatioRule(LocalConfig.DEFAULTS);
        LocalStep first = step(rule, LocalState.initial(), chats(64, 0.08).build(), 1);
        assertThat(first.decisions().get(Loop.ID).changed()).isTrue();
        InstanceSample same = Loop.usage(START.plusSeconds(2), List.of(Loop.running("chat", 10)), 1, 0.05)
                .build();
        LocalStep second = step(rule, first.state(), same, 2);
        assertThat(second.decisions().get(Loop.ID).changed()).isFalse();
        InstanceSample other = Loop.usage(START.plusSeconds(3), List.of(Loop.running("batch", 10)), 1, 0.05)
                .build();
        LocalStep third = step(rule, second.state(), other, 3);
        assertThat(third.decisions().get(Loop.ID).changed())
                .as("another tier binds")
                .isTrue();
        assertThat(third.decisions().get(Loop.ID).limits())
                .isEqualTo(second.decisions().get(Loop.ID).limits());
        InstanceSample slow = Loop.usage(START.plusSeconds(4), List.of(Loop.running("batch", 10)), 1, 3)
                .build();
        assertThat(step(rule, third.state(), slow, 4).decisions().get(Loop.ID).changed())
                .as("a limit fell")
                .isTrue();
    }

    @Test
    void anInstanceNeverMeasuredHasTheStartBatchAndSaysWhy() {
        LocalStep step = new RatioRule(LocalConfig.DEFAULTS)
                .step(LocalState.initial(), new LocalInput(List.of(Loop.instance(Loop.ID)), TIERS, START));
        LocalDecision decision = step.decisions().get(Loop.ID);
        assertThat(decision.limits()).isEqualTo(BatchLimits.fixed(2, 64));
        assertThat(decision.held()).isTrue();
        assertThat(decision.changed()).isTrue();
        assertThat(decision.bindingTier()).isEqualTo(1);
        assertThat(decision.bound()).isEqualTo(Bound.TRUST_REGION);
        assertThat(decision.backpressure().worst()).isNaN();
        assertThat(decision.reason().code()).isEqualTo(ReasonCode.BLIND);
        assertThat(step.state().limits("default")).isEqualTo(BatchLimits.fixed(2, 64));
        assertThat(step.state().reachable("default")).isNull();
        assertThat(step.state().limits("other")).isNull();
    }

    private static int limitAfter(double running, double itlSeconds) {
        return after(chats(running, itlSeconds), LocalConfig.DEFAULTS).softLimit();
    }

    private static LocalDecision after(InstanceSample.Builder sample, LocalConfig config) {
        return step(new RatioRule(config), LocalState.initial(), sample.build(), 1)
                .decisions()
                .get(Loop.ID);
    }

    private static LocalStep step(RatioRule rule, LocalState state, InstanceSample sample, int second) {
        Instant now = START.plusSeconds(second);
        return rule.step(state, new LocalInput(List.of(Loop.instance(Loop.ID).withSample(sample)), TIERS, now));
    }

    private static InstanceSample.Builder chats(double running, double itlSeconds) {
        return Loop.usage(START.plusSeconds(1), List.of(Loop.running("chat", running)), 1, itlSeconds);
    }
}
