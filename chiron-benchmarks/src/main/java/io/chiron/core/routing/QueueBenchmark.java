package io.chiron.core.routing;

import io.chiron.api.RoutedRequest;
import java.time.Instant;
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
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * (c) One request is queued and the earliest is taken, in a queue of constant length: Chiron's, alone and with all the
 * router keeps, beside two of the JDK and two floors, one that keeps no order and one with a slot for every deadline there may be. Deadlines either
 * come in order, as they do where all have the same slack, or lie anywhere behind the head (the "hold" model of priority queues). The host's request is made in every operation.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class QueueBenchmark {
    private static final long START_NANOS = 1_700_000_000L * 1_000_000_000L;
    /** A request per millisecond. */
    private static final long STEP_NANOS = 1_000_000;

    @State(Scope.Benchmark)
    public static class Queue {
        @Param({"1000", "100000", "1000000"})
        int queued;

        @Param({"inOrder", "anywhere"})
        String deadlines = "inOrder";

        private EarliestFirst queue = EarliestFirst.named("deadlineQueue");

        @Setup
        public void fill(BenchmarkParams params) {
            String benchmark = params.getBenchmark();
            queue = EarliestFirst.named(benchmark.substring(benchmark.lastIndexOf('.') + 1));
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < queued; i++) {
                long ahead = inOrder() ? i : random.nextLong(queued);
                queue.add(request("filled-" + i, START_NANOS + ahead * STEP_NANOS));
            }
            queue.filled();
        }

        private boolean inOrder() {
            return deadlines.equals("inOrder");
        }

        private RoutedRequest turn(Client client) {
            long earliestNanos = client.earliestNanos;
            long ahead = inOrder() ? queued : client.random.nextLong(2L * queued);
            queue.add(request(client.nextId(), earliestNanos + ahead * STEP_NANOS));
            RoutedRequest taken = queue.take();
            client.earliestNanos = Tiers.nanos(taken.deadline());
            return taken;
        }
    }

    @State(Scope.Thread)
    public static class Client {
        private final SplittableRandom random = new SplittableRandom(2);
        private long next;
        private long earliestNanos;

        @Setup
        public void start(ThreadParams thread) {
            next = (long) thread.getThreadIndex() << 40;
            earliestNanos = START_NANOS;
        }

        private String nextId() {
            return Long.toHexString(next++);
        }
    }

    @Benchmark
    public RoutedRequest deadlineQueue(Queue queue, Client client) {
        return queue.turn(client);
    }

    @Benchmark
    public RoutedRequest router(Queue queue, Client client) {
        return queue.turn(client);
    }

    @Benchmark
    public RoutedRequest lockedPriorityQueue(Queue queue, Client client) {
        return queue.turn(client);
    }

    @Benchmark
    public RoutedRequest skipListMap(Queue queue, Client client) {
        return queue.turn(client);
    }

    @Benchmark
    public RoutedRequest unordered(Queue queue, Client client) {
        return queue.turn(client);
    }

    @Benchmark
    public RoutedRequest scattered(Queue queue, Client client) {
        return queue.turn(client);
    }

    private static RoutedRequest request(String id, long deadlineNanos) {
        Instant deadline = Tiers.instant(deadlineNanos);
        return new RoutedRequest(id, EarliestFirst.TIER.name(), 161, deadline.minusSeconds(3600), deadline);
    }
}
