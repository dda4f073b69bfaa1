package io.chiron.examples.simulator.study;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A named experiment.
 *
 * @param name short and unique
 * @param tags what it is of: W_A, W_B, tight, diurnal, trace; 8b, 70b; and what bars are set for
 * @param options as on the command line of {@code run}; {@code {traces}} stands for the folder of trace files
 */
@JsonPropertyOrder({"name", "tags", "options"})
record StudyScenario(String name, List<String> tags, String options) {
    /** Stands for the folder of trace files. */
    static final String TRACES = "{traces}";

    private static final String P8 = "--profile llama3-8b_a100-80g_tp1 ";
    private static final String P70 = "--profile llama3-70b_a100-80g_tp4 --chunk 512 ";

    StudyScenario {
        tags = List.copyOf(tags);
    }

    /** One of an experiment's grid; {@code model} is 8b or 70b. */
    static StudyScenario of(String name, String tag, String model, String text) {
        return new StudyScenario(name, List.of(tag, model), (model.equals("8b") ? P8 : P70) + text);
    }

    boolean is(String tag) {
        return tags.contains(tag);
    }

    /** Its name, or that of the scenario it was made of by {@link #with}. */
    String base() {
        return name.split(" ", 2)[0];
    }

    /** The first two tags, joined by +: scenarios of one kind are alike enough to share settings. */
    String kind() {
        return String.join("+", tags.subList(0, Math.min(2, tags.size())));
    }

    /** True if it reads a file from the folder of traces. */
    boolean needsTraces() {
        return options.contains(TRACES);
    }

    /** The words of the command line. */
    List<String> arguments(Path traces) {
        List<String> words = new ArrayList<>();
        for (String word : options.strip().split("\\s+", -1)) {
            words.add(word.replace(TRACES, traces.toString()));
        }
        return words;
    }

    /** The same with more options; {@code suffix} begins with a blank. */
    StudyScenario with(String suffix, String moreOptions) {
        return new StudyScenario(name + suffix, tags, options + " " + moreOptions);
    }
}
