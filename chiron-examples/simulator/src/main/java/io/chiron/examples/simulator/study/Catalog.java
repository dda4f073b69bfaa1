package io.chiron.examples.simulator.study;

import com.fasterxml.jackson.core.type.TypeReference;
import io.chiron.api.Checks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The committed scenarios. */
final class Catalog {
    private static final String RESOURCE = "/study/scenarios.json";

    private final List<StudyScenario> all;

    private Catalog(List<StudyScenario> all) {
        this.all = List.copyOf(all);
    }

    static Catalog load() {
        try (InputStream in = Objects.requireNonNull(Catalog.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return new Catalog(Store.MAPPER.readValue(in, new TypeReference<List<StudyScenario>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + " cannot be read: " + e.getMessage(), e);
        }
    }

    List<StudyScenario> all() {
        return all;
    }

    /**
     * Those that have one of the names or all tags of one of the {@code a+b} combinations; all if nothing is named.
     *
     * @throws IllegalArgumentException if a word selects nothing
     */
    List<StudyScenario> select(List<String> words) {
        if (words.isEmpty()) {
            return all;
        }
        Set<StudyScenario> selected = new LinkedHashSet<>();
        for (String word : words) {
            List<String> tags = List.of(word.split("\\+", -1));
            List<StudyScenario> found = all.stream()
                    .filter(each -> each.name().equals(word) || each.tags().containsAll(tags))
                    .toList();
            if (found.isEmpty()) {
                throw Checks.outOfRange(
                        "--scenarios",
                        word,
                        "a tag, tags joined by +, or one of "
                                + String.join(
                                        ", ",
                                        all.stream().map(StudyScenario::name).toList()));
            }
            selected.addAll(found);
        }
        return all.stream().filter(selected::contains).toList();
    }
}
