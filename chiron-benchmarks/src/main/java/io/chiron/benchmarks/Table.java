package io.chiron.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** Results of a run as a Markdown table, each of Chiron beside its references. */
final class Table {
    private static final String HEADER = """
            | what | case | threads | Chiron, ns | reference | its time, ns | ratio | Chiron allocates, bytes |
            |---|---|---|---|---|---|---|---|
            """;

    private final Collection<RunResult> results;

    Table(Collection<RunResult> results) {
        this.results = results;
    }

    /** The rows of a comparison, then its target and how time grows with the size. */
    String of(Comparison comparison) {
        StringBuilder text = new StringBuilder(HEADER);
        List<RunResult> subjects = all(comparison.benchmark(comparison.subject()));
        for (RunResult subject : subjects) {
            for (String reference : comparison.references()) {
                for (RunResult beside : all(comparison.benchmark(reference))) {
                    if (describe(beside.getParams()).equals(describe(subject.getParams()))
                            && beside.getParams().getThreads()
                                    == subject.getParams().getThreads()) {
                        text.append(row(comparison, subject, reference, beside));
                    }
                }
            }
        }
        text.append("\nTarget: ").append(comparison.target()).append(".\n");
        for (String growth : growth(subjects)) {
            text.append(growth).append('\n');
        }
        return text.toString();
    }

    private static String row(Comparison comparison, RunResult subject, String reference, RunResult beside) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %s | %s | %s | %s | %s |%n",
                comparison.name(),
                describe(subject.getParams()),
                subject.getParams().getThreads(),
                time(subject),
                reference,
                time(beside),
                ratio(subject.getPrimaryResult(), beside.getPrimaryResult()),
                allocated(subject));
    }

    /** With the error that follows from those of the two times, taken as independent. */
    private static String ratio(Result<?> subject, Result<?> beside) {
        double ratio = subject.getScore() / beside.getScore();
        double error = ratio
                * StrictMath.hypot(
                        subject.getScoreError() / subject.getScore(), beside.getScoreError() / beside.getScore());
        return Double.isNaN(error)
                ? String.format(Locale.ROOT, "%.3f", ratio)
                : String.format(Locale.ROOT, "%.3f ± %.3f", ratio, error);
    }

    /** Between the smallest and the largest size: the exponent k of time ~ size^k, for each case and number of threads. */
    private static List<String> growth(List<RunResult> subjects) {
        List<String> lines = new ArrayList<>();
        for (RunResult least : subjects) {
            RunResult most = least;
            for (RunResult other : subjects) {
                if (alike(least, other)) {
                    if (size(other) < size(least)) {
                        most = least;
                        break;
                    }
                    most = size(other) > size(most) ? other : most;
                }
            }
            if (most != least) {
                double times = most.getPrimaryResult().getScore()
                        / least.getPrimaryResult().getScore();
                lines.add(String.format(
                        Locale.ROOT,
                        "Growth from %s to %s, %d threads: %.2f times, exponent %.3f, %.2f times the logarithm's.",
                        describe(least.getParams()),
                        describe(most.getParams()),
                        least.getParams().getThreads(),
                        times,
                        StrictMath.log(times) / StrictMath.log(size(most) / size(least)),
                        times / (StrictMath.log(size(most)) / StrictMath.log(size(least)))));
            }
        }
        return lines;
    }

    /** True if nothing but the size tells them apart. */
    private static boolean alike(RunResult one, RunResult other) {
        return one.getParams().getThreads() == other.getParams().getThreads()
                && deadlines(one).equals(deadlines(other));
    }

    private static String deadlines(RunResult result) {
        String value = result.getParams().getParam("deadlines");
        return value == null ? "" : value;
    }

    private static double size(RunResult result) {
        BenchmarkParams params = result.getParams();
        String size = params.getParam("instances") == null ? params.getParam("queued") : params.getParam("instances");
        return size == null ? Double.NaN : Double.parseDouble(size);
    }

    private List<RunResult> all(String benchmark) {
        return results.stream()
                .filter(result -> result.getParams().getBenchmark().equals(benchmark))
                .toList();
    }

    private static String describe(BenchmarkParams params) {
        List<String> values = new ArrayList<>();
        for (String key : params.getParamsKeys()) {
            values.add(key + " " + params.getParam(key));
        }
        return String.join(", ", values);
    }

    private static String time(RunResult result) {
        Result<?> primary = result.getPrimaryResult();
        double perOperation = primary.getScore() / batch(result);
        double error = primary.getScoreError() / batch(result);
        return Double.isNaN(error)
                ? String.format(Locale.ROOT, "%,.0f", perOperation)
                : String.format(Locale.ROOT, "%,.0f ± %,.0f", perOperation, error);
    }

    /** A single shot is timed as a whole. */
    private static int batch(RunResult result) {
        return result.getParams().getMeasurement().getBatchSize();
    }

    private static String allocated(RunResult result) {
        Result<?> own = result.getSecondaryResults().get("allocatedBytes");
        Result<?> ticks = result.getSecondaryResults().get("ticks");
        if (own != null && ticks != null) {
            return String.format(Locale.ROOT, "%,.0f", own.getScore() / ticks.getScore());
        }
        for (String name : result.getSecondaryResults().keySet()) {
            if (name.endsWith("gc.alloc.rate.norm")) {
                return String.format(
                        Locale.ROOT,
                        "%,.1f",
                        result.getSecondaryResults().get(name).getScore());
            }
        }
        return "";
    }
}
