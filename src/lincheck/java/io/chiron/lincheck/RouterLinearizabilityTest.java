package io.chiron.lincheck;

import io.chiron.api.Placement;
import io.chiron.api.Pool;
import io.chiron.api.RequestClass;
import io.chiron.api.RoutedRequest;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.routing.Router;
import io.chiron.core.routing.RouterConfig;
import io.chiron.core.routing.RoutingTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What calls of several threads are answered, some order of them one after the other would have been answered too: Lincheck
 * looks for such an order after each of many short runs, and fails with the run that has none.
 */
@Param(name = "id", gen = IntGen.class, conf = "1:4")
@Param(name = "instance", gen = IntGen.class, conf = "0:1")
public class RouterLinearizabilityTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final List<SloTier> TIERS = List.of(
            new SloTier("chat", RequestClass.INTERACTIVE, new Slo(Duration.ofSeconds(10), Duration.ofMillis(200))),
            new SloTier("batch", RequestClass.BATCH, new Slo(Duration.ofHours(1), Duration.ofSeconds(2))));

    private final Router router = new Router(TIERS, RouterConfig.DEFAULTS);

    public RouterLinearizabilityTest() {
        publish(2);
    }

    @Test
    void everyAnswerIsThatOfSomeOrderOfTheCalls() {
        new StressOptions()
                .iterations(25)
                .invocationsPerIteration(2_000)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(3)
                .actorsAfter(2)
                .minimizeFailedScenario(false)
                .check(RouterLinearizabilityTest.class);
    }

    @Operation
    public Placement offerChat(@Param(name = "id") int id) {
        return router.offer(request(id, "chat"), NOW);
    }

    @Operation
    public Placement offerJob(@Param(name = "id") int id) {
        return router.offer(request(id, "batch"), NOW);
    }

    @Operation
    public @Nullable RoutedRequest next(@Param(name = "instance") int instance) {
        return router.next("i" + instance, NOW);
    }

    @Operation
    public void finished(@Param(name = "id") int id) {
        router.finished("r" + id, 5, NOW);
    }

    @Operation
    public List<String> evict(@Param(name = "instance") int instance) {
        return router.evict("i" + instance, "batch", 1, NOW);
    }

    @Operation
    public List<RoutedRequest> failed(@Param(name = "instance") int instance) {
        return router.failed("i" + instance, NOW);
    }

    /** Up to four sequences for each of a mixed instance and a batch one. */
    @Operation
    public void publish(@Param(name = "id") int limit) {
        BatchLimits limits = BatchLimits.fixed(TIERS.size(), limit);
        RoutingTable.TierCost cost = new RoutingTable.TierCost(0.001, 0.1, 0.01);
        router.publish(new RoutingTable(
                List.of(
                        new RoutingTable.Row("i0", Pool.MIXED, true, limits, 1000),
                        new RoutingTable.Row("i1", Pool.BATCH, true, limits, 1000)),
                List.of(cost, cost)));
    }

    @Operation
    public int inFlight(@Param(name = "instance") int instance) {
        return router.inFlight("i" + instance);
    }

    @Operation
    public long queued() {
        return router.queued();
    }

    @Operation
    public int groups() {
        return router.groups(NOW).size();
    }

    private static RoutedRequest request(int id, String tier) {
        return new RoutedRequest("r" + id, tier, 10 * id, NOW, NOW.plusSeconds(600));
    }
}
