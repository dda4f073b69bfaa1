package io.chiron.examples.simulator.study;

import io.chiron.examples.simulator.policy.Policies;
import io.chiron.examples.simulator.policy.PolicyKind;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.run.Simulation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Runs cells, or finds their outcome in the store. Thread-safe: every run has a scenario and a policy of its own. */
final class Laboratory {
    /** Raise it when what is stored changes its meaning. */
    private static final int FORM = 1;

    private static final double HPA_TARGET = 0.7;

    private final Store store;
    private final Path traces;
    private final Function<List<String>, Scenario> parser;
    private final Fingerprint fingerprint;

    /**
     * A laboratory.
     *
     * @param traces folder of the trace files
     * @param parser makes a scenario of the options of {@code run}
     */
    Laboratory(Store store, Path traces, Function<List<String>, Scenario> parser) {
        this.store = store;
        this.traces = traces;
        this.parser = parser;
        this.fingerprint = Fingerprint.ofThisBuild();
    }

    Store store() {
        return store;
    }

    /** True if the files that a scenario reads are there. */
    boolean canRun(StudyScenario scenario) {
        return !scenario.needsTraces() || Files.isDirectory(traces);
    }

    /** Throws what is wrong with a cell, without a run. */
    void check(Cell cell) {
        scenario(cell.scenario(), cell.seed());
        policy(cell.policy());
    }

    Scenario scenario(StudyScenario scenario, long seed) {
        try {
            return parser.apply(scenario.arguments(traces)).withSeed(seed);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("scenario " + scenario.name() + ": " + e.getMessage(), e);
        }
    }

    /** The policy of a text. */
    static PolicyKind policy(String text) {
        return Policies.parse(text, 1, HPA_TARGET);
    }

    /** The outcome of a cell. */
    Outcome outcome(Cell cell) {
        return store.get(
                settings(cell),
                Outcome.class,
                () -> Simulation.run(
                        scenario(cell.scenario(), cell.seed()),
                        policy(cell.policy()),
                        decision -> {},
                        (seconds, inSystem) -> {},
                        null));
    }

    /** The place of a file that options name. */
    String file(String text) {
        return text.replace(StudyScenario.TRACES, traces.toString());
    }

    boolean isKnown(Cell cell) {
        return store.has(settings(cell));
    }

    private Map<String, Object> settings(Cell cell) {
        Map<String, Object> settings = new TreeMap<>();
        settings.put("form", FORM);
        settings.put("code", fingerprint.of(cell.policy()));
        settings.put("options", cell.scenario().options());
        settings.put("policy", cell.policy());
        settings.put("seed", cell.seed());
        settings.put("traces", sizes(cell.scenario()));
        return settings;
    }

    /** Settings of an experiment of another kind, for the store. */
    Map<String, Object> settings(String kind, StudyScenario scenario, String policy, long seed) {
        Map<String, Object> settings = settings(new Cell(scenario, policy, seed));
        settings.put("code", fingerprint.chiron());
        settings.put("kind", kind);
        return settings;
    }

    /** Sizes of the trace files: another file under the same name is another experiment. */
    private Map<String, Long> sizes(StudyScenario scenario) {
        Map<String, Long> sizes = new TreeMap<>();
        for (String word : scenario.needsTraces() ? scenario.options().split("[\\s,=]+", -1) : new String[0]) {
            if (word.startsWith("{traces}/")) {
                String name = word.substring("{traces}/".length());
                try {
                    sizes.put(name, Files.size(traces.resolve(name)));
                } catch (IOException e) {
                    throw new UncheckedIOException(name + " cannot be read in " + traces, e);
                }
            }
        }
        return sizes;
    }
}
