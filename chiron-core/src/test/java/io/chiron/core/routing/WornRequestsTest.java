package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Pool;
import io.chiron.api.RoutedRequest;
import io.chiron.core.local.BatchLimits;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests that were evicted as often as allowed, and the books of one instance. */
class WornRequestsTest {
    private static final Instant NOW = RouterRun.START;

    @Test
    void aRequestIsEvictedAsOftenAsAllowed() {
        Router router = router(Pool.MIXED, 2);
        offer(router, 0);
        for (int i = 0; i < 2; i++) {
            assertThat(router.evict("i", "batch", 1, NOW)).containsExactly("job0");
            assertThat(router.next("i", NOW).id()).isEqualTo("job0");
        }
        assertThat(router.evict("i", "batch", 1, NOW)).isEmpty();
        assertThat(router.inFlight("i", "batch")).isEqualTo(1);
    }

    @Test
    void thoseEvictedLeastGoFirst() {
        Router router = router(Pool.MIXED, 3);
        offer(router, 0);
        router.evict("i", "batch", 1, NOW);
        router.next("i", NOW);
        offer(router, 1);
        assertThat(router.evict("i", "batch", 2, NOW)).containsExactly("job1", "job0");
    }

    /** Interactive work cannot take their room back: on a mixed instance they get half of its limit, on a batch one all. */
    @Test
    void aMixedInstanceTakesFewOfThem() {
        assertThat(placed(Pool.BATCH)).isEqualTo(10);
        assertThat(placed(Pool.MIXED)).isEqualTo(5);
    }

    /** They wait by themselves, and the earliest of those that may come is next. */
    @Test
    void theEarliestOfBothKindsIsNext() {
        Router router = router(Pool.BATCH, 1);
        for (int i = 0; i < 10; i++) {
            offer(router, i);
        }
        router.evict("i", "batch", 1, NOW);
        // The latest deadline was pushed off and is worn now; one more is due before it and one after.
        router.offer(new RoutedRequest("later", "batch", 10, NOW, NOW.plusSeconds(900)), NOW);
        router.offer(new RoutedRequest("sooner", "batch", 10, NOW, NOW.plusSeconds(60)), NOW);
        for (int i = 0; i < 3; i++) {
            router.finished("job" + i, 1, NOW);
        }
        assertThat(router.next("i", NOW).id()).isEqualTo("sooner");
        assertThat(router.next("i", NOW).id()).isEqualTo("job9");
        assertThat(router.next("i", NOW).id()).isEqualTo("later");
        assertThat(router.next("i", NOW)).isNull();
    }

    @Test
    void anInstanceKeepsItsBooksInWhateverOrderRequestsEnd() {
        InFlight at = new InFlight("i", new Tiers(RouterModel.TIERS));
        Tracked[] requests = new Tracked[20];
        for (int i = 0; i < requests.length; i++) {
            requests[i] = new Tracked(request(i), 1, i);
            Tracked.Run run = new Tracked.Run();
            run.placement = i;
            run.costSeconds = 0.1;
            run.prefillTokens = 3;
            requests[i].run = run;
            at.add(requests[i], run, false, i % 2 == 0);
        }
        assertThat(at.worn[1]).isEqualTo(10);
        for (int i : new int[] {0, 19, 18, 5, 17}) {
            at.remove(requests[i], requests[i].run, false, i % 2 == 0);
        }
        assertThat(at.inOrder())
                .extracting(request -> request.run.placement)
                .containsExactly(1L, 2L, 3L, 4L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L, 16L);
        assertThat(at.size()).isEqualTo(15);
        assertThat(at.counts[1]).isEqualTo(15);
        assertThat(at.worn[1]).isEqualTo(8);
        assertThat(at.victims).hasSize(15);
        assertThat(at.prefillTokens).isEqualTo(45);
        for (Tracked request : at.inOrder()) {
            at.remove(request, request.run, false, request.sequence % 2 == 0);
        }
        assertThat(at.loadSeconds).as("to the last bit").isZero();
    }

    /** Jobs that start at once where none may be evicted. */
    private static long placed(Pool pool) {
        Router router = router(pool, 0);
        for (int i = 0; i < 12; i++) {
            offer(router, i);
        }
        assertThat(router.queued()).isEqualTo(12 - router.inFlight("i"));
        return router.inFlight("i");
    }

    private static void offer(Router router, int number) {
        router.offer(request(number), NOW);
    }

    private static RoutedRequest request(int number) {
        return new RoutedRequest("job" + number, "batch", 10, NOW, NOW.plusSeconds(600 + number));
    }

    private static Router router(Pool pool, int evictions) {
        Router router = new Router(
                RouterModel.TIERS,
                RouterConfig.builder().maxEvictionsPerRequest(evictions).build());
        RoutingTable.TierCost cost = new RoutingTable.TierCost(0.001, 0.1, 0.01);
        router.publish(new RoutingTable(
                List.of(new RoutingTable.Row("i", pool, true, BatchLimits.fixed(4, 10), 1000)),
                List.of(cost, cost, cost, cost)));
        return router;
    }
}
