package io.chiron.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.InstanceSample;
import io.chiron.api.ReasonCode;
import io.chiron.api.TierUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** The range of its limits is checked together with the curve rule's. */
class RatioRuleProperties {
    private static final TierProfile CHAT = Loop.tier("chat", 0.1, 160, 340);
    private static final TierProfile BATCH = Loop.tier("batch", 2, 1000, 200);
    private static final List<TierProfile> TIERS = List.of(CHAT, BATCH);
    private static final RatioRule RULE = new RatioRule(LocalConfig.DEFAULTS);

    /** ITL of a sample over the SLO, on a filled batch. */
    @Provide
    Arbitrary<List<Double>> ratios() {
        return Plants.logUniform(0.1, 10).list().ofMaxSize(10);
    }

    @Provide
    Arbitrary<Double> ratio() {
        return Plants.logUniform(0.01, 100);
    }

    @Property
    void aSlowerSampleNeverLeavesALargerBatch(
            @ForAll("ratios") List<Double> before,
            @ForAll("ratio") double one,
            @ForAll("ratio") double other,
            @ForAll @DoubleRange(min = 0, max = 1) double fill) {
        LocalStep history = filled(before);
        int limit = history.decisions().get(Loop.ID).limits().soft(0, 0);
        int fast = after(history, fill * limit, Math.min(one, other), 0.1).softLimit();
        int slow = after(history, fill * limit, Math.max(one, other), 0.1).softLimit();
        assertThat(slow).isLessThanOrEqualTo(fast);
    }

    @Property
    void aFullerCacheNeverLeavesALargerBatch(
            @ForAll("ratios") List<Double> before,
            @ForAll("ratio") double ratio,
            @ForAll @DoubleRange(min = 0, max = 1) double use,
            @ForAll @DoubleRange(min = 0, max = 1) double more) {
        LocalStep history = filled(before);
        int limit = history.decisions().get(Loop.ID).limits().soft(0, 0);
        LocalDecision full = after(history, limit, ratio, Math.min(1, use + more));
        LocalDecision empty = after(history, limit, ratio, use);
        assertThat(full.softLimit()).isLessThanOrEqualTo(empty.softLimit());
        assertThat(full.backpressure().worst())
                .isGreaterThanOrEqualTo(empty.backpressure().worst());
    }

    /** One sample takes half at most, adds half at most, and adds only where the batch was filled. */
    @Property
    void oneSampleMovesTheLimitByABoundedFactor(
            @ForAll("ratios") List<Double> before,
            @ForAll("ratio") double ratio,
            @ForAll @DoubleRange(min = 0, max = 1) double fill) {
        LocalStep history = filled(before);
        int limit = history.decisions().get(Loop.ID).limits().soft(0, 0);
        double running = fill * limit;
        int next = after(history, running, ratio, 0.1).softLimit();
        assertThat(next).isBetween((int) Math.floor(limit / 2.0), (int) Math.ceil(1.5 * (limit + 1)));
        if (ratio > 1) {
            assertThat(next).isLessThanOrEqualTo(limit);
        } else {
            assertThat(next).isGreaterThanOrEqualTo(limit);
        }
        if (running < 0.9 * limit) {
            assertThat(next).isLessThanOrEqualTo(limit);
        }
    }

    @Property
    void theSloIsApproached(@ForAll("plants") Plants.Linear plant, @ForAll @IntRange(min = 1, max = 2048) int start) {
        RatioRule rule = new RatioRule(LocalConfig.builder().startBatch(start).build());
        Loop loop = new Loop(rule, plant, plant.tiers(), 1e9, 0, 1);
        for (int i = 0; i < 500; i++) {
            loop.saturated();
        }
        double best = Math.min(4096, plant.best(0));
        assertThat((double) loop.decision().hardLimit()).isCloseTo(best, within(1 + 0.1 * best));
    }

    @Provide
    Arbitrary<Plants.Linear> plants() {
        return Plants.linear();
    }

    /** A loose tier's samples leave the limit of the tight one alone, and the tight one binds at once. */
    @Property
    void bothLimitsAreRemembered(@ForAll("ratios") List<Double> chats, @ForAll("ratios") List<Double> batches) {
        LocalStep step = filled(chats);
        int chat = step.decisions().get(Loop.ID).limits().soft(0, 0);
        Instant now = Loop.START.plusSeconds(100);
        for (double ratio : batches) {
            now = now.plusSeconds(1);
            int limit = step.decisions().get(Loop.ID).limits().soft(1, 1);
            InstanceSample sample = Loop.usage(now, List.of(Loop.running("batch", limit)), 1, 2 * ratio)
                    .build();
            step = RULE.step(step.state(), input(sample, now));
            assertThat(step.decisions().get(Loop.ID).bindingTier()).isEqualTo(1);
        }
        now = now.plusSeconds(1);
        InstanceSample mixed = Loop.usage(now, List.of(Loop.running("batch", 2), Loop.running("chat", 0.5)), 1, 0.1)
                .build();
        LocalDecision decision =
                RULE.step(step.state(), input(mixed, now)).decisions().get(Loop.ID);
        assertThat(decision.bindingTier()).isEqualTo(0);
        assertThat(decision.softLimit()).isEqualTo(decision.limits().hard(0, 1));
        assertThat(decision.softLimit()).isEqualTo(chat);
    }

    @Provide
    Arbitrary<InstanceSample> badSamples() {
        Instant now = Loop.START.plusSeconds(50);
        Arbitrary<Double> bad = Arbitraries.of(-1.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        return Arbitraries.oneOf(
                bad.map(x ->
                        Loop.usage(now, List.of(Loop.running("chat", 60)), 1, x).build()),
                bad.map(x -> Loop.usage(now, List.of(Loop.running("chat", 60)), 1, 0.2)
                        .kv(x, 1)
                        .build()),
                Arbitraries.just(Loop.usage(now, List.of(Loop.running("chat", Double.NaN)), 1, 0.2)
                        .build()),
                Arbitraries.integers().between(46, 1000).map(age -> Loop.usage(
                                now.minusSeconds(age), List.of(Loop.running("chat", 60)), 1, 0.2)
                        .build()));
    }

    @Property
    void aBadSampleChangesNothingAndSaysSo(
            @ForAll("ratios") List<Double> before, @ForAll("badSamples") InstanceSample sample) {
        LocalStep history = filled(before);
        LocalDecision last = history.decisions().get(Loop.ID);
        LocalStep step = RULE.step(history.state(), input(sample, Loop.START.plusSeconds(50)));
        LocalDecision held = step.decisions().get(Loop.ID);
        assertThat(held.held()).isTrue();
        assertThat(held.changed()).isFalse();
        assertThat(held.limits()).isEqualTo(last.limits());
        assertThat(held.reason().code()).isIn(ReasonCode.BAD_SAMPLE, ReasonCode.STALE);
        assertThat(held.reason().rejected()).isNotEmpty();
        assertThat(after(step, 60, 0.5, 0.1)).isEqualTo(after(history, 60, 0.5, 0.1));
    }

    @Property
    void theSameArgumentsGiveTheSameBits(@ForAll("ratios") List<Double> ratios) {
        assertThat(filled(ratios)).isEqualTo(filled(new ArrayList<>(ratios)));
    }

    /** A filled batch of chats with these ITL ratios, a second each. */
    private static LocalStep filled(List<Double> ratios) {
        LocalStep step = RULE.step(LocalState.initial(), input(null, Loop.START));
        Instant now = Loop.START;
        for (double ratio : ratios) {
            now = now.plusSeconds(1);
            int limit = step.decisions().get(Loop.ID).limits().soft(0, 0);
            step = RULE.step(step.state(), input(chats(now, limit, ratio, 0.1), now));
        }
        return step;
    }

    private static LocalDecision after(LocalStep history, double running, double ratio, double kvUse) {
        Instant now = Loop.START.plusSeconds(60);
        return RULE.step(history.state(), input(chats(now, running, ratio, kvUse), now))
                .decisions()
                .get(Loop.ID);
    }

    private static InstanceSample chats(Instant time, double running, double ratio, double kvUse) {
        return Loop.usage(time, List.of(new TierUsage("chat", 1, running, Double.NaN)), 1, 0.1 * ratio)
                .kv(kvUse * 1e5, 1e5)
                .build();
    }

    private static LocalInput input(InstanceSample sample, Instant now) {
        return new LocalInput(List.of(Loop.instance(Loop.ID).withSample(sample)), TIERS, now);
    }
}
