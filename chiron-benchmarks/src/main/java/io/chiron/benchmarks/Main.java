package io.chiron.benchmarks;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what calls of Chiron cost and prints them beside their references. */
@Command(
        name = "chiron-benchmarks",
        mixinStandardHelpOptions = true,
        description = "Measures what calls of Chiron cost, each beside a reference, and prints Markdown tables.")
public final class Main implements Callable<Integer> {
    private static final String LETTERS = "abcdefg";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--preset",
            defaultValue = "FULL",
            description =
                    "FULL (default, ten minutes), THOROUGH (an hour), QUICK (a few minutes) or SMOKE (seconds; figures "
                            + "mean nothing).")
    private Preset preset = Preset.FULL;

    @Option(names = "--quick", description = "The same as --preset QUICK.")
    private boolean quick;

    @Option(names = "--only", defaultValue = LETTERS, description = "Letters of the questions to answer, as in \"cd\".")
    private String only = LETTERS;

    @Option(names = "--json", description = "Write the results to this file as well, in the form of JMH.")
    private @Nullable Path json;

    @Option(names = "--verbose", description = "Show every iteration.")
    private boolean verbose;

    @Option(
            names = "--profiler",
            description = "A profiler of JMH beside the one of allocation, such as stack or jfr; its output is shown.")
    private List<String> profilers = new ArrayList<>();

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public Integer call() throws RunnerException {
        if (!only.matches("[" + LETTERS + "]+")) {
            throw new ParameterException(
                    spec.commandLine(), "--only = \"" + only + "\" is not allowed; allowed: letters of " + LETTERS);
        }
        Preset how = quick ? Preset.QUICK : preset;
        PrintWriter out = spec.commandLine().getOut();
        out.println(machine(how));
        List<RunResult> results = new ArrayList<>();
        Set<String> measured = new LinkedHashSet<>();
        for (Comparison comparison : Comparison.ALL) {
            if (!only.contains(comparison.letter())) {
                continue;
            }
            List<String> methods = new ArrayList<>(comparison.references());
            methods.add(comparison.subject());
            methods.removeIf(method -> !measured.add(comparison.benchmark(method)));
            for (int threads : comparison.threads()) {
                results.addAll(
                        new Runner(options(comparison, methods, threads, how).build()).run());
            }
            out.println(new Table(results).of(comparison));
            out.flush();
        }
        if (json != null) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, json.toString())
                    .writeOut(results);
        }
        if (only.contains("c")) {
            out.println(QueueMemory.measured(how.queued()));
        }
        out.flush();
        return 0;
    }

    private ChainedOptionsBuilder options(Comparison comparison, List<String> methods, int threads, Preset how) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .threads(threads)
                // Touched at the start: the first use of each page would be measured otherwise, up to ten times what a
                // call takes.
                .jvmArgsAppend("-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch")
                .verbosity(verbose || !profilers.isEmpty() ? VerboseMode.NORMAL : VerboseMode.SILENT)
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class);
        methods.forEach(method -> options.include("^" + Pattern.quote(comparison.benchmark(method)) + "$"));
        profilers.forEach(options::addProfiler);
        return how.apply(options, comparison);
    }

    private static String machine(Preset how) {
        return String.format(
                "%s %s (%s), %s %s, %d processors, heap of 2 GB touched before; preset %s. Errors are 99.9 %% confidence intervals.%n",
                System.getProperty("java.vm.name"),
                System.getProperty("java.vm.version"),
                System.getProperty("java.vm.vendor"),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                how);
    }
}
