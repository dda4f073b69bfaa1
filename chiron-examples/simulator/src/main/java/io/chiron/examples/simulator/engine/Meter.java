package io.chiron.examples.simulator.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The sums behind a {@link Window}. */
final class Meter {
    final long[] outputTokens = new long[Engine.TIERS];
    private final double[] runningSeconds = new double[Engine.TIERS];
    final int[] running = new int[Engine.TIERS];
    int totalRunning;
    private long iterations;
    private double iterationSeconds;
    private long prefillTokens;
    private long decodeTokens;
    private double decodeTokenSeconds;
    long preemptions;
    private double windowStartSeconds;
    private double integratedSeconds;

    /** Counts {@code k} iterations with the given decode set. */
    void iterations(long k, double seconds, DecodeSet decode, long prefill) {
        int batch = decode.size();
        iterations += k;
        iterationSeconds += seconds;
        prefillTokens += prefill;
        decodeTokens += k * batch;
        decodeTokenSeconds += batch * seconds;
        for (int tier = 0; tier < Engine.TIERS; tier++) {
            outputTokens[tier] += k * decode.size(tier);
        }
    }

    /** A sequence enters (+1) or leaves (-1) the running set. */
    void running(int tierIndex, int change, double nowSeconds) {
        integrate(nowSeconds);
        running[tierIndex] += change;
        totalRunning += change;
    }

    void integrate(double nowSeconds) {
        double elapsed = nowSeconds - integratedSeconds;
        if (elapsed <= 0) {
            return;
        }
        for (int tier = 0; tier < Engine.TIERS; tier++) {
            runningSeconds[tier] += elapsed * running[tier];
        }
        integratedSeconds = nowSeconds;
    }

    /** The window up to now; a new one starts. */
    Window take(
            double nowSeconds, RunningSet runningSet, WaitingQueue waiting, long kvCapacityTokens, long savedKvTokens) {
        integrate(nowSeconds);
        double seconds = nowSeconds - windowStartSeconds;
        List<Window.Tier> tiers = new ArrayList<>(Engine.TIERS);
        double sequenceSeconds = 0;
        for (int tier = 0; tier < Engine.TIERS; tier++) {
            sequenceSeconds += runningSeconds[tier];
            tiers.add(new Window.Tier(
                    outputTokens[tier], runningSeconds[tier] / seconds, running[tier], waiting.size(tier)));
        }
        Window window = new Window(
                seconds,
                iterations,
                iterationSeconds,
                prefillTokens,
                decodeTokenSeconds / decodeTokens,
                (double) decodeTokens / iterations,
                sequenceSeconds / seconds,
                preemptions,
                runningSet.kvUsedTokens(),
                kvCapacityTokens,
                savedKvTokens,
                totalRunning,
                waiting.size(),
                List.copyOf(tiers));
        reset(nowSeconds);
        return window;
    }

    private void reset(double nowSeconds) {
        windowStartSeconds = nowSeconds;
        Arrays.fill(outputTokens, 0);
        Arrays.fill(runningSeconds, 0);
        iterations = 0;
        iterationSeconds = 0;
        prefillTokens = 0;
        decodeTokens = 0;
        decodeTokenSeconds = 0;
        preemptions = 0;
    }
}
