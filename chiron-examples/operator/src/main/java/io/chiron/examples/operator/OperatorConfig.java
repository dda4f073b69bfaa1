package io.chiron.examples.operator;

import io.chiron.adapters.kubernetes.Workload;
import io.chiron.api.FleetLimits;
import io.chiron.api.SloTier;
import java.time.Duration;

/**
 * What one operator does. Immutable, checked by {@link ConfigFile}.
 *
 * @param fleet name of the fleet in metrics and events
 * @param tier the one tier that all traffic belongs to; interactive, since engines show no deadlines
 * @param limits fewest and most instances
 * @param workload whose pods are the instances
 * @param engine how a pod's metrics are read
 * @param period time between two ticks
 * @param lease how long a leader may be silent
 * @param metricsPort port of the operator's own metrics; 0 for any free one
 * @param dryRun true to decide and tell, and change nothing
 */
record OperatorConfig(
        String fleet,
        SloTier tier,
        FleetLimits limits,
        Workload workload,
        Engine engine,
        Duration period,
        Duration lease,
        int metricsPort,
        boolean dryRun) {
    /**
     * The metrics page of a pod.
     *
     * @param kvCapacityTokens KV cache of an instance, tokens; NaN to take what the page tells
     * @param iterationBudgetTokens most tokens of one iteration; NaN if unknown
     */
    record Engine(int port, String path, Duration timeout, double kvCapacityTokens, double iterationBudgetTokens) {}

    OperatorConfig withDryRun() {
        return new OperatorConfig(fleet, tier, limits, workload, engine, period, lease, metricsPort, true);
    }
}
