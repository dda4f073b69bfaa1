package io.chiron.examples.simulator;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.chiron.api.Checks;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.policy.Policies;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.run.Simulation;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.Source;
import io.chiron.examples.simulator.workload.Sources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "waiting",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Compares predicted with actual waits in a long batch queue of a fixed fleet.")
final class WaitingCommand implements Callable<Integer> {
    private static final int MAX_QUEUE = 10_000_000;
    private static final String BATCH_SLO = "ttft=24h,itl=2s";

    @Option(names = "--profile", paramLabel = "ID|FILE", description = "engine timing (default: ${DEFAULT-VALUE})")
    String profile = "llama3-8b_a100-80g_tp1";

    @Option(names = "--instances", paramLabel = "N", description = "size of the fleet (default: ${DEFAULT-VALUE})")
    int instances = 4;

    @Option(
            names = "--queue",
            paramLabel = "N",
            description = "batch requests queued at the start (default: ${DEFAULT-VALUE})")
    int queue = 40_000;

    @Option(
            names = "--interactive",
            paramLabel = "SPEC",
            description = "interactive load beside the queue, as in the command run (default: none)")
    List<String> interactive = new ArrayList<>();

    @Option(names = "--interactive-slo", paramLabel = "ttft=10s,itl=200ms", description = "default: ${DEFAULT-VALUE}")
    String interactiveSlo = "ttft=10s,itl=200ms";

    @Option(
            names = "--lengths",
            paramLabel = "sharegpt|FILE",
            description = "lengths of the batch requests (default: ${DEFAULT-VALUE})")
    String lengths = "sharegpt";

    @Option(names = "--chunk", paramLabel = "TOKENS", description = "token budget of an iteration (default: 2048)")
    int chunkTokens = 2048;

    @Option(names = "--seed", paramLabel = "N", description = "default: 1")
    long seed = 1;

    @Option(names = "--json", paramLabel = "FILE", description = "write the outcome there instead of to stdout")
    @Nullable
    Path json;

    /**
     * The outcome of a run.
     *
     * @param evictionsPerRequest evictions per batch request; each puts a request back into the queue, ahead of others
     * @param drainedSeconds until all work was done
     * @param predictions how the predictions did
     */
    record Report(
            String profile,
            int instances,
            int queue,
            List<String> interactive,
            long seed,
            double evictionsPerRequest,
            double drainedSeconds,
            @JsonUnwrapped WaitingExperiment.Outcome predictions) {}

    @Override
    public Integer call() throws IOException {
        BadInput.writable("--json", json);
        Report report = report();
        if (json == null) {
            System.out.println(Json.text(report));
        } else {
            Json.write(json, report);
            System.out.printf(
                    Locale.ROOT,
                    "R² %.4f over %d predictions%n",
                    report.predictions().r2(),
                    report.predictions().samples());
        }
        return 0;
    }

    Report report() {
        Scenario scenario = scenario();
        WaitingExperiment experiment = new WaitingExperiment(
                scenario.tiers().get(Arrival.BATCH).name(),
                Checks.inRange("--queue", queue, 1, MAX_QUEUE),
                scenario.localPeriodSeconds());
        Outcome outcome = Simulation.run(
                scenario,
                Policies.parse("chiron", instances, 0.7),
                decision -> {},
                (seconds, inSystem) -> {},
                experiment);
        return new Report(
                outcome.profile(),
                instances,
                queue,
                List.copyOf(interactive),
                seed,
                (double) outcome.actions().evict() / queue,
                outcome.simulatedSeconds(),
                experiment.outcome());
    }

    private Scenario scenario() {
        Checks.inRange("--instances", instances, 1, 10_000);
        List<Source> sources = new ArrayList<>();
        for (String spec : interactive) {
            sources.add(Sources.generated(spec, Arrival.INTERACTIVE));
        }
        // A deadline so far away that nothing but the queue's order follows from it.
        sources.add(Sources.batch(
                "count=" + Checks.inRange("--queue", queue, 1, MAX_QUEUE) + ",at=0,deadline=86400,lengths=" + lengths));
        Profile loaded = Profile.load(profile);
        return new Scenario(
                loaded,
                chunkTokens,
                sources,
                ScenarioOptions.slo("--interactive-slo", interactiveSlo, loaded),
                ScenarioOptions.slo("batch SLO", BATCH_SLO, loaded),
                instances,
                instances,
                instances,
                loaded.startup().typicalSeconds(),
                1,
                5,
                seed);
    }
}
