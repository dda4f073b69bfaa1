package io.chiron.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Arrivals of one tier in consecutive closed bins of equal width. Immutable: the arrays are copied in and read by index.
 *
 * <p>Bins have absolute times, so reading the same ones twice counts them once.
 */
public final class ArrivalBins {
    /** The widest bin that keeps the demand envelope sharp at a TTFT of seconds. */
    public static final Duration MAX_WIDTH = Duration.ofMillis(250);

    private final Instant start;
    private final Duration width;
    private final double[] requests;
    private final double[] promptTokens;

    private ArrivalBins(Instant start, Duration width, double[] requests, double[] promptTokens) {
        this.start = start;
        this.width = width;
        this.requests = requests;
        this.promptTokens = promptTokens;
    }

    /**
     * Bins from {@code start} on.
     *
     * @param width of each bin; (0, 250 ms]
     * @param requests arrived requests per bin; finite, not negative
     * @param promptTokens their prompt tokens; as long as {@code requests}
     */
    public static ArrivalBins of(Instant start, Duration width, double[] requests, double[] promptTokens) {
        Objects.requireNonNull(start, "bins.start");
        Checks.positive("bins.width", width, MAX_WIDTH);
        if (requests.length != promptTokens.length) {
            throw Checks.outOfRange(
                    "bins.promptTokens.length", promptTokens.length, "the length of bins.requests, " + requests.length);
        }
        double[] ownRequests = requests.clone();
        double[] ownTokens = promptTokens.clone();
        for (int i = 0; i < ownRequests.length; i++) {
            Checks.notNegative("bins.requests", ownRequests[i]);
            Checks.notNegative("bins.promptTokens", ownTokens[i]);
        }
        return new ArrivalBins(start, width, ownRequests, ownTokens);
    }

    /** No closed bin yet; {@code start} is when counting began. */
    public static ArrivalBins none(Instant start) {
        return of(start, MAX_WIDTH, new double[0], new double[0]);
    }

    /** Start of the first bin. */
    public Instant start() {
        return start;
    }

    /** Width of each bin. */
    public Duration width() {
        return width;
    }

    /** Number of bins. */
    public int size() {
        return requests.length;
    }

    /** Requests that arrived in bin {@code index}. */
    public double requests(int index) {
        return requests[index];
    }

    /** Prompt tokens of the requests that arrived in bin {@code index}. */
    public double promptTokens(int index) {
        return promptTokens[index];
    }
}
