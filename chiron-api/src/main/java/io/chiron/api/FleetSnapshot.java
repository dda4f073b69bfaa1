package io.chiron.api;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One fleet (one model) at one time. Immutable.
 *
 * @param fleet name of the fleet
 * @param time when the snapshot was put together
 * @param instances every instance that is paid for; a launch that is not listed yet is still known by its id
 * @param flows traffic per tier; a tier that is not listed is unknown, which is not the same as idle
 * @param groups the batch queue in groups, earliest deadline first; null if unknown, empty if the queue is
 */
public record FleetSnapshot(
        String fleet,
        Instant time,
        List<InstanceSnapshot> instances,
        List<TierFlow> flows,
        @Nullable List<RequestGroup> groups) {
    public FleetSnapshot {
        Checks.notBlank("snapshot.fleet", fleet);
        Objects.requireNonNull(time, "snapshot.time");
        instances = List.copyOf(instances);
        flows = List.copyOf(flows);
        groups = groups == null ? null : List.copyOf(groups);
    }

    /** The flow of a tier, or null if it is unknown. */
    public @Nullable TierFlow flow(String tier) {
        for (TierFlow flow : flows) {
            if (flow.tier().equals(tier)) {
                return flow;
            }
        }
        return null;
    }
}
