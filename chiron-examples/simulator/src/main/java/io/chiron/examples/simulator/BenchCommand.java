package io.chiron.examples.simulator;

import io.chiron.api.Checks;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.policy.Policies;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.Sources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures the speed of the simulator, by default with 20 busy instances.")
final class BenchCommand implements Callable<Integer> {
    @Option(names = "--profile", paramLabel = "ID|FILE", description = "engine timing (default: ${DEFAULT-VALUE})")
    String profile = "llama3-8b_a100-80g_tp1";

    @Option(
            names = "--policy",
            paramLabel = "NAME[:key=value;..]",
            description = "as in the command run (default: ${DEFAULT-VALUE})")
    String policy = "static";

    @Option(
            names = "--instances",
            paramLabel = "N",
            description = "instances of static; what others start with (default: ${DEFAULT-VALUE})")
    int instances = 20;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "requests per second of ShareGPT-like lengths (default: ${DEFAULT-VALUE}, which fills 20 8B "
                    + "instances on A100 to 95 %%)")
    double rate = 270;

    @Option(names = "--seconds", paramLabel = "S", description = "simulated time (default: ${DEFAULT-VALUE})")
    double seconds = 1800;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "runs, of which the fastest counts (default: ${DEFAULT-VALUE})")
    int runs = 5;

    @Option(names = "--seed", paramLabel = "N", description = "default: 1")
    long seed = 1;

    @Option(names = "--json", paramLabel = "FILE", description = "write the report there instead of to stdout")
    @Nullable
    Path json;

    @Override
    public Integer call() throws IOException {
        BadInput.writable("--json", json);
        Bench.Report report = report();
        if (json == null) {
            System.out.println(Json.text(report));
        } else {
            Json.write(json, report);
        }
        return 0;
    }

    Bench.Report report() {
        Checks.inRange("--instances", instances, 1, Policies.MAX_STATIC_INSTANCES);
        Checks.inRange("--rate", rate, 1e-3, 1e5);
        Checks.inRange("--seconds", seconds, 10, 1e7);
        Checks.inRange("--runs", runs, 1, 1000);
        Profile loaded = Profile.load(profile);
        Scenario scenario = new Scenario(
                loaded,
                2048,
                List.of(Sources.generated("gamma:rate=" + rate + ",cv=1,seconds=" + seconds, Arrival.INTERACTIVE)),
                ScenarioOptions.slo("--interactive-slo", "ttft=10s,itl=200ms", loaded),
                ScenarioOptions.slo("--batch-slo", "ttft=1h,itl=2s", loaded),
                instances,
                1,
                Math.max(100, instances),
                loaded.startup().typicalSeconds(),
                1,
                5,
                seed);
        return Bench.run(scenario, Policies.parse(policy, instances, 0.7), seconds, runs);
    }
}
