package io.chiron.examples.simulator;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
        name = "chiron-simulator",
        mixinStandardHelpOptions = true,
        description = "Simulates a fleet of LLM serving instances under an autoscaling policy.",
        subcommands = {
            RunCommand.class,
            CompareCommand.class,
            LocalCommand.class,
            WaitingCommand.class,
            StudyCommand.class,
            BenchCommand.class,
            CalibrateCommand.class
        })
public final class Main implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    private Main() {}

    /** Without a command: the default comparison. */
    @Override
    public Integer call() {
        CommandLine line = spec == null ? commandLine() : spec.commandLine();
        return Objects.requireNonNull(line.getSubcommands().get("compare"), "compare")
                .execute();
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** All commands; bad input gives exit code 2 and one line on its error stream. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        BadInput.reportedBy(line);
        return line;
    }
}
