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
            BenchCommand.class
