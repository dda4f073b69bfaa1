package io.chiron.adapters.enginemetrics;

import io.chiron.adapters.enginemetrics.EngineReading.Counter;
import io.chiron.api.InstanceSample;
import io.chiron.api.TierUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What happened between two readings of one engine. Immutable.
 *
 * @param seconds between them
 * @param restarted true if a counter fell or vanished, or the process is another one: then nothing of the window is known
 */
record ReadingWindow(EngineReading before, EngineReading after, double seconds, boolean restarted) {

    /** Start times that differ by less are the same, rounded. */
    private static final double START_TOLERANCE_SECONDS = 1;

    static ReadingWindow between(EngineReading before, EngineReading after, double seconds) {
        return new ReadingWindow(before, after, seconds, restarted(before, after));
    }

    private static boolean restarted(EngineReading before, EngineReading after) {
        if (Math.abs(after.startSeconds() - before.startSeconds()) > START_TOLERANCE_SECONDS) {
            return true;
        }
        for (Map.Entry<Quantity, Map<String, Counter>> quantity :
                before.counters().entrySet()) {
            Map<String, Counter> now = after.counters().getOrDefault(quantity.getKey(), Map.of());
            for (Map.Entry<String, Counter> counter : quantity.getValue().entrySet()) {
                Counter next = now.get(counter.getKey());
                if (next == null || next.value() < counter.getValue().value()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The growth of a counter; NaN if it was not measured at both ends. */
    double delta(Quantity quantity) {
        Map<String, Counter> from = before.counters().get(quantity);
        Map<String, Counter> to = after.counters().get(quantity);
        if (restarted || from == null || to == null) {
            return Double.NaN;
        }
        double sum = 0;
        for (Map.Entry<String, Counter> counter : to.entrySet()) {
            sum += counter.getValue().value() - start(from, counter.getKey());
        }
        return sum;
    }

    /** A series that appears, such as that of a label value first used, was zero before. */
    private static double start(Map<String, Counter> from, String key) {
        Counter counter = from.get(key);
        return counter == null ? 0 : counter.value();
    }

    HistogramWindow histogram(Quantity seconds, Quantity count, Quantity buckets) {
        Map<String, Counter> from = before.counters().get(buckets);
        Map<String, Counter> to = after.counters().get(buckets);
        if (restarted || from == null || to == null) {
            return HistogramWindow.NONE;
        }
        SortedMap<Double, Double> cumulative = new TreeMap<>();
        to.forEach((key, counter) -> {
            if (!Double.isNaN(counter.bound())) {
                cumulative.merge(counter.bound(), counter.value() - start(from, key), Double::sum);
            }
        });
        return new HistogramWindow(cumulative, delta(seconds), delta(count));
    }

    /** Mean ITL, seconds; NaN if there were no output tokens. */
    double meanItlSeconds() {
        double count = delta(Quantity.ITL_COUNT);
        if (count > 0) {
            return delta(Quantity.ITL_SECONDS) / count;
        }
        boolean counted = after.counters().containsKey(Quantity.ITL_SECONDS);
        return counted || restarted || !(after.sequenceTokensPerSecond() > 0)
                ? Double.NaN
                : 1 / after.sequenceTokensPerSecond();
    }

    double meanRunning() {
        return restarted ? Double.NaN : (before.running() + after.running()) / 2;
    }

    /**
     * Iterations of the window, per data-parallel engine. Where the engine does not count them (ours): each gives every
     * running sequence one token and lasts one ITL; the lesser of the two estimates, since an engine may idle.
     */
    double iterations() {
        if (after.counters().containsKey(Quantity.ITERATIONS)) {
            return delta(Quantity.ITERATIONS) / after.engines();
        }
        double byTokens = delta(Quantity.OUTPUT_TOKENS) / Math.max(1, meanRunning());
        double byTime = seconds / meanItlSeconds();
        return Double.isNaN(byTime) ? byTokens : Math.min(byTokens, byTime);
    }

    /**
     * The window as a sample.
     *
     * @param sharesBefore requests in flight per tier at its start
     * @param shares the same at its end, not empty
     */
    InstanceSample sample(Instant time, Map<String, Long> sharesBefore, Map<String, Long> shares) {
        return InstanceSample.builder(time, seconds)
                .tiers(tiers(sharesBefore, shares))
                .iterations(iterations())
                .prefillTokens(delta(Quantity.PROMPT_TOKENS))
                .meanItlSeconds(meanItlSeconds())
                .kv(after.kvUsedTokens(), after.kvCapacityTokens())
                .iterationBudgetTokens(after.iterationBudgetTokens())
                .preemptions(delta(Quantity.PREEMPTIONS))
                .waitingRequests(after.waiting())
                .build();
    }

    private List<TierUsage> tiers(Map<String, Long> sharesBefore, Map<String, Long> shares) {
        double sumNow = sum(shares);
        double sumMean = sumNow;
        for (String tier : shares.keySet()) {
            sumMean += count(sharesBefore, tier);
        }
        List<TierUsage> tiers = new ArrayList<>();
        boolean first = true;
        double claimed = 0;
        long given = 0;
        long running = Math.round(after.running());
        for (String tier : shares.keySet()) {
            double now = sumNow > 0 ? count(shares, tier) / sumNow : first ? 1 : 0;
            double mean = sumMean > 0 ? (count(sharesBefore, tier) + count(shares, tier)) / sumMean : first ? 1 : 0;
            // Rounded running sums, so that the tiers together have every sequence.
            claimed += now;
            long upTo = Math.min(running, Math.round(running * claimed));
            tiers.add(new TierUsage(tier, upTo - given, meanRunning() * mean, delta(Quantity.OUTPUT_TOKENS) * mean));
            given = upTo;
            first = false;
        }
        return tiers;
    }

    private static double sum(Map<String, Long> shares) {
        double sum = 0;
        for (String tier : shares.keySet()) {
            sum += count(shares, tier);
        }
        return sum;
    }

    private static double count(Map<String, Long> shares, String tier) {
        return Math.max(0, shares.getOrDefault(tier, 0L));
    }
}
