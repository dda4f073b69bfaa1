package io.chiron.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Slo;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.policy.Policies;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.run.Simulation;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.Source;
import io.chiron.examples.simulator.workload.Sources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What Chiron is for, on short runs; the full ones are run by hand. */
class AcceptanceTest {
    private static final double SHARE = 0.99;
    private static final double EFFICIENCY = 0.75;
    private static final double COST = 0.75;
    private static final double HPA_DEFAULT_TARGET = 0.7;

    /** A quarter of an hour of what {@code compare} runs without options. */
    @Test
    void theDefaultScenario() {
        check(
                List.of(
                        Sources.generated("gamma:rate=60,cv=4,seconds=900", Arrival.INTERACTIVE),
                        Sources.batch("count=10000,at=300,deadline=900")),
                "hpa-kv:target=0.2");
    }

    /** A recorded conversation service at a quarter of the load of the full run, where it is there, and a batch job. */
    @Test
    void aConversationTrace() {
        check(
                List.of(
                        Sources.trace(shared("traces/azure-conv-2023.csv.gz"), 4),
                        Sources.batch("count=7500,at=300,deadline=1800")),
                "hpa-kv:target=0.1");
    }

    /**
     * Chiron meets the SLOs of both classes and uses most of what it pays. Kubernetes' autoscaler at its usual target misses
     * them or pays more; where its target is low enough for the load it pays much more.
     */
    private static void check(List<Source> sources, String tunedHpa) {
        Outcome chiron = run("chiron", sources);
        assertThat(chiron.interactive().sloAttainment()).as("interactive").isGreaterThanOrEqualTo(SHARE);
        assertThat(chiron.batch().sloAttainment()).as("batch").isGreaterThanOrEqualTo(SHARE);
        assertThat(chiron.gpuEfficiency()).isGreaterThan(EFFICIENCY);
        Outcome hpa = run("hpa-kv", sources);
        assertThat(hpa.meets(SHARE) && hpa.gpuHours() <= chiron.gpuHours())
                .as("%s beside %s", hpa, chiron)
                .isFalse();
        Outcome tuned = run(tunedHpa, sources);
        assertThat(tuned.meets(SHARE)).as("%s", tuned).isTrue();
        assertThat(chiron.gpuHours()).isLessThan(COST * tuned.gpuHours());
    }

    private static Outcome run(String policy, List<Source> sources) {
        Profile profile = Profile.load("llama3-8b_a100-80g_tp1");
        Scenario scenario = new Scenario(
                profile,
                2048,
                sources,
                new Slo(Duration.ofSeconds(10), Duration.ofMillis(200)),
                new Slo(Duration.ofHours(1), Duration.ofSeconds(2)),
                0,
                1,
                100,
                profile.startup().typicalSeconds(),
                1,
                5,
                1);
        return Simulation.run(
                scenario,
                Policies.parse(policy, 1, HPA_DEFAULT_TARGET),
                decision -> {},
                (seconds, inSystem) -> {},
                null);
    }

    /** Measurements that lie beside the repository on machines that have them. */
    private static Path shared(String path) {
        for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
            Path candidate = dir.resolve("shared").resolve(path);
            if (Files.exists(candidate)) {
                return candidate;
            }
        }
        return Assumptions.abort("no shared/" + path + " above " + Path.of("").toAbsolutePath());
    }
}
