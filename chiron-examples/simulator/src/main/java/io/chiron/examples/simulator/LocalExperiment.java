package io.chiron.examples.simulator;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.chiron.api.Reason;
import io.chiron.examples.simulator.policy.Policies;
import io.chiron.examples.simulator.run.SaturatedInstance;
import io.chiron.examples.simulator.run.SaturatedInstance.Limit;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Lengths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The local loop on one saturated instance, beside the best fixed batch. */
final class LocalExperiment {
    /** How close to the final limit counts as settled. */
    private static final double SETTLED_SHARE = 0.1;
    /** Share of the requests that must meet the ITL SLO at a fixed batch. */
    private static final double STATIC_ATTAINMENT = 0.99;

    private static final int MAX_BATCH = 4096;

    private final Scenario scenario;
    private final Lengths lengths;
    private final double seconds;

    /** Runs of {@code seconds}, whose last third is measured. */
    LocalExperiment(Scenario scenario, Lengths lengths, double seconds) {
        this.scenario = scenario;
        this.lengths = lengths;
        this.seconds = seconds;
    }

    /**
     * How the loop did. Its limit is the hard one, where admission of interactive work ends.
     *
     * @param settleSamples samples after which the limit stays within 10 % of the final one
     * @param finalLimit median of the limit over the last third of the run
     * @param finalSoftLimit the same of the soft limit
     * @param deviation standard deviation over mean of the limit from when it has settled on; at least of the last third
     * @param bounds candidates of the soft limit when it was last told, by name; the least one bounds
     * @param tokensPerSecond output tokens per second
     * @param meanItlSeconds mean over tokens
     * @param itlAttainment share of the requests whose mean ITL met the SLO
     * @param preemptions in the whole run
     * @param bestStaticBatch the fixed batch with the most tokens per second at which 99 % of the requests meet the ITL SLO
     * @param bestStaticTokensPerSecond what it yields
     * @param ratio {@code tokensPerSecond} over it
     * @param bestMeanBatch the same where only the mean ITL over tokens has to meet the SLO
     * @param bestMeanTokensPerSecond what it yields
     * @param meanRatio {@code tokensPerSecond} over it
     * @param firstLimits the limit after each of the first samples
     */
    @JsonPropertyOrder({
        "profile",
        "policy",
        "itlSloSeconds",
        "samples",
        "settleSamples",
        "finalLimit",
        "finalSoftLimit",
        "deviation",
        "bounds",
        "tokensPerSecond",
        "meanItlSeconds",
        "itlAttainment",
        "preemptions",
        "bestStaticBatch",
        "bestStaticTokensPerSecond",
        "ratio",
        "bestMeanBatch",
        "bestMeanTokensPerSecond",
        "meanRatio",
        "firstLimits"
    })
    record Outcome(
            String profile,
            String policy,
            double itlSloSeconds,
            int samples,
            int settleSamples,
            double finalLimit,
            double finalSoftLimit,
            double deviation,
            Map<String, Double> bounds,
            double tokensPerSecond,
            double meanItlSeconds,
            double itlAttainment,
            long preemptions,
            int bestStaticBatch,
            double bestStaticTokensPerSecond,
            double ratio,
            int bestMeanBatch,
            double bestMeanTokensPerSecond,
            double meanRatio,
            List<Integer> firstLimits) {}

    /** A fixed batch and what it yields. */
    record Fixed(int batch, SaturatedInstance.Result result) {}

    private enum Criterion {
        REQUESTS,
        MEAN
    }

    Outcome outcome(String policy) {
        SaturatedInstance.Result result = run(policy);
        Fixed best = bestStatic(Criterion.REQUESTS);
        Fixed bestMean = bestStatic(Criterion.MEAN);
        double[] hard = result.limits().stream().mapToDouble(Limit::hard).toArray();
        double[] soft = result.limits().stream().mapToDouble(Limit::soft).toArray();
        double last = finalValue(hard);
        int settled = settledAfter(hard, last);
        return new Outcome(
                scenario.profile().id(),
                policy,
                scenario.interactiveSlo().itlSeconds(),
                hard.length,
                settled,
                last,
                finalValue(soft),
                deviation(Arrays.copyOfRange(hard, Math.min(settled - 1, hard.length * 2 / 3), hard.length)),
                bounds(result.lastReason()),
                result.tokensPerSecond(),
                result.meanItlSeconds(),
                result.itlAttainment(),
                result.preemptions(),
                best.batch(),
                best.result().tokensPerSecond(),
                result.tokensPerSecond() / best.result().tokensPerSecond(),
                bestMean.batch(),
                bestMean.result().tokensPerSecond(),
                result.tokensPerSecond() / bestMean.result().tokensPerSecond(),
                result.limits().stream().limit(60).map(Limit::hard).toList());
    }

    SaturatedInstance.Result run(String policy) {
        return SaturatedInstance.run(scenario, Policies.parse(policy, 1, 0.7), lengths, seconds, seconds * 2 / 3);
    }

    /** Median of the last third. */
    static double finalValue(double[] values) {
        double[] last = Arrays.copyOfRange(values, values.length * 2 / 3, values.length);
        Arrays.sort(last);
        int middle = last.length / 2;
        return last.length % 2 == 1 ? last[middle] : 0.5 * (last[middle - 1] + last[middle]);
    }

    /** Number of the first value, counted from 1, from which on all are close to {@code last}. */
    static int settledAfter(double[] values, double last) {
        int settled = values.length;
        while (settled > 0 && Math.abs(values[settled - 1] - last) <= SETTLED_SHARE * last) {
            settled--;
        }
        return settled + 1;
    }

    /** Standard deviation over mean; NaN of nothing. */
    static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        double square = Arrays.stream(values)
                .map(v -> (v - mean) * (v - mean))
                .average()
                .orElse(Double.NaN);
        return Math.sqrt(square) / mean;
    }

    private static Map<String, Double> bounds(@Nullable Reason reason) {
        return reason == null ? Map.of() : reason.numbers();
    }

    /** The fixed batch with the most tokens per second that meets the criterion: attainment falls with the batch. */
    private Fixed bestStatic(Criterion criterion) {
        int low = 1;
        int high = MAX_BATCH + 1;
        List<Fixed> tried = new ArrayList<>();
        // To within 1 % from below.
        while (high - low > Math.max(1, low / 100)) {
            int middle = low < 16 ? (low + high) >>> 1 : (int) Math.sqrt((double) low * high);
            middle = Math.max(low + 1, Math.min(high - 1, middle));
            Fixed fixed = new Fixed(middle, run("static:cap=" + middle));
            if (meets(fixed.result(), criterion)) {
                low = middle;
                tried.add(fixed);
            } else {
                high = middle;
            }
        }
        // Past the KV cache a larger batch can yield less.
        Fixed best = new Fixed(low, run("static:cap=" + low));
        for (Fixed fixed : tried) {
            best = fixed.result().tokensPerSecond() > best.result().tokensPerSecond() ? fixed : best;
        }
        return best;
    }

    private boolean meets(SaturatedInstance.Result result, Criterion criterion) {
        return criterion == Criterion.MEAN
                ? result.meanItlSeconds() <= scenario.interactiveSlo().itlSeconds()
                : result.itlAttainment() >= STATIC_ATTAINMENT;
    }
}
