package io.chiron.examples.simulator;

import io.chiron.api.Checks;
import io.chiron.examples.simulator.calibrate.Calibration;
import io.chiron.examples.simulator.calibrate.Point;
import io.chiron.examples.simulator.engine.Profile.Timing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "calibrate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Fits the engine model to measured iterations and writes a profile for --profile.")
final class CalibrateCommand implements Callable<Integer> {
    private static final List<String> COEFFICIENTS = List.of("c0", "m", "g", "c2", "c3", "c4");
    private static final long MOST_TOKENS = 1L << 40;

    @Parameters(
            paramLabel = "POINTS.csv",
            description = "columns decode_seqs, prefill_tokens, kv_tokens (or mean_context), iteration_s "
                    + "[, prefill_context or prefill_work] [, profile]")
    Path file = Path.of("");

    @Option(names = "--only", paramLabel = "ID", description = "rows whose column profile says so (default: all)")
    @Nullable
    String only;

    @Option(names = "--id", paramLabel = "NAME", description = "name of the profile (default: ${DEFAULT-VALUE})")
    String id = "calibrated";

    @Option(names = "--model", paramLabel = "NAME", description = "default: ${DEFAULT-VALUE}")
    String model = "measured";

    @Option(names = "--hardware", paramLabel = "NAME", description = "default: ${DEFAULT-VALUE}")
    String hardware = "measured";

    @Option(names = "--gpus", paramLabel = "N", description = "GPUs of one instance (default: ${DEFAULT-VALUE})")
    int gpus = 1;

    @Option(
            names = "--kv-capacity",
            paramLabel = "TOKENS",
            description = "tokens that the KV cache holds (default: the most that a point has)")
    @Nullable
    Long kvCapacityTokens;

    @Option(names = "--kv-bytes", paramLabel = "BYTES", description = "of a token (default: ${DEFAULT-VALUE})")
    long kvBytesPerToken = 131_072;

    @Option(names = "--startup", paramLabel = "S", description = "from launch to ready (default: ${DEFAULT-VALUE})")
    double startupSeconds = 60;

    @Option(names = "--json", paramLabel = "FILE", description = "write the profile there instead of to stdout")
    @Nullable
    Path json;

    @Override
    public Integer call() throws IOException {
        BadInput.writable("--json", json);
        Checks.notBlank("--id", id);
        Checks.notBlank("--model", model);
        Checks.notBlank("--hardware", hardware);
        Checks.inRange("--gpus", gpus, 1, 1024);
        Checks.inRange("--kv-bytes", kvBytesPerToken, 1, MOST_TOKENS);
        Checks.inRange("--startup", startupSeconds, 0, 86_400);
        List<Point> points = Point.read(file, only);
        long seenTokens = 2;
        for (Point point : points) {
            seenTokens = Math.max(seenTokens, (long) Math.ceil(point.kvTokens() + point.prefillTokens()));
        }
        long capacity = kvCapacityTokens == null
                ? seenTokens
                : Checks.inRange("--kv-capacity", kvCapacityTokens, 2, MOST_TOKENS);
        Calibration calibration = Calibration.of(points);
        Map<String, Object> profile = profile(calibration, capacity);
        if (json == null) {
            System.out.println(Json.text(profile));
        } else {
            Json.write(json, profile);
            System.out.print(table(calibration));
        }
        return 0;
    }

    /** A profile of the schema of the shipped ones. */
    private Map<String, Object> profile(Calibration fitted, long capacityTokens) {
        double[] values = values(fitted.timing());
        Map<String, Object> coefficients = new LinkedHashMap<>();
        Map<String, Object> errors = new LinkedHashMap<>();
        for (int k = 0; k < values.length; k++) {
            coefficients.put(COEFFICIENTS.get(k), values[k]);
            errors.put(COEFFICIENTS.get(k), fitted.standardErrors().get(k));
        }
        Map<String, Object> fit = new LinkedHashMap<>();
        fit.put("points", fitted.points());
        fit.put("mape", fitted.mape());
        fit.put("median_ape", fitted.medianApe());
        fit.put("p95_ape", fitted.p95Ape());
        fit.put("worst_ape", fitted.worstApe());
        fit.put("worst_at", fitted.worst());
        fit.put("left_out_mape", fitted.leftOutMape());
        fit.put("standard_errors", errors);
        Map<String, Object> smooth = new LinkedHashMap<>();
        smooth.put("form", "t = c0 + sqrt(m^2 + (g*(P+B))^2) + c2*B + c3*KV + c4*S");
        smooth.put("coefficients", coefficients);
        smooth.put("fit", fit);
        Map<String, Object> profile = new LinkedHashMap<>();
        profile.put("id", id);
        profile.put("model", model);
        profile.put("hardware", hardware);
        profile.put("gpus", gpus);
        profile.put("iteration_time", Map.of("smooth", smooth));
        profile.put("kv_cache", Map.of("bytes_per_token", kvBytesPerToken, "capacity_tokens", capacityTokens));
        profile.put("limits", Map.of("max_context_tokens", capacityTokens));
        profile.put("startup_s", Map.of("fast", startupSeconds, "typical", startupSeconds, "slow", startupSeconds));
        return profile;
    }

    private static String table(Calibration fitted) {
        StringBuilder text = new StringBuilder();
        double[] values = values(fitted.timing());
        for (int k = 0; k < values.length; k++) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-3s %12.5g  standard error %9.2g%n",
                    COEFFICIENTS.get(k),
                    values[k],
                    fitted.standardErrors().get(k)));
        }
        return text.append(String.format(
                        Locale.ROOT,
                        "%d points: mean error %.2f %%, median %.2f %%, 95 %% below %.2f %%, worst %.2f %%;"
                                + " at points left out %.2f %%%n",
                        fitted.points(),
                        100 * fitted.mape(),
                        100 * fitted.medianApe(),
                        100 * fitted.p95Ape(),
                        100 * fitted.worstApe(),
                        100 * fitted.leftOutMape()))
                .toString();
    }

    private static double[] values(Timing timing) {
        return new double[] {timing.c0(), timing.m(), timing.g(), timing.c2(), timing.c3(), timing.c4()};
    }
}
