package io.chiron.core.routing;

import io.chiron.api.RequestClass;
import io.chiron.api.RequestGroup;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All batch requests that wait, earliest deadline first. Guarded by the router's lock.
 *
 * <p>An evicted request is parked at its home, the instance that keeps its KV cache. Any other instance may take it only
 * once its deadline is near; if its home takes no batch work any more it waits like the others. Requests that may not be
 * evicted again ("worn") are kept apart, since a mixed instance takes few of them.
 */
final class BatchQueue {
    /** Index of the queues of requests that can be evicted. */
    static final int FRESH = 0;
    /** Index of the queues of requests that cannot be evicted (again). */
    static final int WORN = 1;

    private final Tiers tiers;
    private final RouterConfig config;
    private final long homeWaitNanos;
    private final DeadlineGrouping grouping;
    /** What any instance may take. */
    private final DeadlineQueue[] open;
    /** What is parked at all homes. */
    private final DeadlineQueue[] parked;

    BatchQueue(Tiers tiers, RouterConfig config) {
        this.tiers = tiers;
        this.config = config;
        homeWaitNanos = (long) (config.homeWaitSeconds() * 1e9);
        grouping = new DeadlineGrouping(tiers);
        open = pair(tiers);
        parked = pair(tiers);
    }

    /** A fresh and a worn queue. */
    static DeadlineQueue[] pair(Tiers tiers) {
        return new DeadlineQueue[] {new DeadlineQueue(tiers::order), new DeadlineQueue(tiers::order)};
    }

    /** True if the router may not take the request off an instance (again). */
    boolean worn(Tracked request) {
        return !config.evictionEnabled() || request.evictions() >= config.maxEvictionsPerRequest();
    }

    /** Queues a request; it is parked if its home takes batch work. */
    void add(Tracked request, Instant now) {
        request.queued = true;
        InFlight home = request.home();
        int kind = worn(request) ? WORN : FRESH;
        if (home != null && home.takes(RequestClass.BATCH)) {
            home.parked[kind].add(request);
            parked[kind].add(request);
        } else {
            if (request.run != null) {
                request.run.instance = null;
            }
            open[kind].add(request);
        }
        grouping.add(request, now);
    }

    /** Removes a request that is queued here. It keeps its home for the caller to look at. */
    void remove(Tracked request) {
        grouping.remove(request);
        InFlight home = request.home();
        int kind = worn(request) ? WORN : FRESH;
        if (home != null) {
            home.parked[kind].remove(request);
            parked[kind].remove(request);
        } else {
            open[kind].remove(request);
        }
    }

    /** Gives what is parked at an instance to all; the KV cache there is lost to them. */
    void release(InFlight home) {
        for (int kind = FRESH; kind <= WORN; kind++) {
            for (Tracked request = home.parked[kind].poll(); request != null; request = home.parked[kind].poll()) {
                parked[kind].remove(request);
                grouping.leavesHome(request);
                open[kind].add(request);
            }
        }
    }

    /** The earliest request of a kind that the instance may take, or null. */
    @Nullable
    Tracked head(int kind, InFlight at, Instant now) {
        Tracked anywhere = parked[kind].peek();
        return earlier(
                earlier(open[kind].peek(), at.parked[kind].peek()),
                anywhere != null && near(anywhere, now) ? anywhere : null);
    }

    /** The one that is due first, or null if both are. */
    @Nullable
    Tracked earlier(@Nullable Tracked one, @Nullable Tracked other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        int order = Long.compare(tiers.order(one), tiers.order(other));
        return order < 0 || (order == 0 && one.sequence <= other.sequence) ? one : other;
    }

    /** True if a request waits that any instance may take. */
    boolean hasOpen(Instant now) {
        for (int kind = FRESH; kind <= WORN; kind++) {
            Tracked anywhere = parked[kind].peek();
            if (!open[kind].isEmpty() || (anywhere != null && near(anywhere, now))) {
                return true;
            }
        }
        return false;
    }

    long position(Tracked request) {
        return grouping.position(request);
    }

    long earliestArrivalNanos(int tier) {
        return grouping.earliestArrivalNanos(tier);
    }

    List<RequestGroup> groups(Instant now) {
        return grouping.groups(now, config.slackFraction(), config.groupLimit());
    }

    private boolean near(Tracked request, Instant now) {
        long due = tiers.order(request);
        long nowNanos = Tiers.nanos(now);
        return due <= nowNanos || due - nowNanos <= homeWaitNanos;
    }
}
