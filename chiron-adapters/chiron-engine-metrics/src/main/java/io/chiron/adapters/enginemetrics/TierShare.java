package io.chiron.adapters.enginemetrics;

import io.chiron.api.Checks;
import java.util.Map;

/** How the work of an engine divides among SLO tiers, which its page does not say. */
@FunctionalInterface
public interface TierShare {
    /**
     * Requests in flight on an instance per tier, every tier listed. Only their proportions count: what the engine
     * measures is divided by them, and the first tier in the order of the map has what no tier claims.
     */
    Map<String, Long> running(String instanceId);

    /** One tier has all. */
    static TierShare single(String tier) {
        Map<String, Long> all = Map.of(Checks.notBlank("tier", tier), 1L);
        return instance -> all;
    }
}
