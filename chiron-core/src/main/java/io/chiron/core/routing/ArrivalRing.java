package io.chiron.core.routing;

import io.chiron.api.ArrivalBins;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * Arrivals of all tiers in bins of absolute time, the recent ones. Guarded by the router's lock.
 *
 * <p>A bin is read once it is closed, and a closed one never changes: an arrival that is reported late counts in the open
 * bin. After a time that was ahead by more than any call is late, what lies ahead is forgotten; a clock that falls back by
 * more than the ring covers starts the count anew.
 */
final class ArrivalRing {
    /** Calls of several threads may come in another order than their times. */
    private static final long MOST_LATE_NANOS = 5_000_000_000L;

    private final long widthNanos;
    private final int capacity;
    private final double[][] requests;
    private final double[][] promptTokens;

    private boolean started;
    /** Number of the oldest bin that is kept, in widths since 1970. */
    private long first;
    /** Number of the bin that is still counted. */
    private long open;

    ArrivalRing(int tiers, RouterConfig config) {
        widthNanos = config.binMillis() * 1_000_000L;
        // One more: the open bin.
        capacity = (int) Math.ceil(config.binMemorySeconds() * 1000 / config.binMillis()) + 1;
        requests = new double[tiers][capacity];
        promptTokens = new double[tiers][capacity];
    }

    void add(int tier, int prompt, Instant now) {
        advance(now);
        int slot = Math.floorMod(open, capacity);
        requests[tier][slot]++;
        promptTokens[tier][slot] += prompt;
    }

    ArrivalBins read(int tier, Instant now) {
        advance(now);
        int closed = (int) (open - first);
        double[] counts = new double[closed];
        double[] tokens = new double[closed];
        for (int i = 0; i < closed; i++) {
            int slot = Math.floorMod(first + i, capacity);
            counts[i] = requests[tier][slot];
            tokens[i] = promptTokens[tier][slot];
        }
        return ArrivalBins.of(Tiers.instant(first * widthNanos), Duration.ofNanos(widthNanos), counts, tokens);
    }

    private void advance(Instant now) {
        long bin = Math.floorDiv(Tiers.nanos(now), widthNanos);
        if (!started || bin < open - capacity) {
            started = true;
            clear(0, capacity);
            first = bin;
            open = bin;
            return;
        }
        if (bin >= first && (open - bin) * widthNanos > MOST_LATE_NANOS) {
            for (; open > bin; open--) {
                int slot = Math.floorMod(open, capacity);
                clear(slot, slot + 1);
            }
        }
        if (bin - open >= capacity) {
            clear(0, capacity);
            open = bin;
        }
        while (open < bin) {
            open++;
            int slot = Math.floorMod(open, capacity);
            clear(slot, slot + 1);
        }
        first = Math.max(first, open - capacity + 1);
    }

    private void clear(int from, int to) {
        for (int tier = 0; tier < requests.length; tier++) {
            Arrays.fill(requests[tier], from, to, 0);
            Arrays.fill(promptTokens[tier], from, to, 0);
        }
    }
}
