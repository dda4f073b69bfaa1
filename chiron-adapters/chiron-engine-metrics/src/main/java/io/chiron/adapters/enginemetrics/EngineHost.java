package io.chiron.adapters.enginemetrics;

import io.chiron.api.RequestGroup;
import io.chiron.api.TierFlow;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the pages of engines do not say: which engines there are, and the traffic, which the router counts. */
public interface EngineHost {
    /** Every instance that is paid for, those without a page included. */
    List<EngineEndpoint> engines(String fleet);

    /** Traffic per tier. */
    List<TierFlow> flows(String fleet, Instant now);

    /** The batch queue in groups; null if unknown. */
    @Nullable
    List<RequestGroup> groups(String fleet, Instant now);
}
