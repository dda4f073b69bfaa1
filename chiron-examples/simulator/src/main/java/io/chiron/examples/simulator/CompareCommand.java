package io.chiron.examples.simulator;

import io.chiron.examples.simulator.run.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs several policies on one workload and prints a table.")
final class CompareCommand implements Callable<Integer> {
    @Option(
            names = "--policies",
            split = ",",
            paramLabel = "P1,P2,..",
            description = "default: chiron,chiron-paper,hpa-kv,static")
    List<String> policies = List.of("chiron", "chiron-paper", "hpa-kv", "static");

    @Mixin
    ScenarioOptions options = new ScenarioOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "write the outcomes there too")
    @Nullable
    Path json;

    @Override
    public Integer call() throws IOException {
        BadInput.writable("--json", json);
        Runner runner = new Runner(options, System.err);
        policies.forEach(runner::check);
        List<Outcome> outcomes = new ArrayList<>();
        for (String policy : policies) {
            outcomes.add(runner.run(policy, decision -> {}));
        }
        System.out.println(Table.of(outcomes));
        if (json != null) {
            Json.write(json, outcomes);
        }
        return 0;
    }
}
