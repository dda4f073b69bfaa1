package io.chiron.core.routing;

import io.chiron.api.RequestGroup;
import io.chiron.api.RoutedRequest;
import io.chiron.api.TierFlow;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * (g) All requests of a queue arrive between two ticks, with deadlines anywhere in the next hours, and the next tick reads flows and
 * groups; beside {@code PriorityQueue} behind a lock, which only keeps them.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class ArrivalBenchmark {
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000L);
    private static final int SLACK_SECONDS = 4 * 3600;

    @Param({"10000", "1000000"})
    int queued;

    private RoutedRequest[] requests = new RoutedRequest[0];

    @Setup
    public void make() {
        SplittableRandom random = new SplittableRandom(1);
        requests = new RoutedRequest[queued];
        for (int i = 0; i < queued; i++) {
            Instant deadline = NOW.plusMillis(random.nextLong(SLACK_SECONDS * 1000L));
            requests[i] = new RoutedRequest("request-" + i, EarliestFirst.TIER.name(), 161, NOW, deadline);
        }
    }

    @Benchmark
    public void router(Blackhole results) {
        Router router = new Router(List.of(EarliestFirst.TIER), RouterConfig.DEFAULTS);
        for (RoutedRequest request : requests) {
            router.offer(request, NOW);
        }
        List<RequestGroup> groups = router.groups(NOW);
        List<TierFlow> flows = router.flows(NOW);
        results.consume(groups);
        results.consume(flows);
    }

    @Benchmark
    public EarliestFirst lockedPriorityQueue() {
        EarliestFirst queue = new EarliestFirst.LockedPriorityQueue();
        for (RoutedRequest request : requests) {
            queue.add(request);
        }
        return queue;
    }
}
