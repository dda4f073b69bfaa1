package io.chiron.examples.simulator.run;

import static io.chiron.examples.simulator.workload.Arrival.INTERACTIVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.Action;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.LengthHistogram;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Slo;
import io.chiron.api.TierFlow;
import io.chiron.core.local.BatchLimits;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.policy.Policies;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.Source;
import io.chiron.examples.simulator.workload.Sources;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What faults do to a run and to what a policy sees of it. */
final class FaultsTest {
    private static final Slo SLO = new Slo(Duration.ofSeconds(10), Duration.ofSeconds(2));
    private static final double STARTUP_SECONDS = 20;
    private static final int INSTANCES = 4;

    @ParameterizedTest
    @ValueSource(strings = {"fail", "fail=", "fail=often", "lead=3", "lengths=0.5", "drop=1", "", "lead=x"})
    void malformedSpecificationsAreRefused(String spec) {
        assertThatThrownBy(() -> Faults.parse(List.of(spec)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--fault = " + spec)
                .hasMessageContaining("allowed: fail=P");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fail=1",
                "fail=-0.1",
                "fail=NaN",
                "stale=-1",
                "stale=3601",
                "missing=1.1",
                "lead=x-1",
                "lead=x101",
                "lengths=x0",
                "lengths=x17"
            })
    void valuesOutOfRangeAreRefused(String spec) {
        assertThatThrownBy(() -> Faults.parse(List.of(spec)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fault " + spec.split("=", 2)[0])
                .hasMessageContaining("allowed: [");
    }

    @Test
    void aKindGivenTwiceIsRefusedAndAllKindsGoTogether() {
        assertThatThrownBy(() -> Faults.parse(List.of("stale=1", "stale=2"))).hasMessageContaining("each once");
        assertThat(Faults.parse(List.of("fail=0.05", "stale=30", "missing=0.2", "lead=x3", "lengths=x0.5")))
                .isEqualTo(new Faults(0.05, 30, 0.2, 3, 0.5));
        assertThat(Faults.parse(List.of())).isEqualTo(Faults.NONE);
    }

    /** The share that is lost within an hour, and within half an hour of those still there: no memory. */
    @Test
    void livesHaveTheStatedChanceAtAnyAge() {
        Faults faults = new Faults(0.3, 0, 0, 1, 1);
        double[] lives = IntStream.range(0, 20_000)
                .mapToDouble(i -> faults.lifeSeconds(7, i))
                .toArray();
        assertThat(share(lives, 0, 3600)).isCloseTo(0.3, within(0.015));
        assertThat(share(lives, 3600, 5400)).isCloseTo(1 - Math.sqrt(0.7), within(0.015));
        assertThat(faults.lifeSeconds(7, 3)).isEqualTo(lives[3]).isNotEqualTo(faults.lifeSeconds(8, 3));
        assertThat(Faults.NONE.lifeSeconds(7, 3)).isInfinite();
    }

    private static double share(double[] lives, double from, double to) {
        double old =
                IntStream.range(0, lives.length).filter(i -> lives[i] > from).count();
        double lost = IntStream.range(0, lives.length)
                .filter(i -> lives[i] > from && lives[i] <= to)
                .count();
        return lost / old;
    }

    /** Every request is finished once, whatever was lost under it; what is lost is not paid for. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void workOfALostInstanceGoesOnElsewhere(long seed) {
        Faults faults = new Faults(0.9, 0, 0, 1, 1);
        Scripted script = new Scripted(BatchLimits.fixed(2, 40));
        Outcome outcome = run(mixed(300), faults, seed, script, INSTANCES, 0);
        int left = script.seen.get(290).instances().size();

        assertThat(left).isBetween(1, INSTANCES - 1);
        assertThat(script.finishedSeconds).hasSize((int)
                (outcome.interactive().requests() + outcome.batch().requests()));
        double[] ends = IntStream.rangeClosed(1, INSTANCES)
                .mapToDouble(i -> Math.min(outcome.simulatedSeconds(), Math.ceil(faults.lifeSeconds(seed, i))))
                .toArray();
        assertThat(outcome.gpuHours())
                .isCloseTo(
                        IntStream.range(0, INSTANCES).mapToDouble(i -> ends[i]).sum() / 3600, within(1e-9));
    }

    /** The chance of a run that evicts much and loses instances in the middle of it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void chironFinishesAllBatchWorkThoughInstancesAreLost(long seed) {
        Outcome outcome = runPolicy("chiron", new Faults(0.9, 0, 0, 1, 1), seed);
        assertThat(outcome.actions().evict()).isPositive();
        assertThat(outcome.batch().itlAttainment()).isGreaterThan(0.99);
        assertThat(outcome.interactive().itlAttainment()).isGreaterThan(0.99);
        assertThat(runPolicy("chiron", new Faults(0.9, 0, 0, 1, 1), seed))
                .usingRecursiveComparison()
                .ignoringFields("wallSeconds")
                .isEqualTo(outcome);
    }

    @Test
    void replicasAreReplaced() {
        for (String policy : List.of("static", "hpa-kv")) {
            Outcome outcome = runPolicy(policy, new Faults(0.95, 0, 0, 1, 1), 1);
            assertThat(outcome.actions().launch()).as(policy).isPositive();
            assertThat(outcome.interactive().itlAttainment()).as(policy).isGreaterThan(0.99);
        }
    }

    @Test
    void startUpTakesLongerThanPoliciesAreTold() {
        Scripted script = new Scripted(BatchLimits.fixed(2, 40))
                .at(10, (fleet, why) -> new Action.Launch(fleet, "a", Pool.MIXED, "default", why));
        run(mixed(100), new Faults(0, 0, 0, 3, 1), 1, script, 1, 0);
        assertThat(script.instance(69, "i2").phase()).isEqualTo(Phase.STARTING);
        assertThat(script.instance(69, "i2").readyAt()).isEqualTo(SimClock.instant(30));
        assertThat(script.instance(70, "i2").phase()).isEqualTo(Phase.READY);
        assertThat(script.instance(70, "i2").readyAt()).isEqualTo(SimClock.instant(70));
    }

    @Test
    void measurementsAreOldButInstancesAreKnownAtOnce() {
        Scripted script = new Scripted(BatchLimits.fixed(2, 40))
                .at(10, (fleet, why) -> new Action.Launch(fleet, "a", Pool.MIXED, "default", why));
        run(mixed(100), new Faults(0, 7.5, 0, 1, 1), 1, script, 1, 0);
        assertThat(script.exists(11, "i2")).isTrue();
        for (int tick = 0; tick < 60; tick++) {
            FleetSnapshot seen = script.seen.get(tick);
            InstanceSnapshot first = script.instance(tick, "i1");
            assertThat(seen.time()).isEqualTo(SimClock.instant(tick));
            if (tick < 8) {
                assertThat(seen.flows()).isEmpty();
                assertThat(seen.groups()).isNull();
                assertThat(first.sample()).isNull();
            } else {
                assertThat(seen.flows()).extracting(TierFlow::time).containsOnly(SimClock.instant(tick - 8));
            }
            if (tick > 8) {
                assertThat(first.sample()).isNotNull();
                assertThat(first.sample().time()).isEqualTo(SimClock.instant(tick - 8));
            }
        }
    }

    @Test
    void partsAreMissingAsOftenAsStatedAndTheSameForEveryPolicy() {
        Faults faults = new Faults(0, 0, 0.3, 1, 1);
        Scripted one = new Scripted(BatchLimits.fixed(2, 40));
        Scripted other = new Scripted(BatchLimits.fixed(2, 10));
        run(mixed(400), faults, 5, one, 3, 0);
        run(mixed(400), faults, 5, other, 3, 0);
        int samples = 0;
        int flows = 0;
        int groups = 0;
        for (int tick = 1; tick <= 400; tick++) {
            FleetSnapshot seen = one.seen.get(tick);
            for (int i = 1; i <= 3; i++) {
                boolean there = one.instance(tick, "i" + i).sample() != null;
                assertThat(other.instance(tick, "i" + i).sample() != null).isEqualTo(there);
                samples += there ? 1 : 0;
            }
            flows += seen.flows().size();
            groups += seen.groups() == null ? 0 : 1;
        }
        assertThat(samples / 1200.0).isCloseTo(0.7, within(0.04));
        assertThat(flows / 800.0).isCloseTo(0.7, within(0.05));
        assertThat(groups / 400.0).isCloseTo(0.7, within(0.07));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 2})
    void lengthsAreWrongByTheFactorAndNothingElseIs(double factor) {
        Scripted right = new Scripted(BatchLimits.fixed(2, 40));
        Scripted wrong = new Scripted(BatchLimits.fixed(2, 40));
        run(mixed(100), Faults.NONE, 1, right, 2, 0);
        run(mixed(100), new Faults(0, 0, 0, 1, factor), 1, wrong, 2, 0);
        TierFlow real = right.seen.get(100).flows().get(INTERACTIVE);
        TierFlow seen = wrong.seen.get(100).flows().get(INTERACTIVE);
        assertThat(real.completed().count())
                .isGreaterThan(50)
                .isEqualTo(seen.completed().count());
        assertThat(seen.completed().prompt()).isEqualTo(real.completed().prompt());
        assertThat(seen.completed().output())
                .isEqualTo(factor * real.completed().output());
        assertThat(seen.completed().outputSquared())
                .isEqualTo(factor * factor * real.completed().outputSquared());
        int bins = factor < 1 ? -4 : 4;
        for (int bin = 10; bin < LengthHistogram.BINS - 10; bin++) {
            assertThat(seen.completedOutputs().count(bin + bins))
                    .isEqualTo(real.completedOutputs().count(bin));
            assertThat(seen.runningOutputs().count(bin + bins))
                    .isEqualTo(real.runningOutputs().count(bin));
        }
    }

    private static List<Source> mixed(int seconds) {
        return List.of(
                Sources.generated("gamma:rate=4,cv=2,seconds=" + seconds, INTERACTIVE),
                Sources.batch("count=200,at=5,deadline=600"));
    }

    private static Outcome runPolicy(String policy, Faults faults, long seed) {
        List<Source> sources = List.of(
                Sources.generated("gamma:rate=20,cv=4,seconds=600", Arrival.INTERACTIVE),
                Sources.batch("count=4000,at=30,deadline=500"));
        Scenario scenario = scenario(sources, faults, seed, INSTANCES, 1);
        return Simulation.run(
                scenario, Policies.parse(policy, INSTANCES, 0.7), decision -> {}, (seconds, inSystem) -> {}, null);
    }

    private static Outcome run(
            List<Source> sources, Faults faults, long seed, Scripted script, int initialInstances, int minInstances) {
        Scenario scenario = scenario(sources, faults, seed, initialInstances, minInstances);
        return Simulation.run(scenario, script, decision -> {}, (seconds, inSystem) -> {}, script);
    }

    private static Scenario scenario(
            List<Source> sources, Faults faults, long seed, int initialInstances, int minInstances) {
        return new Scenario(
                Profile.load("llama3-8b_a100-80g_tp1"),
                2048,
                sources,
                SLO,
                SLO,
                initialInstances,
                minInstances,
                20,
                STARTUP_SECONDS,
                1,
                5,
                seed,
                faults);
    }
}
