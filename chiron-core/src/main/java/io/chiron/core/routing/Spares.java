package io.chiron.core.routing;

import io.chiron.api.RoutedRequest;
import org.jspecify.annotations.Nullable;

/**
 * Records of requests that have ended, for the next ones: as many come as end, so a router that runs steadily allocates
 * nothing per request. Guarded by the router's lock.
 */
final class Spares {
    /** More than end in a burst while none comes; what is beyond is left to the garbage collector. */
    private static final int MOST = 1024;

    private final @Nullable Tracked[] requests = new Tracked[MOST];
    private final Tracked.@Nullable Run[] runs = new Tracked.Run[MOST];
    private int requestCount;
    private int runCount;

    /** A record of a request that was not placed yet. */
    Tracked request(RoutedRequest request, int tier, long sequence) {
        Tracked spare = requestCount == 0 ? null : requests[--requestCount];
        return spare == null ? new Tracked(request, tier, sequence) : spare.reused(request, tier, sequence);
    }

    /** What a request has from its first placement on. */
    Tracked.Run run() {
        Tracked.Run spare = runCount == 0 ? null : runs[--runCount];
        return spare == null ? new Tracked.Run() : spare.cleared();
    }

    /** Takes back a record that nothing refers to any more. */
    void give(Tracked ended) {
        if (ended.run != null && runCount < MOST) {
            runs[runCount++] = ended.run;
        }
        if (requestCount < MOST) {
            requests[requestCount++] = ended;
        }
    }
}
