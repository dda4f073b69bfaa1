package io.chiron.core.waiting;

import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.TierFlow;
import io.chiron.api.WaitOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A continuously batched server with a fixed number of slots behind a queue that never empties: every iteration gives
 * each running request one token; who is done makes room for the next. Output lengths are log-normal.
 */
final class SlotServer {
    private final Random random;
    private final double meanOutput;
    private final double logDeviation;
    private final PriorityQueue<Running> running = new PriorityQueue<>();
    private final double[] completedOutputs = new double[LengthHistogram.BINS];
    private LengthMoments completed = LengthMoments.ZERO;
    private long iterations;
    private double seconds;
    /** Dispatch times by order in the queue. */
    private final List<Double> dispatchSeconds = new ArrayList<>();

    private record Running(long endIteration, long startIteration, long prompt) implements Comparable<Running> {
        @Override
        public int compareTo(Running other) {
            return Long.compare(endIteration, other.endIteration);
        }
    }

    SlotServer(long seed, int slots, double meanOutput, double outputVariation) {
        this.random = new Random(seed);
        this.meanOutput = meanOutput;
        this.logDeviation = Math.sqrt(StrictMath.log1p(outputVariation * outputVariation));
        for (int i = 0; i < slots; i++) {
            dispatch();
        }
    }

    private void dispatch() {
        double z = random.nextGaussian();
        double length = meanOutput * StrictMath.exp(logDeviation * z - logDeviation * logDeviation / 2);
        long output = Math.max(1, Math.round(length));
        // Prompts are as long as outputs on average, and half of the requests have one that is exactly as long.
        long prompt = random.nextBoolean() ? output : Math.round(meanOutput);
        running.add(new Running(iterations + output, iterations, prompt));
        dispatchSeconds.add(seconds);
    }

    /** One iteration; returns the output tokens that it gave. */
    int iterate(double iterationSeconds) {
        int tokens = running.size();
        iterations++;
        seconds += iterationSeconds;
        while (running.element().endIteration <= iterations) {
            Running done = running.remove();
            double output = done.endIteration - done.startIteration;
            completed = completed.plus(done.prompt, output);
            completedOutputs[LengthHistogram.bin(output)]++;
            dispatch();
        }
        return tokens;
    }

    double seconds() {
        return seconds;
    }

    LengthMoments completed() {
        return completed;
    }

    /** Requests that have left the queue. */
    int dispatched() {
        return dispatchSeconds.size();
    }

    /** When the {@code index}-th request left the queue, counted from 1. */
    double dispatchedAt(int index) {
        return dispatchSeconds.get(index - 1);
    }

    TierFlow flow(List<WaitOutcome> outcomes) {
        double[] now = new double[LengthHistogram.BINS];
        running.forEach(request -> now[LengthHistogram.bin(iterations - request.startIteration)]++);
        return WaitingArbitraries.flow(
                WaitingArbitraries.at(seconds),
                completed,
                LengthHistogram.of(completedOutputs),
                LengthHistogram.of(now),
                outcomes);
    }
}
