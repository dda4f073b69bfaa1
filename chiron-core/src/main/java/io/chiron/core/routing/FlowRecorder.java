package io.chiron.core.routing;

import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;

/** What is counted of one tier beside its arrivals. Guarded by the router's lock. */
final class FlowRecorder {
    final WaitSample waits;
    long waitingRequests;
    long waitingPromptTokens;

    private final double[] completedOutputs = new double[LengthHistogram.BINS];
    private final double[] runningOutputs = new double[LengthHistogram.BINS];
    /** As in {@link LengthMoments}, of which one per request would be garbage. */
    private long completedRequests;

    private double prompt;
    private double output;
    private double promptSquared;
    private double outputSquared;
    private double promptTimesOutput;

    FlowRecorder(RouterConfig config) {
        waits = new WaitSample(config.waitSampleLimit());
    }

    void queued(Tracked request) {
        waitingRequests++;
        waitingPromptTokens += request.request.promptTokens();
    }

    void dequeued(Tracked request) {
        waitingRequests--;
        waitingPromptTokens -= request.request.promptTokens();
    }

    /** A running request has {@code to} output tokens, {@code from} before; 0 while it does not run or has none yet. */
    void outputs(int from, int to) {
        if (from > 0) {
            runningOutputs[LengthHistogram.bin(from)]--;
        }
        if (to > 0) {
            runningOutputs[LengthHistogram.bin(to)]++;
        }
    }

    void completed(int promptTokens, long outputTokens) {
        completedRequests++;
        prompt += promptTokens;
        output += outputTokens;
        promptSquared += (double) promptTokens * promptTokens;
        outputSquared += (double) outputTokens * outputTokens;
        promptTimesOutput += (double) promptTokens * outputTokens;
        completedOutputs[LengthHistogram.bin(outputTokens)]++;
    }

    LengthMoments completed() {
        return new LengthMoments(completedRequests, prompt, output, promptSquared, outputSquared, promptTimesOutput);
    }

    LengthHistogram completedOutputs() {
        return LengthHistogram.of(completedOutputs);
    }

    LengthHistogram runningOutputs() {
        return LengthHistogram.of(runningOutputs);
    }
}
