package io.chiron.core.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.InstanceSample;
import io.chiron.api.ReasonCode;
import io.chiron.api.TierUsage;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds whatever is measured. */
class BatchSizeRuleProperties {
    private static final List<TierProfile> TIERS =
            List.of(Loop.tier("chat", 0.1, 160, 340), Loop.tier("batch", 2, 1000, 200));

    @Provide
    Arbitrary<Plants.Linear> plants() {
        return Plants.linear();
    }

    @Provide
    Arbitrary<LocalConfig> configs() {
        Arbitrary<Integer> size = Plants.logUniform(1, 4096).map(Double::intValue);
        return Combinators.combine(size, size, size, Arbitraries.doubles().between(0, 0.9))
                .as((x, y, z, margin) -> {
                    int[] sorted = {x, y, z};
                    Arrays.sort(sorted);
                    return LocalConfig.builder()
                            .minBatch(sorted[0])
                            .startBatch(sorted[1])
                            .maxBatch(sorted[2])
                            .margin(margin)
                            .build();
                });
    }

    @Provide
    Arbitrary<List<InstanceSample>> wildSamples() {
        return Plants.samples(Loop.START).list().ofMaxSize(20);
    }

    @Property
    void limitsStayWithinTheConfiguredRange(
            @ForAll("configs") LocalConfig config, @ForAll("wildSamples") List<InstanceSample> samples) {
        for (BatchSizeRule rule : List.of(new CurveRule(config), new RatioRule(config))) {
            LocalState state = LocalState.initial();
            for (InstanceSample sample : samples) {
                LocalStep step = rule.step(state, input(TIERS, sample, sample.time()));
                state = step.state();
                BatchLimits limits = step.decisions().get(Loop.ID).limits();
                for (int binding = 0; binding < 2; binding++) {
                    for (int lengths = 0; lengths < 2; lengths++) {
                        assertThat(limits.soft(binding, lengths)).isBetween(config.minBatch(), config.maxBatch());
                        assertThat(limits.hard(binding, lengths))
                                .isBetween(limits.soft(binding, lengths), config.maxBatch());
                    }
                }
            }
        }
    }

    @Property
    void theSameArgumentsGiveTheSameBits(@ForAll("wildSamples") List<InstanceSample> samples) {
        assertThat(run(samples)).isEqualTo(run(samples));
    }

    private static LocalStep run(List<InstanceSample> samples) {
        LocalStep step = new LocalStep(LocalState.initial(), Map.of());
        for (InstanceSample sample : samples) {
            step = new CurveRule(LocalConfig.DEFAULTS).step(step.state(), input(TIERS, sample, sample.time()));
        }
        return step;
    }

    record Fault(UnaryOperator<InstanceSample> change, ReasonCode code, String field) {}

    @Provide
    Arbitrary<Fault> faults() {
        Arbitrary<Double> impossible = Arbitraries.of(-1.0, -1e-9, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        Arbitrary<Double> notMeasured = Arbitraries.just(Double.NaN);
        return Arbitraries.oneOf(
                Arbitraries.just(new Fault(sample -> null, ReasonCode.BLIND, "no sample")),
                Arbitraries.integers()
                        .between(46, 100_000)
                        .map(age -> new Fault(s -> at(s, s.time().minusSeconds(age)), ReasonCode.STALE, "age")),
                Arbitraries.integers()
                        .between(6, 100_000)
                        .map(skew -> new Fault(s -> at(s, s.time().plusSeconds(skew)), ReasonCode.BAD_SAMPLE, "time")),
                impossible.map(x -> new Fault(s -> with(s, x, 64, 16, 0.1, 0), ReasonCode.BAD_SAMPLE, "meanRunning")),
                impossible.map(x -> new Fault(s -> with(s, 32, x, 16, 0.1, 0), ReasonCode.BAD_SAMPLE, "prefillTokens")),
                impossible.map(x -> new Fault(s -> with(s, 32, 64, x, 0.1, 0), ReasonCode.BAD_SAMPLE, "iterations")),
                impossible.map(x -> new Fault(s -> with(s, 32, 64, 16, x, 0), ReasonCode.BAD_SAMPLE, "meanItlSeconds")),
                impossible.map(x -> new Fault(s -> with(s, 32, 64, 16, 0.1, x), ReasonCode.BAD_SAMPLE, "preemptions")),
                notMeasured.map(x -> new Fault(s -> with(s, x, 64, 16, 0.1, 0), ReasonCode.BAD_SAMPLE, "meanRunning")),
                notMeasured.map(
                        x -> new Fault(s -> with(s, 32, x, 16, 0.1, 0), ReasonCode.BAD_SAMPLE, "prefillTokens")),
                notMeasured.map(x -> new Fault(s -> with(s, 32, 64, x, 0.1, 0), ReasonCode.BAD_SAMPLE, "iterations")));
    }

    private static InstanceSample at(InstanceSample s, Instant time) {
        return Loop.usage(time, s.tiers(), 10, 0.1).build();
    }

    private static InstanceSample with(
            InstanceSample s, double running, double prefill, double iterations, double itl, double preemptions) {
        return InstanceSample.builder(s.time(), 1)
                .tiers(List.of(new TierUsage("chat", 32, running, Double.NaN)))
                .prefillTokens(prefill)
                .iterations(iterations)
                .meanItlSeconds(itl)
                .preemptions(preemptions)
                .build();
    }

    @Property
    void aBadSampleChangesNothingAndSaysSo(
            @ForAll("plants") Plants.Linear plant,
            @ForAll("faults") Fault fault,
            @ForAll @IntRange(min = 0, max = 10) int before,
            @ForAll long seed) {
        Loop loop = plant.loop(LocalConfig.DEFAULTS, 0.5, seed);
        for (int i = 0; i < before; i++) {
            loop.saturated();
        }
        Instant now = loop.now().plusSeconds(1);
        InstanceSample good = loop.sample(now, "chat", 32, 64, 0.1);
        LocalStep step = new CurveRule(LocalConfig.DEFAULTS)
                .step(loop.state(), input(plant.tiers(), fault.change().apply(good), now));
        LocalDecision decision = step.decisions().get(Loop.ID);
        assertThat(decision.held()).isTrue();
        assertThat(decision.changed()).isFalse();
        assertThat(decision.limits()).isEqualTo(loop.decision().limits());
        assertThat(decision.bindingTier()).isEqualTo(loop.decision().bindingTier());
        assertThat(decision.reason().code()).isEqualTo(fault.code());
        assertThat(decision.reason().rejected()).contains(fault.field());
        assertThat(step.state().curve("default")).isEqualTo(loop.state().curve("default"));
        // Nothing else is left of it: the next good sample has the effect that it would have had without.
        LocalInput next =
                input(plant.tiers(), loop.sample(now.plusSeconds(1), "chat", 32, 64, 0.1), now.plusSeconds(1));
        assertThat(new CurveRule(LocalConfig.DEFAULTS).step(step.state(), next))
                .isEqualTo(new CurveRule(LocalConfig.DEFAULTS).step(loop.state(), next));
    }

    @Property
    void aSampleIsUsedOnce(
            @ForAll("plants") Plants.Linear plant, @ForAll @IntRange(min = 0, max = 14) int later, @ForAll long seed) {
        Loop loop = plant.loop(LocalConfig.DEFAULTS, 0.5, seed);
        for (int i = 0; i < 5; i++) {
            loop.saturated();
        }
        InstanceSample again = loop.sample(loop.now(), "chat", 3, 4000, 3);
        LocalStep step = new CurveRule(LocalConfig.DEFAULTS)
                .step(loop.state(), input(plant.tiers(), again, loop.now().plusSeconds(later)));
        assertThat(step.state().curve("default")).isEqualTo(loop.state().curve("default"));
        assertThat(step.decisions().get(Loop.ID).limits())
                .isEqualTo(loop.decision().limits());
        assertThat(step.decisions().get(Loop.ID).held()).isTrue();
    }

    private static LocalInput input(List<TierProfile> tiers, InstanceSample sample, Instant now) {
        return new LocalInput(List.of(Loop.instance(Loop.ID).withSample(sample)), tiers, now);
    }
}
