package io.chiron.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Placement;
import io.chiron.api.RequestRouter;
import io.chiron.api.RoutedRequest;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Eight threads that offer, take and end requests of one router at once. */
final class RouterStress {
    private static final int THREADS = 8;
    private static final int REQUESTS = 500;
    private static final Instant NOW = RouterScript.START;

    private final RequestRouter router;
    private final List<String> instances;
    /** Placements less evictions per request, as the threads were told. */
    private final Map<String, Integer> placed = new ConcurrentHashMap<>();

    private final Set<String> ended = ConcurrentHashMap.newKeySet();

    private RouterStress(RequestRouter router, List<String> instances) {
        this.router = router;
        this.instances = instances;
    }

    static void run(RequestRouter router, List<String> instances, int limit, long seed) throws InterruptedException {
        RouterStress stress = new RouterStress(router, instances);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<@Nullable Void>> work = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                work.add(() -> stress.live(thread, new SplittableRandom(seed + thread)));
            }
            for (Future<@Nullable Void> result : threads.invokeAll(work)) {
                result.get();
            }
        } catch (ExecutionException thrown) {
            throw new AssertionError("R11: the router throws: " + thrown.getCause(), thrown.getCause());
        } finally {
            threads.shutdownNow();
        }
        stress.drain();
        assertThat(stress.ended).as("R11: requests that ended").hasSize(THREADS * REQUESTS);
        assertThat(stress.placed.values()).as("R11: places of a request").allMatch(times -> times == 0 || times == 1);
        assertThat(router.flows(NOW)).as("R11: what waits at the end").allMatch(flow -> flow.waitingRequests() == 0);
        for (int i = 0; i < limit * instances.size(); i++) {
            RoutedRequest last = new RoutedRequest("last" + i, "chat", 1, NOW, NOW.plusSeconds(10));
            assertThat(router.offer(last, NOW).placed())
                    .as("R11: request %s of %s fits where everything has ended", i + 1, limit * instances.size())
                    .isTrue();
        }
    }

    private @Nullable Void live(int thread, SplittableRandom random) {
        ArrayDeque<String> own = new ArrayDeque<>();
        for (int i = 0; i < REQUESTS; i++) {
            RoutedRequest request = new RoutedRequest(
                    thread + "-" + i,
                    random.nextBoolean() ? "chat" : "jobs",
                    1 + random.nextInt(50),
                    NOW,
                    NOW.plusSeconds(random.nextInt(1000)));
            Placement placement = router.offer(request, NOW);
            placement.evicted().forEach(id -> placed.merge(id, -1, Integer::sum));
            if (placement.placed()) {
                placed.merge(request.id(), 1, Integer::sum);
                own.add(request.id());
            }
            RoutedRequest next = router.next(instances.get(random.nextInt(instances.size())), NOW);
            if (next != null) {
                placed.merge(next.id(), 1, Integer::sum);
                own.add(next.id());
            }
            if (own.size() > 3) {
                finish(own.remove());
            }
            if (i % 50 == 0) {
                router.groups(NOW);
                router.flows(NOW);
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
            for (String instance : instances) {
                RoutedRequest next = router.next(instance, NOW.plusSeconds(100_000));
                if (next != null) {
                    found = true;
                    placed.merge(next.id(), 1, Integer::sum);
                    finish(next.id());
                }
            }
        }
    }
}
