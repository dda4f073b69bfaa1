package io.chiron.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where measurements come from; the host implements it. */
@FunctionalInterface
public interface MetricSource {
    /**
     * The newest snapshot of a fleet. Must not block: a source that has to wait is polled in the background. May throw;
     * the tick then decides as if blind.
     *
     * @return null if nothing is known
     */
    @Nullable
    FleetSnapshot observe(String fleet, Instant now);
}
