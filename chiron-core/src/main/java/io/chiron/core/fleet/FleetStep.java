package io.chiron.core.fleet;

import io.chiron.api.Decision;
import java.util.List;

/**
 * The outcome of one run of the fleet rule. Immutable.
 *
 * @param state what to pass to the next run
 * @param plan what is wanted
 * @param decisions what to do, and what was held
 */
public record FleetStep(FleetState state, FleetPlan plan, List<Decision> decisions) {
    public FleetStep {
        decisions = List.copyOf(decisions);
    }
}
