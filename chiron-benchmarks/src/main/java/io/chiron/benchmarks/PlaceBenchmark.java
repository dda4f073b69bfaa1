package io.chiron.benchmarks;

import io.chiron.api.Placement;
import io.chiron.api.Pool;
import io.chiron.api.RoutedRequest;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.routing.Router;
import io.chiron.core.routing.RouterConfig;
import io.chiron.core.routing.RoutingTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * (d) An interactive request is placed and an earlier one ends, with {@value #PER_INSTANCE} in flight per instance; beside a
 * scan for the least loaded instance with room, behind a lock, that keeps no books of requests.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PlaceBenchmark {
    private static final int PER_INSTANCE = 8;
    private static final int LIMIT = 64;
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000L);

    @State(Scope.Benchmark)
    public static class Fleet {
        @Param({"10", "1000", "10000"})
        int instances;

        private Router router = new Router(SampledFleet.TIERS, RouterConfig.DEFAULTS);
        private LinearScan scan = new LinearScan(1, LIMIT);

        @Setup
        public void publish() {
            router = new Router(SampledFleet.TIERS, RouterConfig.DEFAULTS);
            scan = new LinearScan(instances, LIMIT);
            List<RoutingTable.Row> rows = new ArrayList<>();
            BatchLimits limits = BatchLimits.fixed(2, LIMIT);
            for (int i = 0; i < instances; i++) {
                rows.add(new RoutingTable.Row("instance-" + i, Pool.MIXED, true, limits, Double.POSITIVE_INFINITY));
            }
            RoutingTable.TierCost cost = new RoutingTable.TierCost(1e-5, 0.1, 0.01);
            router.publish(new RoutingTable(rows, Collections.nCopies(2, cost)));
        }
    }

    /** The requests of one thread, in flight one after the other. */
    @State(Scope.Thread)
    public static class Client {
        private RoutedRequest[] requests = new RoutedRequest[0];
        private int[] scanned = new int[0];
        private int next;

        @Setup
        public void fill(Fleet fleet, ThreadParams thread) {
            int inFlight = Math.max(2, PER_INSTANCE * fleet.instances / thread.getThreadCount());
            requests = new RoutedRequest[inFlight];
            scanned = new int[inFlight];
            next = 0;
            for (int i = 0; i < inFlight; i++) {
                String id = "request-" + thread.getThreadIndex() + "-" + i;
                requests[i] = new RoutedRequest(id, "chat", 50 + i % 200, NOW, NOW.plusSeconds(10));
                fleet.router.offer(requests[i], NOW);
                fleet.router.firstToken(id, NOW);
                scanned[i] = fleet.scan.place(cost(requests[i]));
            }
        }

        private int advance() {
            next = next + 1 == requests.length ? 0 : next + 1;
            return next;
        }
    }

    @Benchmark
    public Placement router(Fleet fleet, Client client) {
        RoutedRequest request = client.requests[client.advance()];
        fleet.router.finished(request.id(), 100, NOW);
        return fleet.router.offer(request, NOW);
    }

    @Benchmark
    public int linearScan(Fleet fleet, Client client) {
        int at = client.advance();
        double costSeconds = cost(client.requests[at]);
        fleet.scan.finished(client.scanned[at], costSeconds);
        client.scanned[at] = fleet.scan.place(costSeconds);
        return client.scanned[at];
    }

    private static double cost(RoutedRequest request) {
        return 0.1 + 1e-5 * request.promptTokens();
    }

    /** The least loaded instance with room, by looking at all of them. */
    private static final class LinearScan {
        private final int limit;
        private final double[] loadSeconds;
        private final int[] inFlight;

        LinearScan(int instances, int limit) {
            this.limit = limit;
            loadSeconds = new double[instances];
            inFlight = new int[instances];
        }

        synchronized int place(double costSeconds) {
            int best = -1;
            for (int i = 0; i < loadSeconds.length; i++) {
                if (inFlight[i] < limit && (best < 0 || loadSeconds[i] < loadSeconds[best])) {
                    best = i;
                }
            }
            inFlight[best]++;
            loadSeconds[best] += costSeconds;
            return best;
        }

        synchronized void finished(int instance, double costSeconds) {
            inFlight[instance]--;
            loadSeconds[instance] -= costSeconds;
        }
    }
}
