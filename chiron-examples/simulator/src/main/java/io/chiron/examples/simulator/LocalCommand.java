package io.chiron.examples.simulator;

import io.chiron.api.Checks;
import io.chiron.api.Slo;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Lengths;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "local",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs the local loop on one saturated instance, beside the best fixed batch.")
final class LocalCommand implements Callable<Integer> {
    /** A TTFT so long that the overflow queue may stay as long as it is. */
    private static final String NO_HURRY = "ttft=720h,itl=";

    private static final int MAX_START = 4096;

    @Option(names = "--profile", paramLabel = "ID|FILE", description = "engine timing (default: ${DEFAULT-VALUE})")
    String profile = "llama3-70b_a100-80g_tp4";

    @Option(
            names = "--itl",
            paramLabel = "S",
            required = true,
            description = "ITL SLO: seconds, or a time such as 50ms")
    String itl = "";

    @Option(
            names = "--start",
            paramLabel = "B",
            description = "limit before anything was seen (default: ${DEFAULT-VALUE})")
    int start = 64;

    @Option(names = "--rule", paramLabel = "curve|ratio", description = "default: ${DEFAULT-VALUE}")
    String rule = "curve";

    @Option(names = "--trace", paramLabel = "FILE", description = "draw lengths from there (default: ShareGPT-like)")
    @Nullable
    Path trace;

    @Option(names = "--chunk", paramLabel = "TOKENS", description = "token budget of an iteration (default: 2048)")
    int chunkTokens = 2048;

    @Option(names = "--seconds", paramLabel = "S", description = "simulated time (default: ${DEFAULT-VALUE})")
    double seconds = 1800;

    @Option(names = "--seed", paramLabel = "N", description = "default: 1")
    long seed = 1;

    @Option(names = "--json", paramLabel = "FILE", description = "write the outcome there instead of to stdout")
    @Nullable
    Path json;

    @Override
    public Integer call() throws IOException {
        BadInput.writable("--json", json);
        LocalExperiment.Outcome outcome = experiment().outcome(policy());
        if (json == null) {
            System.out.println(Json.text(outcome));
        } else {
            Json.write(json, outcome);
            System.out.printf(
                    Locale.ROOT,
                    "settled after %d samples at %.0f, deviation %.2f %%, %.0f tokens/s, ITL attainment %.1f %%, %.1f %% of"
                            + " the best fixed batch of %d%n",
                    outcome.settleSamples(),
                    outcome.finalLimit(),
                    100 * outcome.deviation(),
                    outcome.tokensPerSecond(),
                    100 * outcome.itlAttainment(),
                    100 * outcome.ratio(),
                    outcome.bestStaticBatch());
        }
        return 0;
    }

    private String policy() {
        if (!rule.equals("curve") && !rule.equals("ratio")) {
            throw Checks.outOfRange("--rule", rule, "curve, ratio");
        }
        return "chiron:start=" + Checks.inRange("--start", start, 1, MAX_START) + ";rule=" + rule;
    }

    private LocalExperiment experiment() {
        Profile loaded = Profile.load(profile);
        Slo slo = ScenarioOptions.slo("--itl", NO_HURRY + itlWithUnit(), loaded);
        Scenario scenario = new Scenario(loaded, chunkTokens, List.of(), slo, slo, 1, 1, 1, 0, 1, 5, seed);
        Lengths lengths = Lengths.parse(trace == null ? "sharegpt" : trace.toString());
        return new LocalExperiment(scenario, lengths, Checks.inRange("--seconds", seconds, 30, 86_400));
    }

    /** Seconds where there is no unit. */
    private String itlWithUnit() {
        boolean bare = !itl.isEmpty() && (Character.isDigit(itl.charAt(itl.length() - 1)) || itl.endsWith("."));
        return bare ? itl + "s" : itl;
    }
}
