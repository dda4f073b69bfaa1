package io.chiron.examples.simulator.study;

import io.chiron.api.Checks;
import io.chiron.examples.simulator.run.Scenario;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All experiments, from runs to report. */
public final class Study {
    /** Seeds that nothing was tuned on. */
    public static final List<Long> FRESH_SEEDS = List.of(11L, 12L, 13L);

    private final Options options;
    private final Laboratory laboratory;
    private final Work work;
    private final Waits.Measure waits;
    private final PrintStream out;

    /** Names of the experiments. */
    public static final List<String> EXPERIMENTS = Experiments.IDS;

    /**
     * What is to be done.
     *
     * @param out folder of the results, made if it is not there
     * @param traces folder of the trace files; scenarios that need them are left out if it is not there
     * @param tuned file of tuned settings; null for what is committed
     * @param quick few scenarios and short runs
     * @param only names of experiments; empty for all
     * @param scenarios names or tags of the scoreboard; empty for all
     * @param policies names; empty for all
     * @param seeds seeds of the scoreboard; the other experiments use the first
     * @param threads runs side by side
     */
    public record Options(
            Path out,
            Path traces,
            @Nullable Path tuned,
            boolean quick,
            List<String> only,
            List<String> scenarios,
            List<String> policies,
            List<Long> seeds,
            int threads) {
        public Options {
            only = List.copyOf(only);
            scenarios = List.copyOf(scenarios);
            policies = List.copyOf(policies);
            seeds = List.copyOf(seeds);
            Checks.inRange("--threads", threads, 1, 1024);
            for (String each : only) {
                if (!EXPERIMENTS.contains(each)) {
                    throw Checks.outOfRange("--only", each, String.join(", ", EXPERIMENTS));
                }
            }
            if (seeds.isEmpty()) {
                throw Checks.outOfRange("--seeds", seeds, "at least one number");
            }
        }

        /** Of a list of policies, what was asked for; all if nothing was. */
        List<String> chosen(List<String> all) {
            return policies.isEmpty()
                    ? all
                    : all.stream()
                            .filter(each -> policies.contains(each.split(":", 2)[0]))
                            .toList();
        }
    }

    /**
     * A study.
     *
     * @param parser makes a scenario of the options of {@code run}
     * @param waits compares waits with their prediction
     */
    public Study(
            Options options,
            Function<List<String>, Scenario> parser,
            Waits.Measure waits,
            PrintStream out,
            PrintStream progress) {
        // Charts are drawn where there is no screen.
        System.setProperty("java.awt.headless", "true");
        this.waits = waits;
        this.options = options;
        this.out = out;
        this.laboratory = new Laboratory(new Store(options.out().resolve("runs")), options.traces(), parser);
        this.work = new Work(options.threads(), progress);
    }

    /**
     * Searches settings for all policies that have any, and writes them to the file of tuned settings. What the file says of
     * others stays, and what it says of these too where it still holds.
     */
    public Path tune() {
        Path file = options.tuned() == null ? options.out().resolve("tuned.json") : options.tuned();
        ReentrantLock lock = new ReentrantLock();
        Tuned known = Files.exists(file) ? Tuned.read(file) : Tuned.of(Map.of());
        Tuner tuner = new Tuner(laboratory, known, found -> {
            lock.lock();
            try {
                Tuned before = Files.exists(file) ? Tuned.read(file) : known;
                before.with(found).write(file);
            } finally {
                lock.unlock();
            }
        });
        work.doAll(
                "tune",
                tuner.units(
                        options.policies().isEmpty() ? Knobs.policies() : options.policies(),
                        Catalog.load().select(options.scenarios())));
        return file;
    }

    /** Runs what is missing, and writes the results. */
    public void run() throws IOException {
        Tuned tuned = options.tuned() == null ? Tuned.load() : Tuned.read(options.tuned());
        List<Experiment> experiments = new Experiments(laboratory, tuned, options, waits).chosen();
        List<Work.Unit> units = new ArrayList<>();
        for (Experiment each : experiments) {
            units.addAll(each.units());
        }
        List<String> notes = notes();
        notes.forEach(out::println);
        work.doAll("study", units);
        List<Section> sections = new ArrayList<>();
        for (Experiment each : experiments) {
            Section section = each.section();
            sections.add(section);
            write(section);
        }
        Path report = options.out().resolve("report.html");
        Files.writeString(report, Report.page(sections, notes, command(), seeds()));
        out.println("report: " + report);
    }

    /** The raw results of an experiment, its charts, and the scoreboard on the terminal. */
    private void write(Section section) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("experiment", section.id());
        json.put("settings", section.settings());
        json.put("tables", section.grids());
        json.put("rows", section.rows());
        json.put("beaten", Front.beaten(section.rows()));
        if (section.id().equals("scoreboard")) {
            List<Bars.Result> bars = Bars.results(section.rows());
            json.put("bars", bars);
            out.println(Texts.scoreboard(section.rows()));
            out.println();
            out.println(Texts.bars(bars));
        }
        Files.writeString(options.out().resolve(section.id() + ".json"), Store.MAPPER.writeValueAsString(json));
        for (Section.Figure figure : section.figures()) {
            Charts.png(figure.chart(), options.out().resolve(figure.name() + ".png"));
        }
    }

    /** What a reader must know of this study. */
    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (options.quick()) {
            notes.add("A quick look: few scenarios, short runs, one seed.");
        }
        if (!Files.isDirectory(options.traces())) {
            notes.add("Without traces, which are not in " + options.traces() + ".");
        }
        return notes;
    }

    /** Those of the scoreboard. */
    private List<Long> seeds() {
        return options.quick() ? options.seeds().subList(0, 1) : options.seeds();
    }

    private String command() {
        return "java -jar chiron-simulator.jar study --out DIR --traces TRACES"
                + (options.quick() ? " --quick" : "")
                + " --seeds "
                + String.join(",", seeds().stream().map(String::valueOf).toList());
    }
}
