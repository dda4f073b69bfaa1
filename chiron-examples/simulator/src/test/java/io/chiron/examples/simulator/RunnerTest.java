package io.chiron.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Slo;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.Sources;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RunnerTest {
    private static final double WANTED = 0.99;
    private static final int MAX = 12;

    /** The bisection starts at the initial size: below the answer, at it, above it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void staticIsTheSmallestFleetThatMeetsTheSlo(long seed) {
        int smallest = 1;
        while (!runner(scenario(seed, 1, MAX), smallest)
                .run("static", decision -> {})
                .meets(WANTED)) {
            smallest++;
        }
        assertThat(smallest).as("smallest by linear search").isBetween(4, 9);
        for (int initial : new int[] {1, 3, 6, 7, 8, MAX}) {
            Outcome found = runner(scenario(seed, initial, MAX), 0).run("static", decision -> {});
            assertThat(found.initialInstances()).as("from %s", initial).isEqualTo(smallest);
            assertThat(found.meets(WANTED)).isTrue();
        }
    }

    @Test
    void staticIsTheLargestFleetWhereNoneMeetsTheSlo() {
        Outcome found = runner(scenario(1, 1, 2), 0).run("static", decision -> {});
        assertThat(found.initialInstances()).isEqualTo(2);
        assertThat(found.meets(WANTED)).isFalse();
    }

    @Test
    void settingsOfThePolicyGoBeforeOptions() {
        Scenario scenario = scenario(1, 1, MAX);
        assertThat(runner(scenario, 2).run("static", decision -> {}).initialInstances())
                .isEqualTo(2);
        assertThat(runner(scenario, 2).run("static:instances=3", decision -> {}).initialInstances())
                .isEqualTo(3);
    }

    private static Runner runner(Scenario scenario, int staticInstances) {
        return new Runner(
                scenario,
                staticInstances,
                0.7,
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }

    /** Half a minute of work for a few instances of the 70B model. */
    private static Scenario scenario(long seed, int initial, int max) {
        return new Scenario(
                Profile.load("llama3-70b_a100-80g_tp4"),
                512,
                List.of(
                        Sources.generated("gamma:rate=45,cv=2,seconds=30", Arrival.INTERACTIVE),
                        Sources.batch("count=400,at=5,deadline=60")),
                new Slo(Duration.ofSeconds(2), Duration.ofMillis(150)),
                new Slo(Duration.ofHours(1), Duration.ofSeconds(2)),
                initial,
                1,
                max,
                20,
                1,
                5,
                seed);
    }
}
