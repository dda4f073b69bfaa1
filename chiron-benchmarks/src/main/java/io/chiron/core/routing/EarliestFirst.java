package io.chiron.core.routing;

import io.chiron.api.Pool;
import io.chiron.api.RequestClass;
import io.chiron.api.RoutedRequest;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.core.local.BatchLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A thread-safe queue of requests, earliest deadline first: what the benchmark compares. */
interface EarliestFirst {
    SloTier TIER = new SloTier("jobs", RequestClass.BATCH, new Slo(Duration.ofHours(1), Duration.ofSeconds(2)));

    void add(RoutedRequest request);

    /** Called once all that wait from the beginning were added. */
    default void filled() {}

    /** Takes the earliest request; there must be one. */
    RoutedRequest take();

    static EarliestFirst named(String name) {
        return switch (name) {
            case "deadlineQueue" -> new OfChiron();
            case "router" -> new WholeRouter();
            case "lockedPriorityQueue" -> new LockedPriorityQueue();
            case "skipListMap" -> new SkipList();
            case "unordered" -> new Unordered();
            case "scattered" -> new Scattered();
            default -> throw new IllegalArgumentException("no queue is called " + name);
        };
    }

    /** Chiron's queue behind a lock, with the record that the router keeps of a request. */
    final class OfChiron implements EarliestFirst {
        private final DeadlineQueue queue = new DeadlineQueue(new Tiers(List.of(TIER))::order);
        private long sequence;

        @Override
        public synchronized void add(RoutedRequest request) {
            queue.add(new Tracked(request, 0, sequence++));
        }

        @Override
        public synchronized RoutedRequest take() {
            return Objects.requireNonNull(queue.poll()).request;
        }
    }

    /** The whole life of a batch request in the router: offered, queued, taken by an instance, ended. */
    final class WholeRouter implements EarliestFirst {
        private final Router router = new Router(List.of(TIER), RouterConfig.DEFAULTS);
        private final Instant now = Instant.ofEpochSecond(1_700_000_000L);

        WholeRouter() {
            publish(false);
        }

        /** Until now nothing was accepting, so that all of them waited. */
        @Override
        public void filled() {
            publish(true);
        }

        private void publish(boolean accepting) {
            BatchLimits limits = BatchLimits.fixed(1, 64);
            RoutingTable.Row row = new RoutingTable.Row("i", Pool.BATCH, accepting, limits, Double.POSITIVE_INFINITY);
            router.publish(new RoutingTable(List.of(row), List.of(new RoutingTable.TierCost(1e-5, 0.1, 0.01))));
        }

        @Override
        public void add(RoutedRequest request) {
            router.offer(request, now);
        }

        @Override
        public RoutedRequest take() {
            RoutedRequest next = Objects.requireNonNull(router.next("i", now));
            router.finished(next.id(), 100, now);
            return next;
        }
    }

    final class LockedPriorityQueue implements EarliestFirst {
        private final PriorityQueue<RoutedRequest> queue =
                new PriorityQueue<>(Comparator.comparing(RoutedRequest::deadline));

        @Override
        public synchronized void add(RoutedRequest request) {
            queue.add(request);
        }

        @Override
        public synchronized RoutedRequest take() {
            return queue.remove();
        }
    }

    /** First in, first out: the floor, which is to make a request, keep it, and look at it again when memory is cold. */
    final class Unordered implements EarliestFirst {
        private final ArrayDeque<RoutedRequest> queue = new ArrayDeque<>();

        @Override
        public synchronized void add(RoutedRequest request) {
            queue.add(request);
        }

        @Override
        public synchronized RoutedRequest take() {
            return queue.remove();
        }
    }

    /**
     * Slots for every deadline there may be, which no queue of real deadlines can have: the floor where deadlines lie anywhere. One
     * write to a cold place, and the next one that is there.
     */
    final class Scattered implements EarliestFirst {
        private static final int SLOTS = 1 << 23;
        /** Of the benchmark's deadlines, so that most slots are free. */
        private static final int PER_MILLI = 4;

        private final @Nullable RoutedRequest[] slots = new RoutedRequest[SLOTS];
        private long next = Long.MAX_VALUE;

        @Override
        public synchronized void add(RoutedRequest request) {
            long place = PER_MILLI * request.deadline().toEpochMilli();
            next = Math.min(next, place);
            int slot = (int) (place & (SLOTS - 1));
            while (slots[slot] != null) {
                slot = (slot + 1) & (SLOTS - 1);
            }
            slots[slot] = request;
        }

        @Override
        public synchronized RoutedRequest take() {
            while (true) {
                int slot = (int) (next & (SLOTS - 1));
                RoutedRequest request = slots[slot];
                if (request != null) {
                    slots[slot] = null;
                    return request;
                }
                next++;
            }
        }
    }

    final class SkipList implements EarliestFirst {
        private final ConcurrentSkipListMap<Key, RoutedRequest> queue = new ConcurrentSkipListMap<>();
        private final AtomicLong sequence = new AtomicLong();

        record Key(Instant deadline, long sequence) implements Comparable<Key> {
            @Override
            public int compareTo(Key other) {
                int order = deadline.compareTo(other.deadline);
                return order != 0 ? order : Long.compare(sequence, other.sequence);
            }
        }

        @Override
        public void add(RoutedRequest request) {
            queue.put(new Key(request.deadline(), sequence.getAndIncrement()), request);
        }

        @Override
        public RoutedRequest take() {
            Map.Entry<Key, RoutedRequest> first = queue.pollFirstEntry();
            return Objects.requireNonNull(first).getValue();
        }
    }
}
