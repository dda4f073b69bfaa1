package io.chiron.core.routing;

import io.chiron.api.Placement;
import io.chiron.api.Pool;
import io.chiron.api.RequestClass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What one instance has in flight: placed and not ended. Guarded by the router's lock. */
final class InFlight {
    /** Best victim of an eviction first: fewest evictions so far, then latest deadline, then placed last. */
    private static final Comparator<Tracked> VICTIMS_FIRST = Comparator.comparingInt(Tracked::evictions)
            .thenComparing(request -> request.request.deadline(), Comparator.reverseOrder())
            .thenComparing(InFlight::placement, Comparator.reverseOrder());

    final String id;
    /** The answer to a request that is placed here, made once. */
    final Placement placement;
    /** Requests in flight per tier. */
    final int[] counts;
    /** Of those, the ones that cannot be evicted (again). */
    final int[] worn;
    /** Batch requests in flight, best victim first. */
    final TreeSet<Tracked> victims = new TreeSet<>(VICTIMS_FIRST);
    /** Queued requests whose KV cache is kept here, fresh and worn. */
    final DeadlineQueue[] parked;

    int interactive;
    double loadSeconds;
    /** Tokens to process for requests that wait for their next token since they were placed. */
    long prefillTokens;
    /** The published row, or null if the instance is not in the table. */
    RoutingTable.@Nullable Row row;
    /** Index of the row, or -1. */
    int index = -1;
    /** Reported dead since the last table. */
    boolean failed;

    private @Nullable Tracked[] running = new Tracked[8];
    private int size;

    InFlight(String id, Tiers tiers) {
        this.id = id;
        placement = Placement.on(id);
        counts = new int[tiers.count()];
        worn = new int[tiers.count()];
        parked = BatchQueue.pair(tiers);
    }

    int size() {
        return size;
    }

    /** True if it takes work of the class now. */
    boolean takes(RequestClass requestClass) {
        return row != null && !failed && row.accepting() && row.pool().serves(requestClass);
    }

    boolean mixed() {
        return row != null && row.pool() == Pool.MIXED;
    }

    boolean hasParked() {
        return !parked[BatchQueue.FRESH].isEmpty() || !parked[BatchQueue.WORN].isEmpty();
    }

    void add(Tracked request, Tracked.Run run, boolean isInteractive, boolean isWorn) {
        run.instance = this;
        run.slot = size;
        if (size == running.length) {
            running = Arrays.copyOf(running, size * 2);
        }
        running[size++] = request;
        counts[request.tier]++;
        loadSeconds += run.costSeconds;
        prefillTokens += run.prefillTokens;
        if (isInteractive) {
            interactive++;
        } else {
            victims.add(request);
            worn[request.tier] += isWorn ? 1 : 0;
        }
    }

    void remove(Tracked request, Tracked.Run run, boolean isInteractive, boolean isWorn) {
        Tracked moved = running[--size];
        running[run.slot] = moved;
        if (moved != null && moved.run != null) {
            moved.run.slot = run.slot;
        }
        running[size] = null;
        counts[request.tier]--;
        // Rounding must not add up over millions of requests.
        loadSeconds = size == 0 ? 0 : Math.max(0, loadSeconds - run.costSeconds);
        prefillTokens -= run.prefillTokens;
        run.prefillTokens = 0;
        if (isInteractive) {
            interactive--;
        } else {
            victims.remove(request);
            worn[request.tier] -= isWorn ? 1 : 0;
        }
    }

    /** What is in flight, in order of placement. */
    List<Tracked> inOrder() {
        List<Tracked> all = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            Tracked request = running[i];
            if (request != null) {
                all.add(request);
            }
        }
        all.sort(Comparator.comparingLong(InFlight::placement));
        return all;
    }

    private static long placement(Tracked request) {
        return request.run == null ? 0 : request.run.placement;
    }
}
