package io.chiron.core.routing;

import io.chiron.api.Times;
import io.chiron.api.WaitOutcome;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recent waits of one tier beside their prediction, thinned evenly in the logarithm of the position (ours): of the requests
 * that queue in an octave of positions every (octave / 16)th is followed, and where too many outcomes are kept, the oldest of the
 * fullest octave goes. Guarded by the router's lock.
 */
final class WaitSample {
    private static final int OCTAVES = 40;
    private static final int PER_OCTAVE_BITS = 4;

    private final int limit;
    /** Requests that queued, per octave of the position. */
    private final long[] queued = new long[OCTAVES];

    private final List<ArrayDeque<WaitOutcome>> kept = new ArrayList<>();
    private int size;

    WaitSample(int limit) {
        this.limit = limit;
        for (int octave = 0; octave < OCTAVES; octave++) {
            kept.add(new ArrayDeque<>());
        }
    }

    /** A wait that is followed. */
    record Probe(Instant queuedAt, long position, double predictedSeconds) {}

    /** True if the next request that queues at about this position is to be followed. */
    boolean follows(long position) {
        int octave = octave(position);
        long stride = 1L << Math.max(0, octave - PER_OCTAVE_BITS);
        return queued[octave]++ % stride == 0;
    }

    /** Notes that the request has left the queue for an instance. */
    void dispatched(@Nullable Probe probe, Instant now) {
        if (probe == null) {
            return;
        }
        double actualSeconds = Math.max(0, Times.secondsBetween(probe.queuedAt(), now));
        kept.get(octave(probe.position()))
                .addLast(new WaitOutcome(now, probe.position(), probe.predictedSeconds(), actualSeconds));
        if (++size > limit) {
            ArrayDeque<WaitOutcome> fullest = kept.get(0);
            for (ArrayDeque<WaitOutcome> band : kept) {
                fullest = band.size() > fullest.size() ? band : fullest;
            }
            fullest.removeFirst();
            size--;
        }
    }

    /** What is kept, oldest first. */
    List<WaitOutcome> read() {
        List<WaitOutcome> all = new ArrayList<>(size);
        kept.forEach(all::addAll);
        all.sort(Comparator.comparing(WaitOutcome::dispatchedAt));
        return all;
    }

    private static int octave(long position) {
        return Math.min(OCTAVES - 1, 63 - Long.numberOfLeadingZeros(Math.max(1, position)));
    }
}
