package io.chiron.examples.simulator;

import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
        name = "chiron-simulator",
        mixinStandardHelpOptions = true,
        description = "Simulates a fleet of LLM serving instances under an autoscaling policy.",
        subcommands = {RunCommand.class, CompareCommand.class})
final class Main implements Runnable {
    private static final int BAD_INPUT = 2;

    @Override
    public void run() {
        System.exit(commandLine().execute("compare"));
    }

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            if (thrown instanceof IllegalArgumentException) {
                command.getErr().println("error: " + thrown.getMessage());
                return BAD_INPUT;
            }
            if (thrown instanceof NoSuchFileException missing) {
                command.getErr().println("error: file " + missing.getMessage() + " does not exist");
                return BAD_INPUT;
            }
            if (thrown instanceof java.io.IOException || thrown instanceof UncheckedIOException) {
                command.getErr().println("error: " + thrown.getMessage());
                return 1;
            }
            throw thrown;
        });
        line.setParameterExceptionHandler((thrown, args) -> {
            thrown.getCommandLine().getErr().println("error: " + thrown.getMessage());
            return BAD_INPUT;
        });
        return line;
    }
}
