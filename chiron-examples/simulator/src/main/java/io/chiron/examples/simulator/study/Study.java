package io.chiron.examples.simulator.study;

import io.chiron.api.Checks;
import io.chiron.examples.simulator.policy.Policies;
import io.chiron.examples.simulator.run.Scenario;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private final PrintStream out;

    /**
     * What is to be done.
     *
     * @param out folder of the results, made if it is not there
     * @param traces folder of the trace files; scenarios that need them are left out if it is not there
     * @param scenarios names or tags; empty for all
     * @param policies names; empty for all
     * @param seeds seeds of the scoreboard
     * @param tuned file of tuned settings; null for what is committed
     * @param threads runs side by side
     */
    public record Options(
            Path out,
            Path traces,
            @Nullable Path tuned,
            List<String> scenarios,
            List<String> policies,
            List<Long> seeds,
            int threads) {
        public Options {
            scenarios = List.copyOf(scenarios);
            policies = policies.isEmpty() ? Policies.NAMES : List.copyOf(policies);
            seeds = List.copyOf(seeds);
            Checks.inRange("--threads", threads, 1, 1024);
        }
    }

    /**
     * A study.
     *
     * @param parser makes a scenario of the options of {@code run}
     */
    public Study(Options options, Function<List<String>, Scenario> parser, PrintStream out, PrintStream progress) {
        this.options = options;
        this.out = out;
        this.laboratory = new Laboratory(new Store(options.out().resolve("runs")), options.traces(), parser);
        this.work = new Work(options.threads(), progress);
    }

    /**
     * Searches settings for all policies that have any, and writes them to the file of tuned settings. What the file says of
     * others stays.
     */
    public Path tune() {
        Path file = options.tuned() == null ? options.out().resolve("tuned.json") : options.tuned();
        ReentrantLock lock = new ReentrantLock();
        Tuner tuner = new Tuner(laboratory, found -> {
            lock.lock();
            try {
                Tuned.read(file).with(found).write(file);
            } finally {
                lock.unlock();
            }
        });
        work.doAll("tune", tuner.units(options.policies(), Catalog.load().select(options.scenarios())));
        return file;
    }

    /** Runs what is missing, and writes the results. */
    public void run() throws IOException {
        Scoreboard scoreboard = new Scoreboard(
                laboratory,
                options.tuned() == null ? Tuned.load() : Tuned.read(options.tuned()),
                Catalog.load().select(options.scenarios()),
                options.policies(),
                options.seeds());
        work.doAll("scoreboard", scoreboard.units());
        List<Row> rows = scoreboard.rows();
        List<Bars.Result> bars = Bars.results(rows);
        out.println(Texts.scoreboard(rows));
        out.println();
        out.println(Texts.bars(bars));
        Files.writeString(
                options.out().resolve("scoreboard.json"),
                Store.MAPPER.writeValueAsString(Map.of("rows", rows, "bars", bars)));
    }
}
