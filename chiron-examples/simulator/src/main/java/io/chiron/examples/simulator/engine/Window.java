package io.chiron.examples.simulator.engine;

import java.util.List;

/**
 * What an engine did since the last window was taken, and how it stands now. Iterations count when they end.
 *
 * @param seconds length of the window
 * @param iterations iterations ended
 * @param iterationSeconds sum of their durations
 * @param prefillTokens prompt tokens computed, recomputed ones included
 * @param meanItlSeconds mean inter-token latency per decode token; NaN if there was none
 * @param meanDecodeSequences mean over iterations of the sequences that decoded; NaN if there was none
 * @param meanRunning mean over time of the running sequences
 * @param preemptions sequences dropped for lack of KV cache
 * @param kvUsedTokens tokens in the KV cache now
 * @param kvCapacityTokens tokens that it holds
 * @param savedKvTokens tokens of evicted sequences in host memory now
 * @param running sequences running now
 * @param waiting requests waiting inside the engine now
 * @param tiers the same per tier index
 */
public record Window(
        double seconds,
        long iterations,
        double iterationSeconds,
        long prefillTokens,
        double meanItlSeconds,
        double meanDecodeSequences,
        double meanRunning,
        long preemptions,
        long kvUsedTokens,
        long kvCapacityTokens,
        long savedKvTokens,
        int running,
        int waiting,
        List<Tier> tiers) {

    /**
     * The part of one tier.
     *
     * @param outputTokens tokens yielded, first tokens included
     * @param meanRunning mean over time of its running sequences
     * @param running its sequences running now
     * @param waiting its requests waiting inside the engine now
     */
    public record Tier(long outputTokens, double meanRunning, int running, int waiting) {}

    /** Tokens yielded in all. */
    public long outputTokens() {
        return tiers.stream().mapToLong(Tier::outputTokens).sum();
    }

    /** Mean duration of an iteration; NaN if there was none. */
    public double meanIterationSeconds() {
        return iterationSeconds / iterations;
    }
}
