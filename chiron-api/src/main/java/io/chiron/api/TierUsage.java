package io.chiron.api;

import java.util.Objects;

/**
 * What one SLO tier had of one instance during a sample window. Immutable; measured values are not checked here, see
 * {@link InstanceSample#fault()}.
 *
 * @param tier name of the tier
 * @param runningNow sequences of the tier in the batch at the sample time
 * @param meanRunning mean sequences of the tier in the batch over the window; NaN if not measured
 * @param outputTokens output tokens of the tier in the window; NaN if not measured
 */
public record TierUsage(String tier, long runningNow, double meanRunning, double outputTokens) {
    public TierUsage {
        Objects.requireNonNull(tier, "usage.tier");
    }
}
