package io.chiron.examples.simulator.policy;

import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.routing.RoutingTable;
import java.util.ArrayList;
import java.util.List;

/** The routing table of a policy without limits of its own: one shared pool with the engine's cap. */
final class FixedTable {
    /** Every request counts the same: the least loaded instance is the one with the fewest requests. */
    private static final RoutingTable.TierCost COST = new RoutingTable.TierCost(0, 1, Double.NaN);

    static final RoutingTable EMPTY = new RoutingTable(List.of(), List.of(COST, COST));

    private FixedTable() {}

    static RoutingTable of(List<InstanceSnapshot> instances, int cap) {
        List<RoutingTable.Row> rows = new ArrayList<>(instances.size());
        for (InstanceSnapshot instance : instances) {
            rows.add(new RoutingTable.Row(
                    instance.id(),
                    Pool.MIXED,
                    instance.phase() == Phase.READY,
                    BatchLimits.fixed(2, cap),
                    Double.POSITIVE_INFINITY));
        }
        return new RoutingTable(rows, List.of(COST, COST));
    }
}
