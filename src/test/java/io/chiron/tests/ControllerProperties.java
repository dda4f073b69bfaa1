package io.chiron.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.Decision;
import io.chiron.api.ReasonCode;
import io.chiron.examples.simulator.policy.Policies;
import io.chiron.examples.simulator.policy.PolicyKind;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Arrival;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds in every run of every policy, whatever the load. */
class ControllerProperties {
    private static final double SECONDS_PER_HOUR = 3600;
    private static final int BLIND_SECONDS = 60;
    private static final double GLOBAL_SECONDS = 5;

    @Provide
    Arbitrary<Small> smalls() {
        return Small.any();
    }

    /** Names with settings. */
    @Provide
    Arbitrary<String> variants() {
        return Arbitraries.of("chiron", "chiron:launch=jit", "chiron:rule=ratio;reassign=false", "chiron-paper");
    }

    @Provide
    Arbitrary<String> policies() {
        return Arbitraries.oneOf(variants(), Arbitraries.of("hpa-kv:target=0.1", "static:instances=2"));
    }

    @Property(tries = 100)
    void neverMoreInstancesThanTheMaximum(
            @ForAll("smalls") Small small,
            @ForAll("variants") String policy,
            @ForAll @IntRange(max = 30) int lateSeconds) {
        Watched watched = Watched.late(kind(policy), lateSeconds);
        Outcome outcome = watched.run(small.scenario());
        assertThat(watched.ticks).isNotEmpty().allSatisfy(tick -> {
            assertThat(tick.paid() + tick.inTransit())
                    .isLessThanOrEqualTo(small.fleet().max());
        });
        assertThat(outcome.peakInstances()).isLessThanOrEqualTo(small.fleet().max());
    }

    /** Hardly any load for long enough to shrink. */
    @Property(tries = 40)
    void aFleetShrinksToItsMinimumAndNotBelow(
            @ForAll @IntRange(min = 1, max = 4) int min,
            @ForAll @IntRange(min = 1, max = 4) int above,
            @ForAll long seed) {
        Small small = new Small(
                new Small.Load(20, 1, 500),
                new Small.Job(0, 0, 0),
                new Small.Fleet(400_000, min, min + above, min + above, 10, 2),
                seed);
        Watched watched = Watched.of(kind("chiron"));
        watched.run(small.scenario());
        assertThat(watched.ticks).allSatisfy(tick -> assertThat(tick.paid()).isGreaterThanOrEqualTo(min));
        assertThat(watched.ticks.get(watched.ticks.size() - 1).paid()).isEqualTo(min);
    }

    @Property(tries = 100)
    void everyRequestIsInOnePlaceUntilItHasFinishedOnce(
            @ForAll("smalls") Small small, @ForAll("policies") String policy) {
        Watched watched = Watched.of(kind(policy));
        Outcome outcome = watched.run(small.scenario());
        List<Arrival> arrivals = small.arrivals();
        int arrived = 0;
        for (Watched.Tick tick : watched.ticks) {
            while (arrived < arrivals.size() && arrivals.get(arrived).arrivalSeconds() <= tick.seconds()) {
                arrived++;
            }
            assertThat(tick.inSystem() + tick.finished())
                    .as("at %s s", tick.seconds())
                    .isEqualTo(arrived);
        }
        check(outcome.interactive().requests(), watched, Arrival.INTERACTIVE, arrivals);
        check(outcome.batch().requests(), watched, Arrival.BATCH, arrivals);
        assertThat(outcome.requestsPerGpuSecond() * gpuSeconds(outcome))
                .isCloseTo(watched.finished[0] + watched.finished[1], within(1e-6));
    }

    private static void check(long requests, Watched watched, int tier, List<Arrival> arrivals) {
        List<Arrival> own =
                arrivals.stream().filter(each -> each.tierIndex() == tier).toList();
        assertThat(requests).isEqualTo(own.size());
        assertThat(watched.finished[tier]).isLessThanOrEqualTo(own.size());
        if (watched.finished[tier] == own.size()) {
            assertThat(watched.finishedTokens[tier])
                    .isEqualTo(own.stream().mapToLong(Arrival::outputTokens).sum());
        }
    }

    @Property(tries = 100)
    void whatIsPaidIsTheInstancesTimesTheirTime(@ForAll("smalls") Small small, @ForAll("policies") String policy) {
        Watched watched = Watched.of(kind(policy));
        Outcome outcome = watched.run(small.scenario());
        double seconds = 0;
        int peak = 0;
        for (int i = 0; i < watched.ticks.size(); i++) {
            Watched.Tick tick = watched.ticks.get(i);
            boolean last = i == watched.ticks.size() - 1;
            double until =
                    last ? outcome.simulatedSeconds() : watched.ticks.get(i + 1).seconds();
            seconds += tick.paid() * (until - tick.seconds());
            peak = Math.max(peak, tick.paid());
        }
        int gpus = small.scenario().profile().gpus();
        assertThat(gpuSeconds(outcome)).isCloseTo(seconds * gpus, within(1e-6 * (1 + seconds)));
        assertThat(outcome.peakInstances()).isEqualTo(Math.max(outcome.initialInstances(), peak));
        assertThat(outcome.gpuEfficiency() * outcome.gpuHours())
                .isCloseTo(outcome.gpuHours() > 0 ? outcome.fluidLimitGpuHours() : 0, within(1e-9));
    }

    private static double gpuSeconds(Outcome outcome) {
        return outcome.gpuHours() * SECONDS_PER_HOUR;
    }

    @Property(tries = 100)
    void everyDecisionGivesItsReasonInFiniteNumbers(@ForAll("smalls") Small small, @ForAll("variants") String policy) {
        Watched watched = Watched.of(kind(policy));
        watched.run(small.scenario());
        long decisions = 0;
        for (Watched.Tick tick : watched.ticks) {
            for (Decision decision : tick.decisions()) {
                decisions++;
                assertThat(decision.reason().numbers().values())
                        .as("%s", decision)
                        .allMatch(Double::isFinite);
                assertThat(decision.fleet()).isEqualTo(Scenario.FLEET);
                // Where there was something to measure, the reason says what.
                boolean measured =
                        decision.what().equals("launch") || decision.what().equals("drain");
                assertThat(measured && decision.reason().numbers().isEmpty())
                        .as("%s", decision)
                        .isFalse();
            }
        }
        assertThat(decisions).isPositive();
    }

    /** Wherever the dark minute falls, also at the start. */
    @Property(tries = 100)
    void blindnessChangesNothingAndIsOverWithTheNextSnapshot(
            @ForAll("smalls") Small small,
            @ForAll("variants") String policy,
            @ForAll @IntRange(max = 60) int fromSeconds) {
        Watched watched = Watched.blind(kind(policy), fromSeconds, fromSeconds + BLIND_SECONDS);
        watched.run(small.scenario());
        Watched.Tick before = null;
        double sightSeconds = Double.NaN;
        boolean planned = false;
        for (Watched.Tick tick : watched.ticks) {
            if (tick.blind()) {
                assertThat(tick.actions()).isZero();
                assertThat(tick.decisions()).isNotEmpty().allSatisfy(decision -> {
                    assertThat(decision.isHeld()).isTrue();
                    assertThat(decision.reason().code()).isEqualTo(ReasonCode.BLIND);
                });
                if (before != null) {
                    assertThat(tick.table()).isSameAs(before.table());
                    assertThat(tick.paid()).isEqualTo(before.paid());
                }
            } else if (before != null && before.blind()) {
                sightSeconds = tick.seconds();
            }
            planned |= tick.seconds() >= sightSeconds
                    && tick.decisions().stream().anyMatch(ControllerProperties::isOfTheFleetRule);
            assertThat(planned || !(tick.seconds() > sightSeconds + GLOBAL_SECONDS))
                    .as("the fleet rule runs again within a global period of %s s", sightSeconds)
                    .isTrue();
            before = tick;
        }
    }

    private static boolean isOfTheFleetRule(Decision decision) {
        return decision.reason().code() != ReasonCode.BLIND && !decision.what().equals("setBatchLimits");
    }

    private static PolicyKind kind(String policy) {
        return Policies.parse(policy, 1, 0.7);
    }
}
