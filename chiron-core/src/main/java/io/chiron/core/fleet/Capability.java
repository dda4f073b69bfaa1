package io.chiron.core.fleet;

import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.Coefficients;
import java.util.Objects;

/**
 * What is known of one kind of accelerator in a fleet: its iteration curve and the limits of one instance. Immutable.
 *
 * @param curve the learned curve
 * @param limits batch limits that an instance of this kind comes to when it is filled
 */
public record Capability(Coefficients curve, BatchLimits limits) {
    public Capability {
        Objects.requireNonNull(curve, "capability.curve");
        Objects.requireNonNull(limits, "capability.limits");
    }
}
