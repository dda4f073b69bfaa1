package io.chiron.examples.simulator;

import io.chiron.examples.simulator.page.RunPage;
import io.chiron.examples.simulator.page.RunRecorder;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Scenario;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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

    @Option(names = "--html", paramLabel = "FILE", description = "write the run as a page to look at")
    @Nullable
    Path html;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        BadInput.writable("--json", json);
        BadInput.writable("--decisions", decisions);
        BadInput.writable("--html", html);
        Scenario scenario = options.scenario();
        Runner runner = new Runner(scenario, options.staticInstances(), options.hpaTarget(), System.err);
        runner.check(policy);
        RunRecorder recorder = html == null ? null : new RunRecorder(scenario);
        Outcome outcome;
        try (DecisionLog log = new DecisionLog(decisions)) {
            outcome = runner.run(policy, recorder == null ? log : log.andThen(recorder), recorder);
        }
        if (html != null && recorder != null) {
            RunPage.write(html, recorder, outcome, options.workload(), command());
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

    /** What was typed, quoted for a shell where it has to be. */
    private String command() {
        List<String> words = spec == null
                ? List.of()
                : spec.root().commandLine().getParseResult().originalArgs();
        return "java -jar chiron-simulator.jar "
                + words.stream()
                        .map(word -> word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'")
                        .collect(Collectors.joining(" "));
    }
}
