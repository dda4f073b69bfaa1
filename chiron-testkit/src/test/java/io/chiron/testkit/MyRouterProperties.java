package io.chiron.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Pool;
import io.chiron.api.RequestRouter;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.routing.Router;
import io.chiron.core.routing.RouterConfig;
import io.chiron.core.routing.RoutingTable;
import io.chiron.testkit.plant.ClosedLoop;
import io.chiron.testkit.plant.Fault;
import io.chiron.testkit.plant.Load;
import io.chiron.testkit.plant.Run;
import io.chiron.testkit.plant.Scenario;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The examples of the README; Chiron's own router keeps the contract. */
class MyRouterProperties extends RouterContract {
    @Override
    protected RequestRouter router(List<String> instances, int limit) {
        Router router =
                new Router(TIERS, RouterConfig.builder().homeWaitSeconds(5).build()); // yours here
        router.publish(tableOf(instances, limit));
        return router;
    }

    private static RoutingTable tableOf(List<String> instances, int limit) {
        BatchLimits limits = BatchLimits.fixed(TIERS.size(), limit);
        RoutingTable.TierCost cost = new RoutingTable.TierCost(0.001, 1, 0.1);
        return new RoutingTable(
                instances.stream()
                        .map(id -> new RoutingTable.Row(id, Pool.MIXED, true, limits, Double.POSITIVE_INFINITY))
                        .toList(),
                List.of(cost, cost));
    }

    @Provide
    Arbitrary<Scenario> plants() {
        return Scenario.any();
    }

    @Property(tries = 10)
    void meetsDeadlinesThoughTheSourceIsDown(@ForAll("plants") Scenario plant) {
        double end = 300 + plant.demand().deadlineSeconds();
        Router router = new Router(plant.tiers(), RouterConfig.DEFAULTS); // yours here
        Load load =
                Load.even(plant.chat(), plant.perSecond(), 0, end).and(Load.burst(plant.jobs(), plant.jobCount(), 300));
        Run run = ClosedLoop.of(plant.config().build(), plant.plant(), load)
                .router(router, router::publish)
                .tickSeconds(5)
                .fault(Fault.OfSource.THROWS, 400, 430)
                .run(end);
        assertThat(run.inTime(Scenario.JOBS)).as(run.sizes()).isGreaterThanOrEqualTo(0.8);
    }
}
