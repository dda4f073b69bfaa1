package io.chiron.api;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where an offered request goes. Immutable.
 *
 * @param instance the instance that serves it now; null if it was queued
 * @param evicted ids of batch requests that the host must take off that instance first, their KV cache saved; they are
 *     queued again already
 * @param overflow true for an interactive request that had to be queued: the host may shed it
 */
public record Placement(@Nullable String instance, List<String> evicted, boolean overflow) {
    /** A batch request waits in the queue. */
    public static final Placement QUEUED = new Placement(null, List.of(), false);

    /** An interactive request waits in the overflow queue. */
    public static final Placement OVERFLOW = new Placement(null, List.of(), true);

    public Placement {
        evicted = List.copyOf(evicted);
    }

    /** The request goes to an instance that has room. */
    public static Placement on(String instance) {
        return new Placement(Objects.requireNonNull(instance, "placement.instance"), List.of(), false);
    }

    /** True if an instance serves the request now. */
    public boolean placed() {
        return instance != null;
    }
}
