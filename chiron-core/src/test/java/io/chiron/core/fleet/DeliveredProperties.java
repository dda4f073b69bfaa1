package io.chiron.core.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.TierUsage;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.Coefficients;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;

class DeliveredProperties {
    private static final int LIMIT = 100;
    private static final BatchLimits LIMITS = BatchLimits.fixed(Fleets.TIERS.size(), LIMIT);
    private static final WorkModel MODEL = WorkModel.of(new Coefficients(0.01, 1e-4, 1e-4), LIMITS, Fleets.TIERS);
    private static final Instant NOW = Fleets.START;
    private static final String CHAT = Fleets.TIERS.get(0).tier().name();
    private static final String JOBS = Fleets.TIERS.get(1).tier().name();

    @Provide
    Arbitrary<Double> anything() {
        return Arbitraries.oneOf(
                Arbitraries.doubles().between(0, 1e12),
                Arbitraries.of(0.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY, Double.MAX_VALUE, 100.0));
    }

    @Property
    void shareStaysInItsRangeWhateverIsMeasured(
            @ForAll("anything") double running,
            @ForAll("anything") double tokens,
            @ForAll("anything") double waiting,
            @ForAll @DoubleRange(min = 0, max = 1e6) double elapsedSeconds) {
        Delivered delivered = Delivered.nothing();
        for (int i = 0; i < 20; i++) {
            delivered = observe(delivered, instance(CHAT, running, tokens, waiting, NOW), elapsedSeconds);
        }
        assertThat(delivered.share()).isBetween(0.5, 1.0);
    }

    @Property
    void whatFullInstancesDeliverIsLearned(@ForAll @DoubleRange(min = 0.3, max = 1.5) double share) {
        Delivered delivered = Delivered.nothing();
        for (int i = 0; i < 5000; i++) {
            delivered = observe(delivered, full(CHAT, share), 5);
        }
        // The prior's ten minutes beside a memory of some seven remain visible with a single instance.
        double memory = 5 / (1 - StrictMath.pow(0.5, 5.0 / 300));
        double expected = (memory * share + 600) / (memory + 600);
        assertThat(delivered.share()).isCloseTo(Math.max(0.5, Math.min(1, expected)), within(1e-6));
    }

    @Property
    void onlyFullFreshInteractiveInstancesTell(@ForAll @DoubleRange(min = 0, max = 0.94) double fill) {
        Delivered learned = observe(Delivered.nothing(), full(CHAT, 0.5), 60);
        assertThat(learned.share()).isLessThan(1);
        assertThat(observe(learned, instance(CHAT, fill * LIMIT, 1, 0, NOW), 60))
                .isSameAs(learned);
        assertThat(observe(learned, full(JOBS, 0.5), 60)).isSameAs(learned);
        assertThat(observe(learned, instance(CHAT, LIMIT, 1, 0, NOW.minusSeconds(31)), 60))
                .isSameAs(learned);
    }

    /** Requests that wait inside the engine fill it as those that run do. */
    @Property
    void whatWaitsInsideTheEngineCounts(@ForAll @DoubleRange(min = 0.1, max = 0.9) double fill) {
        Delivered start = Delivered.nothing();
        InstanceSnapshot held = instance(CHAT, fill * LIMIT, 1, (1 - fill) * LIMIT, NOW);
        assertThat(observe(start, held, 60).share()).isLessThan(1);
    }

    @Property
    void aLongGapWeighsAMinuteAtMost(@ForAll @DoubleRange(min = 60, max = 1e7) double gapSeconds) {
        Delivered minute = observe(Delivered.nothing(), full(CHAT, 0.5), 60);
        assertThat(observe(Delivered.nothing(), full(CHAT, 0.5), gapSeconds)).isEqualTo(minute);
    }

    private static Delivered observe(Delivered before, InstanceSnapshot instance, double elapsedSeconds) {
        return before.observe(List.of(instance), Fleets.TIERS, MODEL, LIMITS, elapsedSeconds, 30, NOW);
    }

    /** An instance at its hard limit that delivers {@code share} of what the model promises. */
    private static InstanceSnapshot full(String tier, double share) {
        int index = tier.equals(CHAT) ? 0 : 1;
        return instance(tier, LIMIT, share / MODEL.perOutputTokenSeconds(index), 0, NOW);
    }

    private static InstanceSnapshot instance(
            String tier, double running, double tokensPerSecond, double waiting, Instant time) {
        InstanceSample sample = InstanceSample.builder(time, 1)
                .tiers(List.of(new TierUsage(tier, 1, running, tokensPerSecond)))
                .waitingRequests(waiting)
                .build();
        return InstanceSnapshot.of("i", Pool.MIXED, Phase.READY, null).withSample(sample);
    }
}
