package io.chiron.examples.simulator.run;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * The result of one run, as it is written to JSON.
 *
 * @param gpuHours paid from launch to retirement, start-up included
 * @param fluidLimitGpuHours GPU-hours that the same work needs with no idling
 * @param gpuEfficiency their ratio
 * @param requestsPerGpuSecond finished requests per GPU-second paid
 * @param hysteresis (launches + retirements) / (2·peak - initial - final); null where that is 0
 * @param simulatedSeconds until all work was done, or 600 s after the last deadline
 * @param wallSeconds how long the run took
 */
@JsonPropertyOrder({
    "policy",
    "profile",
    "seed",
    "interactive",
    "batch",
    "gpuHours",
    "fluidLimitGpuHours",
    "gpuEfficiency",
    "requestsPerGpuSecond",
    "initialInstances",
    "peakInstances",
    "actions",
    "hysteresis",
    "simulatedSeconds",
    "wallSeconds"
})
public record Outcome(
        String policy,
        String profile,
        long seed,
        ClassOutcome interactive,
        ClassOutcome batch,
        double gpuHours,
        double fluidLimitGpuHours,
        double gpuEfficiency,
        double requestsPerGpuSecond,
        int initialInstances,
        int peakInstances,
        Actions actions,
        @Nullable Double hysteresis,
        double simulatedSeconds,
        double wallSeconds) {

    /** Actions carried out, by kind. */
    @JsonPropertyOrder({"launch", "reassign", "drain", "cancelDrain", "retire", "evict"})
    public record Actions(long launch, long reassign, long drain, long cancelDrain, long retire, long evict) {}

    /** True if {@code share} of the requests of both classes met their SLO. */
    public boolean meets(double share) {
        return interactive.meets(share) && batch.meets(share);
    }
}
