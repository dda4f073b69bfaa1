package io.chiron.core.fleet;

import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.core.local.TierProfile;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What one run of the fleet rule looks at. Immutable.
 *
 * @param snapshot the fleet as observed
 * @param tiers the fleet's tiers with their learned lengths
 * @param capabilities what is known per accelerator kind; a kind that is not listed has no learned curve yet
 * @param limits what the fleet may use
 * @param config settings of the rule
 * @param globalPeriodSeconds time between two runs, seconds; above 0
 * @param now the time of the tick
 */
public record FleetInput(
        FleetSnapshot snapshot,
        List<TierProfile> tiers,
        Map<String, Capability> capabilities,
        FleetLimits limits,
        FleetConfig config,
        double globalPeriodSeconds,
        Instant now) {
    public FleetInput {
        Objects.requireNonNull(snapshot, "input.snapshot");
        tiers = List.copyOf(tiers);
        capabilities = Collections.unmodifiableMap(new TreeMap<>(capabilities));
        Objects.requireNonNull(limits, "input.limits");
        Objects.requireNonNull(config, "input.config");
        Objects.requireNonNull(now, "input.now");
    }

    FleetInput with(Map<String, Capability> newCapabilities) {
        return new FleetInput(snapshot, tiers, newCapabilities, limits, config, globalPeriodSeconds, now);
    }
}
