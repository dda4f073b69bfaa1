package io.chiron.examples.simulator;

import io.chiron.examples.simulator.policy.Policies;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.run.Simulation;
import io.chiron.examples.simulator.study.Study;
import io.chiron.examples.simulator.study.Waits;
import io.chiron.examples.simulator.workload.Arrival;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs every policy on the committed scenarios. What is in OUT already is not run again.")
final class StudyCommand implements Callable<Integer> {
    @Option(names = "--out", paramLabel = "DIR", required = true, description = "folder of the results")
    Path out = Path.of("study");

    @Option(
            names = "--traces",
            paramLabel = "DIR",
            description = "folder of the trace files; without it, no traces (default: ${DEFAULT-VALUE})")
    Path traces = Path.of("traces");

    @Option(names = "--quick", description = "few scenarios and short runs: minutes")
    boolean quick;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "EXPERIMENT,..",
            description =
                    "batch-size, convergence, interactive, batch, waiting, lead, spikes, actions, traces, faults, "
                            + "scoreboard (default: all)")
    List<String> only = List.of();

    @Option(
            names = "--scenarios",
            split = ",",
            paramLabel = "NAME|TAG[+TAG]",
            description = "of the scoreboard (default: all)")
    List<String> scenarios = List.of();

    @Option(names = "--policies", split = ",", paramLabel = "P1,P2,..", description = "default: all")
    List<String> policies = List.of();

    @Option(names = "--seeds", split = ",", paramLabel = "N,..", description = "default: ${DEFAULT-VALUE}")
    List<Long> seeds = Study.FRESH_SEEDS;

    @Option(
            names = "--tune",
            description = "only search settings for the rivals that have any; hours without --scenarios and --policies")
    boolean tune;

    @Option(
            names = "--tuned",
            paramLabel = "FILE",
            description = "tuned settings, read and with --tune written (default: what comes with the program)")
    @Nullable
    Path tuned;

    @Option(names = "--threads", paramLabel = "N", description = "runs side by side (default: one per processor)")
    @Nullable
    Integer threads;

    @Override
    public Integer call() throws IOException {
        int side = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        var options = new Study.Options(out, traces, tuned, quick, only, scenarios, policies, seeds, side);
        Study study = new Study(options, StudyCommand::scenario, StudyCommand::waits, System.out, System.err);
        if (tune) {
            System.out.println("tuned settings: " + study.tune());
            return 0;
        }
        study.run();
        return 0;
    }

    private static Waits.Result waits(Scenario scenario, int queue) {
        WaitingExperiment experiment =
                new WaitingExperiment(scenario.tiers().get(Arrival.BATCH).name(), queue, scenario.localPeriodSeconds());
        Simulation.run(
                scenario,
                Policies.parse("chiron", scenario.maxInstances(), 0.7),
                decision -> {},
                (seconds, inSystem) -> {},
                experiment);
        WaitingExperiment.Outcome outcome = experiment.outcome();
        return new Waits.Result(
                outcome.samples(),
                outcome.r2(),
                outcome.bands().stream()
                        .map(each -> new Waits.Band(
                                each.position(),
                                each.samples(),
                                each.meanAbsoluteError(),
                                each.bias(),
                                each.coverage90()))
                        .toList());
    }

    /** The scenario that options of {@code run} describe. */
    static Scenario scenario(List<String> words) {
        ScenarioOptions options = new ScenarioOptions();
        try {
            new CommandLine(options).parseArgs(words.toArray(String[]::new));
        } catch (ParameterException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return options.scenario();
    }
}
