package io.chiron.examples.router;

import io.chiron.api.Checks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** What a command line cannot be run with: one line on stderr that names the field, its value and what is allowed. */
final class BadInput {
    private static final int EXIT_CODE = 2;
    private static final int IO_EXIT_CODE = 1;

    private BadInput() {}

    /** Shows errors that way, in every command of {@code line}. */
    static void reportedBy(CommandLine line) {
        line.setParameterExceptionHandler(
                (thrown, args) -> report(thrown.getCommandLine(), message(thrown), EXIT_CODE));
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            if (thrown instanceof IllegalArgumentException) {
                return report(command, thrown.getMessage(), EXIT_CODE);
            }
            if (thrown instanceof IOException || thrown instanceof UncheckedIOException) {
                return report(command, thrown.getMessage(), IO_EXIT_CODE);
            }
            throw thrown;
        });
    }

    private static int report(CommandLine command, @Nullable String message, int exitCode) {
        String line = message == null ? "no message" : message.strip().replaceAll("\\R\\s*", " ");
        command.getErr().println("error: " + line);
        return exitCode;
    }

    /** What picocli says, except that a value of the wrong type is reported like any other value out of range. */
    private static @Nullable String message(ParameterException thrown) {
        return thrown.getArgSpec() instanceof OptionSpec option && thrown.getValue() != null
                ? Checks.outOfRange(option.longestName(), thrown.getValue(), allowed(option))
                        .getMessage()
                : thrown.getMessage();
    }

    private static String allowed(ArgSpec option) {
        Class<?> type = option.auxiliaryTypes()[0];
        if (type == double.class || type == Double.class) {
            return "a number";
        }
        return type == Path.class ? "a path" : "a whole number of " + (type == long.class ? 64 : 32) + " bits";
    }
}
