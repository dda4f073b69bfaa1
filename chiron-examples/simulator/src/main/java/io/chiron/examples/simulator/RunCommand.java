package io.chiron.examples.simulator;

import io.chiron.examples.simulator.run.Outcome;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs one policy on one workload.")
final class RunCommand implements Callable<Integer> {
    @Option(
            names = "--policy",
            paramLabel = "NAME[:key=value;..]",
            description = "chiron, chiron-paper, hpa-kv, static (default: chiron)")
    String policy = "chiron";

    @Mixin
    ScenarioOptions options = new ScenarioOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "write the outcome there instead of to stdout")
    @Nullable
    Path json;

    @Option(names = "--decisions", paramLabel = "FILE.jsonl", description = "write one JSON line per decision")
    @Nullable
    Path decisions;

    @Override
    public Integer call() throws IOException {
        BadInput.writable("--json", json);
        BadInput.writable("--decisions", decisions);
        Runner runner = new Runner(options, System.err);
        runner.check(policy);
        Outcome outcome;
        try (DecisionLog log = new DecisionLog(decisions)) {
            outcome = runner.run(policy, log);
        }
        PrintStream out = System.out;
        if (json == null) {
            out.println(Json.text(outcome));
        } else {
            Json.write(json, outcome);
            out.println(Table.of(List.of(outcome)));
        }
        return 0;
    }
}
