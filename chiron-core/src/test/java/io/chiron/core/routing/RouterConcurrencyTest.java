package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Placement;
import io.chiron.api.Pool;
import io.chiron.api.RoutedRequest;
import io.chiron.core.local.BatchLimits;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("slow")
class RouterConcurrencyTest {
    private static final int THREADS = 8;
    private static final int REQUESTS = 4_000;
    private static final int INSTANCES = 5;
    /** Hard interactive limit; the batch limit is twice as high. */
    private static final int LIMIT = 20;

    private static final Instant NOW = RouterRun.START;

    private final Router router = new Router(RouterModel.TIERS, RouterConfig.DEFAULTS);
    /** Placements less evictions per request, as the threads were told. */
    private final Map<String, Integer> placed = new ConcurrentHashMap<>();

    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private final AtomicInteger overCap = new AtomicInteger();

    @Test
    @Timeout(60)
    void eachRequestIsPlacedOnceAndEndsOnceUnderContention() throws Exception {
        publish(0);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            work.add(() -> offerAndFinish(thread));
        }
        for (Future<Void> result : threads.invokeAll(work)) {
            result.get();
        }
        threads.shutdown();
        drain();

        assertThat(ended).hasSize(THREADS * REQUESTS);
        assertThat(overCap.get()).isZero();
        // 0 for one that ended while it was queued again.
        assertThat(placed.values()).allMatch(times -> times == 0 || times == 1);
        assertThat(router.queued()).isZero();
        for (int i = 0; i < INSTANCES; i++) {
            assertThat(router.inFlight("i" + i)).isZero();
        }
        assertThat(router.flows(NOW).stream()
                        .mapToDouble(flow -> flow.completed().count())
                        .sum())
                .isEqualTo(THREADS * REQUESTS);
    }

    private Void offerAndFinish(int thread) {
        SplittableRandom random = new SplittableRandom(thread);
        ArrayDeque<String> own = new ArrayDeque<>();
        for (int i = 0; i < REQUESTS; i++) {
            boolean interactive = random.nextInt(2) == 0;
            RoutedRequest request = new RoutedRequest(
                    thread + "-" + i,
                    interactive ? "chat" : "batch",
                    1 + random.nextInt(50),
                    NOW,
                    NOW.plusSeconds(random.nextInt(1000)));
            Placement placement = router.offer(request, NOW);
            placement.evicted().forEach(id -> placed.merge(id, -1, Integer::sum));
            if (placement.placed()) {
                placed.merge(request.id(), 1, Integer::sum);
                own.add(request.id());
            }
            String instance = "i" + random.nextInt(INSTANCES);
            RoutedRequest next = router.next(instance, NOW);
            if (next != null) {
                placed.merge(next.id(), 1, Integer::sum);
                own.add(next.id());
            }
            if (router.inFlight(instance, "chat") > LIMIT || router.inFlight(instance) > 2 * LIMIT) {
                overCap.incrementAndGet();
            }
            if (own.size() > 15) {
                finish(own.poll());
            }
            if (i % 50 == 0) {
                router.groups(NOW);
                router.flows(NOW);
                router.evict(instance, "batch", 1, NOW).forEach(id -> placed.merge(id, -1, Integer::sum));
                publish(i);
            }
        }
        own.forEach(this::finish);
        return null;
    }

    /** It may have been placed by one thread, evicted by another and placed again by a third: the first one ends it. */
    private void finish(String id) {
        if (ended.add(id)) {
            router.finished(id, 1, NOW);
        }
    }

    private void drain() {
        for (boolean found = true; found; ) {
            found = false;
            for (int i = 0; i < INSTANCES; i++) {
                RoutedRequest next = router.next("i" + i, NOW.plusSeconds(10_000));
                if (next != null) {
                    found = true;
                    placed.merge(next.id(), 1, Integer::sum);
                    finish(next.id());
                }
            }
        }
    }

    private void publish(int seed) {
        List<RoutingTable.Row> rows = new ArrayList<>();
        for (int i = 0; i < INSTANCES; i++) {
            Pool pool = i == 0 ? Pool.BATCH : i == 1 ? Pool.INTERACTIVE : Pool.MIXED;
            rows.add(new RoutingTable.Row("i" + i, pool, true, limits(), 1000 + seed % 7));
        }
        RoutingTable.TierCost cost = new RoutingTable.TierCost(0.001, 0.1, 0.01);
        router.publish(new RoutingTable(rows, List.of(cost, cost, cost, cost)));
    }

    private static BatchLimits limits() {
        int[][] soft = new int[4][4];
        int[][] hard = new int[4][4];
        for (int binding = 0; binding < 4; binding++) {
            for (int k = 0; k < 4; k++) {
                boolean interactive = RouterModel.TIERS.get(binding).interactive();
                soft[binding][k] = interactive ? LIMIT * 3 / 4 : 2 * LIMIT;
                hard[binding][k] = interactive ? LIMIT : 2 * LIMIT;
            }
        }
        return BatchLimits.of(soft, hard);
    }
}
