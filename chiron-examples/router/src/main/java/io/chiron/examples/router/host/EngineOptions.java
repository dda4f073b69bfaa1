package io.chiron.examples.router.host;

import io.chiron.api.Checks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How embedded engines are started. Immutable.
 *
 * @param tiny whether the model is the one for tests
 */
public record EngineOptions(Path model, int slots, int contextTokens, boolean tiny) {
    /** What an engine prints before its port. */
    public static final String LISTENING = "engine listens on port ";

    public EngineOptions {
        Checks.inRange("slots", slots, 1, 256);
        Checks.inRange("contextTokens", contextTokens, 64, 8192);
    }

    public int kvCapacityTokens() {
        return slots * contextTokens;
    }

    /** The command line of an engine, with more at its end. */
    public List<String> arguments(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "engine",
                "--with-parent",
                "--port=0",
                "--model=" + model,
                "--slots=" + slots,
                "--context=" + contextTokens));
        if (tiny) {
            arguments.add("--tiny");
        }
        arguments.addAll(List.of(more));
        return arguments;
    }
}
