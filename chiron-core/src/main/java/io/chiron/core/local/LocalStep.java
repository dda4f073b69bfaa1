package io.chiron.core.local;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a {@link BatchSizeRule} returns. Immutable.
 *
 * @param state to be passed to the next step
 * @param decisions one per instance, by id, in the order of the instances
 */
public record LocalStep(LocalState state, Map<String, LocalDecision> decisions) {
    public LocalStep {
        Objects.requireNonNull(state, "step.state");
        // One that cannot change needs no copy.
        decisions = decisions instanceof ByInstance
                ? decisions
                : Collections.unmodifiableMap(new LinkedHashMap<>(decisions));
    }
}
