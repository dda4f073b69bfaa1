package io.chiron.api;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * The traffic of one SLO tier, as its router counted it. Immutable.
 *
 * @param tier name of the tier
 * @param time when the counts were read
 * @param arrivals closed arrival bins of the recent past, at least a minute where there is one
 * @param waitingRequests requests queued at the router now
 * @param waitingPromptTokens their prompt tokens
 * @param oldestWaitSeconds how long the oldest of them has waited; 0 if there is none
 * @param completed sums over completed requests
 * @param completedOutputs output lengths of completed requests, counters like {@code completed}
 * @param runningOutputs output tokens so far of the requests that run now
 * @param waits recent waits against their prediction, oldest first; may be a sample
 */
public record TierFlow(
        String tier,
        Instant time,
        ArrivalBins arrivals,
        long waitingRequests,
        long waitingPromptTokens,
        double oldestWaitSeconds,
        LengthMoments completed,
        LengthHistogram completedOutputs,
        LengthHistogram runningOutputs,
        List<WaitOutcome> waits) {

    public TierFlow {
        Checks.notBlank("flow.tier", tier);
        Objects.requireNonNull(time, "flow.time");
        Objects.requireNonNull(arrivals, "flow.arrivals");
        Checks.inRange("flow.waitingRequests", waitingRequests, 0, Long.MAX_VALUE);
        Checks.inRange("flow.waitingPromptTokens", waitingPromptTokens, 0, Long.MAX_VALUE);
        Checks.notNegative("flow.oldestWaitSeconds", oldestWaitSeconds);
        Objects.requireNonNull(completed, "flow.completed");
        Objects.requireNonNull(completedOutputs, "flow.completedOutputs");
        Objects.requireNonNull(runningOutputs, "flow.runningOutputs");
        waits = List.copyOf(waits);
    }

    /** A tier whose counting began at {@code time} and that saw nothing yet. */
    public static TierFlow idle(String tier, Instant time) {
        return new TierFlow(
                tier,
                time,
                ArrivalBins.none(time),
                0,
                0,
                0,
                LengthMoments.ZERO,
                LengthHistogram.EMPTY,
                LengthHistogram.EMPTY,
                List.of());
    }
}
