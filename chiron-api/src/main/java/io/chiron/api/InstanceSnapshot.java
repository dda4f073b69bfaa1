package io.chiron.api;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One serving instance as the host sees it. Immutable.
 *
 * @param id unique in the fleet, not blank
 * @param pool its role
 * @param phase where it is in its life
 * @param readyAt when it became ready; for {@link Phase#STARTING} when it is expected to, null if nobody knows
 * @param launchId the id of the {@link Action.Launch} that asked for it; null if something else did
 * @param accelerator kind of accelerator, as named in {@link FleetLimits}; not blank
 * @param sample the newest measurement; null if there never was one
 */
public record InstanceSnapshot(
        String id,
        Pool pool,
        Phase phase,
        @Nullable Instant readyAt,
        @Nullable String launchId,
        String accelerator,
        @Nullable InstanceSample sample) {

    /** The accelerator kind of hosts that have one kind only. */
    public static final String DEFAULT_ACCELERATOR = "default";

    public InstanceSnapshot {
        Checks.notBlank("instance.id", id);
        Objects.requireNonNull(pool, "instance.pool");
        Objects.requireNonNull(phase, "instance.phase");
        Checks.notBlank("instance.accelerator", accelerator);
    }

    /** An instance without launch id and sample, of the default accelerator kind. */
    public static InstanceSnapshot of(String id, Pool pool, Phase phase, @Nullable Instant readyAt) {
        return new InstanceSnapshot(id, pool, phase, readyAt, null, DEFAULT_ACCELERATOR, null);
    }

    /** This instance with another sample. */
    public InstanceSnapshot withSample(@Nullable InstanceSample newSample) {
        return new InstanceSnapshot(id, pool, phase, readyAt, launchId, accelerator, newSample);
    }

    /** This instance with the id of the launch that asked for it. */
    public InstanceSnapshot withLaunchId(@Nullable String newLaunchId) {
        return new InstanceSnapshot(id, pool, phase, readyAt, newLaunchId, accelerator, sample);
    }

    /** This instance on another kind of accelerator. */
    public InstanceSnapshot withAccelerator(String newAccelerator) {
        return new InstanceSnapshot(id, pool, phase, readyAt, launchId, newAccelerator, sample);
    }
}
