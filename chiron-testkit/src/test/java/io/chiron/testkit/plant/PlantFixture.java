package io.chiron.testkit.plant;

import io.chiron.api.Pool;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.routing.Router;
import io.chiron.core.routing.RouterConfig;
import io.chiron.core.routing.RoutingTable;
import io.chiron.testkit.RouterContract;
import io.chiron.testkit.plant.Load.Requests;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A plant with a clock of its own. */
final class PlantFixture {
    final Router router = new Router(RouterContract.TIERS, RouterConfig.DEFAULTS);
    final Plant plant = new Plant(
            new PlantConfig(IterationTime.linear(0.02, 0.001, 0.0001), 100_000, 512, 5),
            RouterContract.TIERS,
            router,
            seconds -> ClosedLoop.START.plusMillis(Math.round(seconds * 1000)));
    double seconds;

    Instant now() {
        return ClosedLoop.START.plusMillis(Math.round(seconds * 1000));
    }

    void pass(double some) {
        seconds += some;
        plant.advance(some);
        plant.measure();
    }

    /** Lets instances take ten requests each, and sends some. */
    void serve(List<String> instances) {
        BatchLimits limits = BatchLimits.fixed(2, 10);
        List<RoutingTable.Row> rows = new ArrayList<>();
        for (String id : instances) {
            rows.add(new RoutingTable.Row(id, Pool.MIXED, true, limits, Double.POSITIVE_INFINITY));
        }
        RoutingTable.TierCost cost = new RoutingTable.TierCost(0.001, 1, 0.1);
        router.publish(new RoutingTable(rows, List.of(cost, cost)));
        for (int i = 0; i < 15; i++) {
            plant.arrive(new Requests("chat", 100, 5000, 10).at(seconds));
            plant.arrive(new Requests("jobs", 100, 200, 100 + 50 * i).at(seconds));
        }
    }
}
