package io.chiron.core.fleet;

import io.chiron.api.ArrivalBins;
import io.chiron.api.Times;
import java.time.Instant;

/**
 * The recent arrivals of one tier on a fixed time grid: requests and prompt tokens per bin. Immutable; a reading that was
 * already counted changes nothing.
 */
final class BinSeries {
    private static final long LAST_SECOND = 1L << 50;
    /** What is not told yet is taken to go on like the last minute. */
    private static final long RECENT_MILLIS = 60_000;

    private final long binMillis;
    private final int capacity;
    private final long firstBin;
    private final double[] requests;
    private final double[] promptTokens;

    private BinSeries(long binMillis, int capacity, long firstBin, double[] requests, double[] promptTokens) {
        this.binMillis = binMillis;
        this.capacity = capacity;
        this.firstBin = firstBin;
        this.requests = requests;
        this.promptTokens = promptTokens;
    }

    static BinSeries empty(long binMillis, int capacity) {
        return new BinSeries(binMillis, capacity, 0, new double[0], new double[0]);
    }

    /** Adds the bins of a reading that lie behind what is known; {@code time} closes the grid up to there. */
    BinSeries plus(ArrivalBins bins, Instant time) {
        long end = bin(time);
        long readingStart = bin(bins.start());
        long knownEnd = firstBin + requests.length;
        boolean fresh = requests.length == 0 || knownEnd < readingStart || end < firstBin;
        // After a gap, or a clock that went back, the old grid says nothing about what lies between: begin again.
        long from = fresh ? readingStart : knownEnd;
        if (end <= from) {
            return fresh && end < readingStart ? this : (fresh ? restart(readingStart, end) : this);
        }
        long first = Math.max(fresh ? readingStart : firstBin, end - capacity);
        int length = (int) (end - first);
        double[] nextRequests = new double[length];
        double[] nextTokens = new double[length];
        if (!fresh) {
            int skip = (int) (first - firstBin);
            int keep = requests.length - skip;
            if (keep > 0) {
                System.arraycopy(requests, skip, nextRequests, 0, keep);
                System.arraycopy(promptTokens, skip, nextTokens, 0, keep);
            }
        }
        double width = Times.seconds(bins.width());
        double startSeconds = Times.secondsBetween(Instant.EPOCH, bins.start());
        for (int i = bins.size() - 1; i >= 0; i--) {
            long bin = (long) Math.floor((startSeconds + (i + 0.5) * width) * 1000 / binMillis);
            if (bin < from) {
                break;
            }
            if (bin >= first && bin < end) {
                nextRequests[(int) (bin - first)] += bins.requests(i);
                nextTokens[(int) (bin - first)] += bins.promptTokens(i);
            }
        }
        return new BinSeries(binMillis, capacity, first, nextRequests, nextTokens);
    }

    private BinSeries restart(long start, long end) {
        int length = (int) Math.max(0, Math.min(capacity, end - start));
        return new BinSeries(binMillis, capacity, end - length, new double[length], new double[length]);
    }

    /** The bin of a time; what lies beyond the reach of milliseconds counts as its end. */
    private long bin(Instant time) {
        long seconds = Math.max(-LAST_SECOND, Math.min(LAST_SECOND, time.getEpochSecond()));
        return Math.floorDiv(seconds * 1000 + time.getNano() / 1_000_000, binMillis);
    }

    int size() {
        return requests.length;
    }

    double binSeconds() {
        return binMillis / 1000.0;
    }

    /** Index of the first bin on the grid. */
    long firstBin() {
        return firstBin;
    }

    double requests(int index) {
        return requests[index];
    }

    double promptTokens(int index) {
        return promptTokens[index];
    }

    /**
     * Adds the work of each bin to {@code into}, which covers bins {@code from} and on. A tier that is behind others is not
     * one without traffic: bins that it has not told yet count like its last minute.
     */
    void addWork(WorkModel model, int tier, long from, double[] into) {
        long offset = firstBin - from;
        int recent = (int) Math.min(requests.length, RECENT_MILLIS / binMillis);
        double recentWork = 0;
        for (int i = 0; i < requests.length; i++) {
            long at = i + offset;
            double work = model.workSeconds(tier, requests[i], promptTokens[i]);
            recentWork += i >= requests.length - recent ? work : 0;
            if (at >= 0 && at < into.length) {
                into[(int) at] += work;
            }
        }
        long end = requests.length + offset;
        for (int at = (int) Math.max(0, Math.min(into.length, end)); recent > 0 && at < into.length; at++) {
            into[at] += recentWork / recent;
        }
    }
}
