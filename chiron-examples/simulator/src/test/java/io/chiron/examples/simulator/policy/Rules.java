package io.chiron.examples.simulator.policy;

import io.chiron.api.Slo;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Source;
import io.chiron.examples.simulator.workload.Sources;
import java.time.Duration;
import java.util.List;

/** Rules of rivals for tests, on a scenario that is small enough to run in a second. */
final class Rules {
    static final int MAX_INSTANCES = 8;

    private Rules() {}

    /** Four minutes of interactive work that two instances bear, with a burst of batch work that they do not. */
    static Scenario scenario() {
        return scenario(
                Sources.generated("gamma:rate=20,cv=2,seconds=240", 0), Sources.batch("count=1500,at=60,deadline=240"));
    }

    static Scenario scenario(Source... sources) {
        return scenario(MAX_INSTANCES, sources);
    }

    private static Scenario scenario(int maxInstances, Source... sources) {
        return new Scenario(
                Profile.load("llama3-8b_a100-80g_tp1"),
                2048,
                List.of(sources),
                new Slo(Duration.ofSeconds(10), Duration.ofMillis(200)),
                new Slo(Duration.ofHours(1), Duration.ofSeconds(2)),
                2,
                1,
                maxInstances,
                20,
                1,
                5,
                7);
    }

    /** The rule of a policy's text, with a quota that no test reaches. */
    static Rival.Rule of(String text) {
        Scenario scenario = scenario(1000, Sources.generated("gamma:rate=20,cv=1,seconds=60", 0));
        return ((Rival) Policies.parse(text, 2, 0.7)).rule().apply(scenario);
    }
}
