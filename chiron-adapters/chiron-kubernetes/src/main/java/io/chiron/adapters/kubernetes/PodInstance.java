package io.chiron.adapters.kubernetes;

import io.chiron.api.InstanceSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * An instance and what its pod says beyond that. Immutable.
 *
 * @param instance without a sample; its id is the pod's name
 * @param address IP of the pod; null until it has one
 * @param startUpSeconds from being made to ready, seconds; NaN until it is ready
 * @param trouble why it does not start, such as that no node has room; null if nothing is wrong
 */
public record PodInstance(
        InstanceSnapshot instance,
        @Nullable String address,
        double startUpSeconds,
        @Nullable String trouble) {}
