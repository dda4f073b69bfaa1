package io.chiron.testkit;

import io.chiron.api.Pool;
import io.chiron.api.RequestRouter;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.routing.Router;
import io.chiron.core.routing.RouterConfig;
import io.chiron.core.routing.RoutingTable;
import java.util.List;

/** Chiron's own router keeps the contract. */
class ChironRouterProperties extends RouterContract {
    @Override
    protected RequestRouter router(List<String> instances, int limit) {
        Router router = new Router(TIERS, RouterConfig.DEFAULTS);
        BatchLimits limits = BatchLimits.fixed(TIERS.size(), limit);
        RoutingTable.TierCost cost = new RoutingTable.TierCost(0.001, 1, 0.1);
        router.publish(new RoutingTable(
                instances.stream()
                        .map(id -> new RoutingTable.Row(id, Pool.MIXED, true, limits, Double.POSITIVE_INFINITY))
                        .toList(),
                List.of(cost, cost)));
        return router;
    }
}
