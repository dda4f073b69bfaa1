package io.chiron.examples.simulator.study;

import io.chiron.examples.simulator.run.ClassOutcome;
import io.chiron.examples.simulator.run.ClassOutcome.Quantiles;
import io.chiron.examples.simulator.run.Outcome;
import java.util.List;

/** Outcomes for tests. */
final class Rows {
    private static final Quantiles NONE = new Quantiles(null, null, null);

    private Rows() {}

    static StudyScenario scenario(String name, String... tags) {
        return new StudyScenario(name, List.of(tags), "--interactive gamma:rate=20,seconds=60");
    }

    static Outcome outcome(double interactive, Double batch, double gpuHours) {
        return new Outcome(
                "p",
                "llama3-8b_a100-80g_tp1",
                1,
                new ClassOutcome(1000, interactive, interactive, interactive, NONE, NONE),
                new ClassOutcome(batch == null ? 0 : 1000, batch, batch, batch, NONE, NONE),
                gpuHours,
                1,
                1 / gpuHours,
                1,
                1,
                1,
                new Outcome.Actions(0, 0, 0, 0, 0, 0),
                null,
                3600,
                1);
    }

    static Row row(StudyScenario scenario, String policy, long seed, double interactive, Double batch, double hours) {
        return new Row(scenario, policy, policy, seed, outcome(interactive, batch, hours));
    }
}
