package io.chiron.core.local;

import io.chiron.api.Checks;
import io.chiron.api.InstanceSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What a {@link BatchSizeRule} is shown. Immutable.
 *
 * @param instances the instances of one fleet; of two with the same id the first counts
 * @param tiers the tiers of the fleet, in the order in which {@link BatchLimits} numbers them; at least one
 * @param now the time of the step
 */
public record LocalInput(List<InstanceSnapshot> instances, List<TierProfile> tiers, Instant now) {
    public LocalInput {
        instances = List.copyOf(instances);
        tiers = List.copyOf(tiers);
        if (tiers.isEmpty()) {
            throw Checks.outOfRange("input.tiers", "[]", "at least one tier");
        }
        Objects.requireNonNull(now, "input.now");
    }
}
