package io.chiron.examples.simulator;

import io.chiron.api.Checks;
import io.chiron.api.Slo;
import io.chiron.api.Times;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.policy.Policies;
import io.chiron.examples.simulator.run.Faults;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.Source;
import io.chiron.examples.simulator.workload.Sources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that describe an experiment, shared by the commands. */
final class ScenarioOptions {
    /** Interactive work at CV 4 and a batch burst: half an hour and what follows of it. */
    private static final String DEFAULT_INTERACTIVE = "gamma:rate=60,cv=4,seconds=1800";

    private static final String DEFAULT_BATCH = "count=20000,at=300,deadline=1500";

    private static final int MAX_COPIES = 100_000;

    @Option(names = "--profile", paramLabel = "ID|FILE", description = "engine timing (default: ${DEFAULT-VALUE})")
    String profile = "llama3-8b_a100-80g_tp1";

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "CSV arrival_s,prompt_tokens,output_tokens, may be .gz")
    List<Path> traces = new ArrayList<>();

    @Option(names = "--copies", paramLabel = "N", description = "rotated copies of each trace (default: 1)")
    int copies = 1;

    @Option(
            names = "--trace-class",
            paramLabel = "interactive|batch",
            description = "class of a trace's requests (default: interactive)")
    String traceClass = "interactive";

    @Option(
            names = "--interactive",
            paramLabel = "SPEC",
            description = "gamma:rate=R,cv=C,seconds=S | diurnal:mean=R,amplitude=A,period=S,cv=C,seconds=S | "
                    + "spike:rate=R,factor=F,at=S,for=S,cv=C,seconds=S, each with [,lengths=sharegpt|FILE]")
    List<String> interactive = new ArrayList<>();

    @Option(
            names = "--batch",
            paramLabel = "SPEC",
            description = "count=N,at=S,deadline=S[,lengths=sharegpt|FILE]; the deadline counts from arrival")
    List<String> batch = new ArrayList<>();

    @Option(names = "--interactive-slo", paramLabel = "ttft=10s,itl=200ms", description = "default: ${DEFAULT-VALUE}")
    String interactiveSlo = "ttft=10s,itl=200ms";

    @Option(names = "--batch-slo", paramLabel = "ttft=1h,itl=2s", description = "default: ${DEFAULT-VALUE}")
    String batchSlo = "ttft=1h,itl=2s";

    @Option(
            names = "--initial-instances",
            paramLabel = "N",
            description = "ready from the start (default: 1.2 x the fluid need of the first 5 minutes)")
    int initialInstances;

    @Option(names = "--min-instances", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    int minInstances = 1;

    @Option(names = "--max-instances", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    int maxInstances = 100;

    @Option(
            names = "--startup",
            paramLabel = "S",
            description = "seconds until a launch serves (default: the profile's)")
    @Nullable
    Double startupSeconds;

    @Option(names = "--chunk", paramLabel = "TOKENS", description = "token budget of an iteration (default: 2048)")
    int chunkTokens = 2048;

    @Option(names = "--global-period", paramLabel = "S", description = "seconds (default: 5)")
    double globalPeriodSeconds = 5;

    @Option(names = "--local-period", paramLabel = "S", description = "seconds (default: 1)")
    double localPeriodSeconds = 1;

    @Option(
            names = "--static-instances",
            paramLabel = "N",
            description = "instances of static (default: found with hindsight)")
    @Nullable
    Integer staticInstances;

    @Option(names = "--hpa-target", paramLabel = "X", description = "wanted mean KV use of hpa-kv (default: 0.7)")
    double hpaTarget = 0.7;

    @Option(
            names = "--fault",
            paramLabel = "KIND=VALUE",
            description = "repeatable: fail=P (instances lost per hour) | stale=S | missing=P (per tick) | lead=xF | "
                    + "lengths=xF")
    List<String> faults = new ArrayList<>();

    @Option(names = "--seed", paramLabel = "N", description = "seed of everything random (default: 1)")
    long seed = 1;

    /** The experiment that the options describe; the default one if they name no workload. */
    Scenario scenario() {
        Profile loaded = Profile.load(profile);
        Checks.inRange("--copies", copies, 1, MAX_COPIES);
        List<Source> sources = new ArrayList<>();
        int traceTier =
                switch (traceClass) {
                    case "interactive" -> Arrival.INTERACTIVE;
                    case "batch" -> Arrival.BATCH;
                    default -> throw Checks.outOfRange("--trace-class", traceClass, "interactive, batch");
                };
        for (Path trace : traces) {
            sources.add(asTier(Sources.trace(trace, copies), traceTier));
        }
        for (String spec : interactive()) {
            sources.add(Sources.generated(spec, Arrival.INTERACTIVE));
        }
        for (String spec : batch()) {
            sources.add(Sources.batch(spec));
        }
        return new Scenario(
                loaded,
                chunkTokens,
                sources,
                slo("--interactive-slo", interactiveSlo, loaded),
                slo("--batch-slo", batchSlo, loaded),
                initialInstances,
                minInstances,
                maxInstances,
                startupSeconds == null ? loaded.startup().typicalSeconds() : startupSeconds,
                localPeriodSeconds,
                globalPeriodSeconds,
                seed,
                Faults.parse(faults));
    }

    /** The sources of the workload, in the words of the options. */
    List<String> workload() {
        List<String> words = new ArrayList<>();
        traces.forEach(trace -> words.add(traceClass + " " + trace.getFileName() + " x " + copies));
        interactive().forEach(spec -> words.add("interactive " + spec));
        batch().forEach(spec -> words.add("batch " + spec));
        return words;
    }

    private boolean named() {
        return !traces.isEmpty() || !interactive.isEmpty() || !batch.isEmpty();
    }

    private List<String> interactive() {
        return named() ? interactive : List.of(DEFAULT_INTERACTIVE);
    }

    private List<String> batch() {
        return named() ? batch : List.of(DEFAULT_BATCH);
    }

    /** Instances of {@code static}; 0 if they are to be found with hindsight. */
    int staticInstances() {
        return staticInstances == null
                ? 0
                : Checks.inRange("--static-instances", staticInstances, 1, Policies.MAX_STATIC_INSTANCES);
    }

    /** Target of {@code hpa-kv}. */
    double hpaTarget() {
        return Checks.inRange("--hpa-target", hpaTarget, Policies.MIN_HPA_TARGET, 1);
    }

    private static Source asTier(Source source, int tier) {
        return tier == Arrival.INTERACTIVE
                ? source
                : seed -> {
                    var arrivals = source.open(seed);
                    return new java.util.Iterator<>() {
                        @Override
                        public boolean hasNext() {
                            return arrivals.hasNext();
                        }

                        @Override
                        public Arrival next() {
                            Arrival arrival = arrivals.next();
                            return new Arrival(
                                    arrival.arrivalSeconds(),
                                    arrival.promptTokens(),
                                    arrival.outputTokens(),
                                    tier,
                                    arrival.deadlineSeconds());
                        }
                    };
                };
    }

    /** An SLO of the form {@code ttft=10s,itl=200ms} that one request alone can meet on the profile. */
    static Slo slo(String option, String text, Profile profile) {
        Map<String, String> fields = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                fields.put(
                        part.substring(0, equals).trim(),
                        part.substring(equals + 1).trim());
            }
        }
        String ttft = fields.get("ttft");
        String itl = fields.get("itl");
        if (ttft == null || itl == null || fields.size() != 2) {
            throw Checks.outOfRange(option, text, "ttft=DURATION,itl=DURATION such as ttft=10s,itl=200ms");
        }
        Slo slo = new Slo(duration(option + " ttft", ttft), duration(option + " itl", itl));
        checkPossible(option + " ttft", ttft, slo.ttftSeconds(), profile.iterationSeconds(0, 1, 0, 0.5), profile);
        checkPossible(option + " itl", itl, slo.itlSeconds(), profile.iterationSeconds(1, 0, 1, 0), profile);
        return slo;
    }

    private static void checkPossible(String field, String text, double seconds, double least, Profile profile) {
        if (seconds < least) {
            String allowed = String.format(
                    Locale.ROOT, "at least %.1fms, one iteration of %s", Math.ceil(least * 1e4) / 10, profile.id());
            throw Checks.outOfRange(field, text, allowed);
        }
    }

    /** A duration such as 200ms, 10s, 5m, 1h. */
    static Duration duration(String option, String text) {
        int unitAt = 0;
        while (unitAt < text.length() && (Character.isDigit(text.charAt(unitAt)) || text.charAt(unitAt) == '.')) {
            unitAt++;
        }
        double factor =
                switch (text.substring(unitAt)) {
                    case "ms" -> 1e-3;
                    case "s" -> 1;
                    case "m" -> 60;
                    case "h" -> 3600;
                    default -> Double.NaN;
                };
        double seconds;
        try {
            seconds = Double.parseDouble(text.substring(0, unitAt)) * factor;
        } catch (NumberFormatException e) {
            seconds = Double.NaN;
        }
        if (!(seconds > 0 && seconds <= 30 * 86_400.0)) {
            throw Checks.outOfRange(option, text, "a time such as 200ms, 10s, 5m, 1h, above 0 and at most 720h");
        }
        return Times.duration(seconds);
    }
}
