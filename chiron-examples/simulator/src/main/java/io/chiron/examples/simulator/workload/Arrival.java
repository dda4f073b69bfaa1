package io.chiron.examples.simulator.workload;

/**
 * One request of a workload.
 *
 * @param arrivalSeconds when it arrives, from the start of the run
 * @param promptTokens tokens of its prompt
 * @param outputTokens tokens that it will yield
 * @param tierIndex 0 interactive, 1 batch
 * @param deadlineSeconds time after its arrival by which it is to start; NaN where its SLO says so
 */
public record Arrival(
        double arrivalSeconds, int promptTokens, int outputTokens, int tierIndex, double deadlineSeconds) {

    /** Tier index of requests that start at once. */
    public static final int INTERACTIVE = 0;
    /** Tier index of requests with a deadline. */
    public static final int BATCH = 1;
}
