package io.chiron.examples.simulator.run;

import static io.chiron.examples.simulator.workload.Arrival.BATCH;
import static io.chiron.examples.simulator.workload.Arrival.INTERACTIVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.Action;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Slo;
import io.chiron.core.local.BatchLimits;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.workload.Arrival;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What actions do in a run. Instances are named i1, i2, ... in order of their launch. */
final class SimulationTest {
    private static final Profile PROFILE = Profile.load("llama3-8b_a100-80g_tp1");
    private static final double STARTUP_SECONDS = 20;
    private static final double SECONDS_PER_HOUR = 3600;

    private final List<Arrival> arrivals = new ArrayList<>();

    @Test
    void aLaunchIsPaidAtOnceAndServesAfterItsStartUp() {
        add(4, 0.5, INTERACTIVE, 100, 4000, 1000);
        Scripted script = new Scripted(BatchLimits.fixed(2, 2))
                .at(10, (fleet, why) -> new Action.Launch(fleet, "a", Pool.MIXED, "default", why));
        Outcome outcome = run(script, 1);

        assertThat(script.exists(10, "i2")).isFalse();
        for (int tick = 11; tick < 30; tick++) {
            InstanceSnapshot starting = script.instance(tick, "i2");
            assertThat(starting.phase()).isEqualTo(Phase.STARTING);
            assertThat(starting.launchId()).isEqualTo("a");
            assertThat(starting.readyAt()).isEqualTo(SimClock.instant(30));
            assertThat(starting.sample()).isNull();
            assertThat(script.inFlight.get(tick).get("i2")).isZero();
        }
        assertThat(script.instance(30, "i2").phase()).isEqualTo(Phase.READY);
        assertThat(script.inFlight.get(30).get("i2")).isEqualTo(2);
        assertThat(outcome.gpuHours())
                .isCloseTo((2 * outcome.simulatedSeconds() - 10) / SECONDS_PER_HOUR, within(1e-9));
        assertThat(outcome.peakInstances()).isEqualTo(2);
        assertThat(outcome.actions().launch()).isEqualTo(1);
    }

    @Test
    void oneLaunchIdStartsOneInstance() {
        add(1, 0, INTERACTIVE, 100, 2000, 1000);
        Scripted script = new Scripted(BatchLimits.fixed(2, 8));
        for (int tick = 1; tick <= 3; tick++) {
            script.at(tick, (fleet, why) -> new Action.Launch(fleet, "a", Pool.BATCH, "default", why));
        }
        // Ended while it starts, it is paid like any other.
        script.at(10, (fleet, why) -> new Action.Retire(fleet, "i2", why));
        Outcome outcome = run(script, 1);
        assertThat(outcome.gpuHours()).isCloseTo((outcome.simulatedSeconds() + 9) / SECONDS_PER_HOUR, within(1e-9));
        assertThat(outcome.peakInstances()).isEqualTo(2);
        assertThat(script.instance(4, "i2").pool()).isEqualTo(Pool.BATCH);
    }

    @Test
    void aDrainedInstanceFinishesItsWorkAndTakesNoMore() {
        add(2, 0.5, INTERACTIVE, 100, 500, 1000);
        for (int second = 6; second < 30; second++) {
            add(1, second + 0.5, INTERACTIVE, 100, 20, 1000);
        }
        Scripted script = new Scripted(BatchLimits.fixed(2, 8))
                .at(5, (fleet, why) -> new Action.Drain(fleet, "i1", why))
                .at(20, (fleet, why) -> new Action.CancelDrain(fleet, "i1", why))
                .at(20, (fleet, why) -> new Action.Drain(fleet, "i2", why))
                .at(25, (fleet, why) -> new Action.Retire(fleet, "i2", why));
        Outcome outcome = run(script, 2);

        assertThat(script.instance(5, "i1").phase()).isEqualTo(Phase.READY);
        assertThat(script.inFlight.get(5)).containsEntry("i1", 1).containsEntry("i2", 1);
        for (int tick = 6; tick <= 20; tick++) {
            assertThat(script.instance(tick, "i1").phase()).isEqualTo(Phase.DRAINING);
            assertThat(script.instance(tick, "i1").sample().prefillTokens()).isZero();
        }
        assertThat(script.inFlight.get(6)).containsEntry("i1", 1);
        assertThat(script.inFlight.get(19)).containsEntry("i1", 0);
        assertThat(script.instance(21, "i1").phase()).isEqualTo(Phase.READY);
        assertThat(script.instance(22, "i1").sample().prefillTokens()).isEqualTo(100);
        assertThat(script.exists(25, "i2")).isTrue();
        assertThat(script.exists(26, "i2")).isFalse();
        assertThat(script.finishedSeconds).hasSize(26);
        assertThat(outcome.gpuHours()).isCloseTo((outcome.simulatedSeconds() + 25) / SECONDS_PER_HOUR, within(1e-9));
    }

    @Test
    void workOfARetiredInstanceBeginsAnewElsewhereAndNothingIsLost() {
        add(4, 0.5, INTERACTIVE, 400, 1000, 1000);
        add(4, 0.5, BATCH, 400, 1000, 1000);
        Scripted script =
                new Scripted(BatchLimits.fixed(2, 4)).at(5, (fleet, why) -> new Action.Retire(fleet, "i1", why));
        Outcome outcome = run(script, 2);

        assertThat(script.inFlight.get(4)).containsEntry("i1", 4).containsEntry("i2", 4);
        assertThat(script.exists(6, "i1")).isFalse();
        assertThat(script.inFlight.get(6)).containsEntry("i2", 4);
        assertThat(script.finishedSeconds).hasSize(8);
        // Four prompts are computed twice, with what they had already yielded.
        assertThat(script.prefillTokens()).isGreaterThan(12 * 400.0);
        assertThat(outcome.interactive().requests()).isEqualTo(4);
        assertThat(outcome.batch().requests()).isEqualTo(4);
        assertThat(outcome.interactive().ttftAttainment()).isEqualTo(1);
        assertThat(outcome.batch().ttftAttainment()).isEqualTo(1);
    }

    /** The last instance takes them with it; they wait for the next one. */
    @Test
    void workOutlivesTheWholeFleet() {
        add(2, 0, INTERACTIVE, 400, 1000, 1000);
        add(2, 0, BATCH, 400, 1000, 1000);
        Scripted script = new Scripted(BatchLimits.fixed(2, 4))
                .at(5, (fleet, why) -> new Action.Retire(fleet, "i1", why))
                .at(50, (fleet, why) -> new Action.Launch(fleet, "b", Pool.MIXED, "default", why));
        run(script, 1);
        assertThat(script.seen.get(40).instances()).isEmpty();
        assertThat(script.inFlight.get(70)).containsEntry("i2", 4);
        assertThat(script.finishedSeconds).hasSize(4);
    }

    /** Four run and are evicted for four that are due first: their KV cache waits on the host and is not computed again. */
    @Test
    void anEvictedRequestGoesOnWhereItsCacheWasSaved() {
        add(4, 0, BATCH, 400, 1000, 3000);
        add(4, 3, BATCH, 400, 800, 100);
        Scripted script = new Scripted(BatchLimits.fixed(2, 4))
                .at(5, (fleet, why) -> new Action.Evict(fleet, "i1", "batch", 4, why));
        Outcome outcome = run(script, 1);

        assertThat(outcome.actions().evict()).isEqualTo(4);
        assertThat(script.instance(5, "i1").sample().savedKvTokens()).isZero();
        assertThat(script.instance(6, "i1").sample().savedKvTokens()).isGreaterThan(4 * 400);
        assertThat(script.inFlight.get(6)).containsEntry("i1", 4);
        int last = script.seen.keySet().stream().reduce(0, Math::max);
        assertThat(script.instance(last, "i1").sample().savedKvTokens()).isZero();
        assertThat(script.finishedSeconds).hasSize(8);
        assertThat(script.prefillTokens()).isEqualTo(8 * 400.0);
        // The pause counts in the ITL of those that were evicted, which end last.
        double served = script.batchItlSeconds.get(0);
        double pausedSeconds = script.finishedSeconds.get(3) - 5;
        assertThat(script.batchItlSeconds.get(7)).isCloseTo(served + pausedSeconds / 999, within(0.1 * served));
    }

    /** Two interactive requests fill an instance that holds eight batch ones: the second pushes off what the first left. */
    @Test
    void interactiveWorkPushesBatchWorkOff() {
        add(8, 0, BATCH, 400, 600, 3000);
        add(2, 5.5, INTERACTIVE, 400, 200, 10);
        int[][] limits = {{2, 2}, {8, 8}};
        Scripted script = new Scripted(BatchLimits.of(limits, limits));
        Outcome outcome = run(script, 1);

        assertThat(script.inFlight.get(5)).containsEntry("i1", 8);
        assertThat(script.inFlight.get(6)).containsEntry("i1", 2);
        assertThat(outcome.actions().evict()).isEqualTo(8);
        assertThat(outcome.interactive().ttftSeconds().p99()).isLessThan(0.5);
        assertThat(script.finishedSeconds).hasSize(10);
        assertThat(script.prefillTokens()).isEqualTo(10 * 400.0);
    }

    @Test
    void aReassignedInstanceServesItsNewClass() {
        add(2, 0.5, BATCH, 100, 50, 1000);
        Scripted script = new Scripted(BatchLimits.fixed(2, 8))
                .at(0, (fleet, why) -> new Action.Reassign(fleet, "i1", Pool.INTERACTIVE, why))
                .at(10, (fleet, why) -> new Action.Reassign(fleet, "i1", Pool.BATCH, why));
        Outcome outcome = run(script, 1);
        assertThat(script.inFlight.get(9)).containsEntry("i1", 0);
        assertThat(script.inFlight.get(10)).containsEntry("i1", 2);
        assertThat(outcome.actions().reassign()).isEqualTo(2);
    }

    @Test
    void whatNeverStartsIsMissedAndEndsTheRunAfterItsDeadline() {
        add(1, 1, INTERACTIVE, 100, 50, 10);
        Scripted script =
                new Scripted(BatchLimits.fixed(2, 8)).at(0, (fleet, why) -> new Action.Retire(fleet, "i1", why));
        Outcome outcome = run(script, 1);
        assertThat(outcome.interactive().requests()).isEqualTo(1);
        assertThat(outcome.interactive().sloAttainment()).isZero();
        assertThat(outcome.batch().sloAttainment()).isNull();
        assertThat(outcome.simulatedSeconds()).isCloseTo(611, within(1.0));
        assertThat(outcome.gpuHours()).isZero();
    }

    private void add(int count, double atSeconds, int tier, int promptTokens, int outputTokens, double deadline) {
        for (int i = 0; i < count; i++) {
            arrivals.add(new Arrival(atSeconds, promptTokens, outputTokens, tier, deadline));
        }
    }

    private Outcome run(Scripted script, int initialInstances) {
        Slo slo = new Slo(Duration.ofSeconds(10), Duration.ofSeconds(2));
        Scenario scenario = new Scenario(
                PROFILE,
                2048,
                List.of(seed -> arrivals.iterator()),
                slo,
                slo,
                initialInstances,
                0,
                10,
                STARTUP_SECONDS,
                1,
                5,
                1);
        return Simulation.run(scenario, script, decision -> {}, (seconds, inSystem) -> {}, script);
    }
}
