package io.chiron.examples.simulator.study;

import com.fasterxml.jackson.core.type.TypeReference;
import io.chiron.api.Checks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a search found for policies, by policy and then by scenario, or by kind where a scenario has none of
 * its own.
 */
final class Tuned {
    private static final String RESOURCE = "/study/tuned.json";

    private final Map<String, Map<String, Choice>> choices;

    private Tuned(Map<String, Map<String, Choice>> choices) {
        this.choices = choices;
    }

    /**
     * The best settings found.
     *
     * @param settings as after the name of a policy; empty for the defaults
     * @param meets true if both classes met 99.3 %
     * @param gpuHours what they cost in the search
     * @param attainment of the worse class
     * @param edge knobs whose best value is the last of its grid
     */
    record Choice(String settings, boolean meets, double gpuHours, double attainment, List<String> edge) {}

    /** What is committed. */
    static Tuned load() {
        try (InputStream in = Tuned.class.getResourceAsStream(RESOURCE)) {
            return in == null
                    ? new Tuned(Map.of())
                    : new Tuned(Store.MAPPER.readValue(in, new TypeReference<Map<String, Map<String, Choice>>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** What a file says. */
    static Tuned read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw Checks.outOfRange("--tuned", file, "a file that study --tune has written");
        }
        try {
            return new Tuned(
                    Store.MAPPER.readValue(file.toFile(), new TypeReference<Map<String, Map<String, Choice>>>() {}));
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    void write(Path file) {
        try {
            Files.writeString(file, Store.MAPPER.writeValueAsString(choices) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    static Tuned of(Map<String, Map<String, Choice>> choices) {
        return new Tuned(choices);
    }

    /** The same with what {@code newer} says in place of what it says. */
    Tuned with(Tuned newer) {
        Map<String, Map<String, Choice>> merged = new TreeMap<>();
        choices.forEach((policy, by) -> merged.put(policy, new TreeMap<>(by)));
        newer.choices.forEach((policy, by) ->
                merged.computeIfAbsent(policy, p -> new TreeMap<>()).putAll(by));
        return new Tuned(merged);
    }

    Map<String, Map<String, Choice>> choices() {
        return choices;
    }

    /** What was found for a policy on one scenario; null if it was not searched. */
    @Nullable
    Choice choice(String policy, String scenario) {
        return choices.getOrDefault(policy, Map.of()).get(scenario);
    }

    /** The policy with the settings that suit a scenario best, as far as they are known; null if nothing is known. */
    @Nullable
    String policy(String name, StudyScenario scenario) {
        Map<String, Choice> by = choices.getOrDefault(name, Map.of());
        Choice choice = by.getOrDefault(scenario.base(), by.get(scenario.kind()));
        if (choice == null) {
            return null;
        }
        return choice.settings().isEmpty() ? name : name + ":" + choice.settings();
    }
}
