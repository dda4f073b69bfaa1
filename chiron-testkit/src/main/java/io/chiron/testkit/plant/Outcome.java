package io.chiron.testkit.plant;

import io.chiron.testkit.plant.Load.Arrival;

/**
 * What became of one request. Immutable.
 *
 * @param ttftSeconds from arrival to the first token; infinite if there is none yet
 * @param itlSeconds mean time between its tokens, pauses included; 0 for one token, infinite if it has not ended
 */
public record Outcome(Arrival arrival, double ttftSeconds, double itlSeconds) {
    /** True if the first token came by the deadline. */
    public boolean inTime() {
        return ttftSeconds <= arrival.deadlineSeconds();
    }

    /** True if it has ended. */
    public boolean ended() {
        return itlSeconds < Double.POSITIVE_INFINITY;
    }

    static Outcome of(Job job) {
        Arrival arrival = job.arrival;
        double ttft = job.firstTokenSeconds - arrival.atSeconds();
        double itl = (job.endSeconds - job.firstTokenSeconds) / Math.max(1, arrival.outputTokens() - 1);
        return new Outcome(
                arrival,
                Double.isNaN(ttft) ? Double.POSITIVE_INFINITY : ttft,
                Double.isNaN(itl) ? Double.POSITIVE_INFINITY : itl);
    }
}
