package io.chiron.benchmarks;

import io.chiron.api.RoutedRequest;
import io.chiron.core.routing.Router;
import io.chiron.core.routing.RouterConfig;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.time.Instant;
import java.util.Locale;

/** What the router needs for requests that wait, beyond the requests themselves, which are the host's. */
final class QueueMemory {
    private static final int GARBAGE_COLLECTIONS = 3;

    private QueueMemory() {}

    /** One line of Markdown on {@code queued} requests. */
    static String measured(int queued) {
        Instant start = Instant.ofEpochSecond(1_700_000_000L);
        RoutedRequest[] requests = new RoutedRequest[queued];
        for (int i = 0; i < queued; i++) {
            Instant arrival = start.plusMillis(i);
            requests[i] = new RoutedRequest("request-" + i, "jobs", 161, arrival, arrival.plusSeconds(3600));
        }
        Router router = new Router(SampledFleet.TIERS, RouterConfig.DEFAULTS);
        long before = usedBytes();
        double megabytes;
        try {
            for (RoutedRequest request : requests) {
                router.offer(request, request.arrival());
            }
            megabytes = (usedBytes() - before) * 1e-6;
        } finally {
            Reference.reachabilityFence(requests);
        }
        return String.format(
                Locale.ROOT,
                "%,d queued requests: %.1f MB beyond the host's own objects. Target: at most 64 MB at 10⁶.%n",
                router.queued(),
                megabytes);
    }

    private static long usedBytes() {
        for (int i = 0; i < GARBAGE_COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
