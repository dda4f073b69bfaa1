package io.chiron.api;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was measured on one instance over one window. Immutable.
 *
 * <p>NaN means "not measured", which is a different value from zero. The constructor takes what an engine reports as it
 * is, since a scrape must never throw; a rule that meets a {@linkplain #fault() fault} holds its decision.
 *
 * @param time end of the window
 * @param windowSeconds length of the window, seconds
 * @param tiers usage per SLO tier; a tier that is not listed had none
 * @param iterations engine iterations in the window
 * @param prefillTokens prompt tokens processed in the window
 * @param meanItlSeconds mean inter-token latency over the output tokens of the window, seconds; NaN if there were none
 * @param kvUsedTokens KV cache in use at {@code time}, tokens
 * @param kvCapacityTokens KV cache of the instance, tokens
 * @param iterationBudgetTokens most tokens (decode and prefill) of one iteration; NaN if the engine has no such budget
 * @param preemptions sequences that the engine threw out for lack of KV cache in the window
 * @param savedKvTokens KV tokens kept on the instance's host for evicted requests
 * @param waitingRequests requests waiting inside the engine
 */
public record InstanceSample(
        Instant time,
        double windowSeconds,
        List<TierUsage> tiers,
        double iterations,
        double prefillTokens,
        double meanItlSeconds,
        double kvUsedTokens,
        double kvCapacityTokens,
        double iterationBudgetTokens,
        double preemptions,
        double savedKvTokens,
        double waitingRequests) {

    public InstanceSample {
        Objects.requireNonNull(time, "sample.time");
        tiers = List.copyOf(tiers);
    }

    /** A builder whose unset values are "not measured". */
    public static Builder builder(Instant time, double windowSeconds) {
        return new Builder(time, windowSeconds);
    }

    /** Mean sequences in the batch over the window, all tiers; NaN if a tier's was not measured. */
    public double meanRunning() {
        double sum = 0;
        for (TierUsage usage : tiers) {
            sum += usage.meanRunning();
        }
        return sum;
    }

    /** Output tokens of the window, all tiers; NaN if a tier's were not measured. */
    public double outputTokens() {
        double sum = 0;
        for (TierUsage usage : tiers) {
            sum += usage.outputTokens();
        }
        return sum;
    }

    /** Sequences in the batch at the sample time, all tiers. */
    public long runningNow() {
        long sum = 0;
        for (TierUsage usage : tiers) {
            sum += usage.runningNow();
        }
        return sum;
    }

    /** The usage of a tier, or null if the sample does not list it. */
    public @Nullable TierUsage usage(String tier) {
        for (TierUsage usage : tiers) {
            if (usage.tier().equals(tier)) {
                return usage;
            }
        }
        return null;
    }

    /** KV use as a fraction of capacity; NaN if either is not measured. */
    public double kvUse() {
        return kvUsedTokens / kvCapacityTokens;
    }

    /** The first measured value that cannot be true (negative or infinite), in words; null if there is none. */
    public @Nullable String fault() {
        if (!(windowSeconds > 0 && windowSeconds < Double.POSITIVE_INFINITY)) {
            return describe("windowSeconds", windowSeconds);
        }
        for (TierUsage usage : tiers) {
            if (usage.runningNow() < 0) {
                return describe("runningNow[" + usage.tier() + "]", usage.runningNow());
            }
            if (bad(usage.meanRunning())) {
                return describe("meanRunning[" + usage.tier() + "]", usage.meanRunning());
            }
            if (bad(usage.outputTokens())) {
                return describe("outputTokens[" + usage.tier() + "]", usage.outputTokens());
            }
        }
        if (bad(iterations)) {
            return describe("iterations", iterations);
        }
        if (bad(prefillTokens)) {
            return describe("prefillTokens", prefillTokens);
        }
        if (bad(meanItlSeconds)) {
            return describe("meanItlSeconds", meanItlSeconds);
        }
        if (bad(kvUsedTokens)) {
            return describe("kvUsedTokens", kvUsedTokens);
        }
        if (bad(kvCapacityTokens)) {
            return describe("kvCapacityTokens", kvCapacityTokens);
        }
        if (bad(iterationBudgetTokens)) {
            return describe("iterationBudgetTokens", iterationBudgetTokens);
        }
        if (bad(preemptions)) {
            return describe("preemptions", preemptions);
        }
        if (bad(savedKvTokens)) {
            return describe("savedKvTokens", savedKvTokens);
        }
        return bad(waitingRequests) ? describe("waitingRequests", waitingRequests) : null;
    }

    private static boolean bad(double value) {
        return value < 0 || value == Double.POSITIVE_INFINITY;
    }

    private static String describe(String field, double value) {
        return String.format(Locale.ROOT, "%s = %s; allowed: [0, infinity) or NaN for not measured", field, value);
    }

    /** Collects a sample; confined to one thread. */
    public static final class Builder {
        private final Instant time;
        private final double windowSeconds;
        private List<TierUsage> tiers = List.of();
        private double iterations = Double.NaN;
        private double prefillTokens = Double.NaN;
        private double meanItlSeconds = Double.NaN;
        private double kvUsedTokens = Double.NaN;
        private double kvCapacityTokens = Double.NaN;
        private double iterationBudgetTokens = Double.NaN;
        private double preemptions = Double.NaN;
        private double savedKvTokens = Double.NaN;
        private double waitingRequests = Double.NaN;

        private Builder(Instant time, double windowSeconds) {
            this.time = Objects.requireNonNull(time, "sample.time");
            this.windowSeconds = windowSeconds;
        }

        public Builder tiers(List<TierUsage> value) {
            tiers = value;
            return this;
        }

        public Builder iterations(double value) {
            iterations = value;
            return this;
        }

        public Builder prefillTokens(double value) {
            prefillTokens = value;
            return this;
        }

        public Builder meanItlSeconds(double value) {
            meanItlSeconds = value;
            return this;
        }

        /** KV tokens in use, and the capacity. */
        public Builder kv(double usedTokens, double capacityTokens) {
            kvUsedTokens = usedTokens;
            kvCapacityTokens = capacityTokens;
            return this;
        }

        public Builder iterationBudgetTokens(double value) {
            iterationBudgetTokens = value;
            return this;
        }

        public Builder preemptions(double value) {
            preemptions = value;
            return this;
        }

        public Builder savedKvTokens(double value) {
            savedKvTokens = value;
            return this;
        }

        public Builder waitingRequests(double value) {
            waitingRequests = value;
            return this;
        }

        public InstanceSample build() {
            return new InstanceSample(
                    time,
                    windowSeconds,
                    tiers,
                    iterations,
                    prefillTokens,
                    meanItlSeconds,
                    kvUsedTokens,
                    kvCapacityTokens,
                    iterationBudgetTokens,
                    preemptions,
                    savedKvTokens,
                    waitingRequests);
        }
    }
}
