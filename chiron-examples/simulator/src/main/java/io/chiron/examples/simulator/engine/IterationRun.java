package io.chiron.examples.simulator.engine;

/**
 * Iterations of constant composition, whose durations grow linearly because every decode sequence adds one KV token each.
 * All ends are computed from the same anchor, so where a caller stops in between does not change a bit of them.
 */
final class IterationRun {
    private double startSeconds;
    private double firstSeconds;
    private double growthSeconds;
    private long done;
    private long limit;

    void start(double startSeconds, double firstSeconds, double growthSeconds) {
        this.startSeconds = startSeconds;
        this.firstSeconds = firstSeconds;
        this.growthSeconds = growthSeconds;
        done = 0;
        limit = 1;
    }

    void limit(long iterations) {
        limit = iterations;
    }

    long limit() {
        return limit;
    }

    long done() {
        return done;
    }

    void advanceTo(long iterations) {
        done = iterations;
    }

    /** Duration of the first {@code k} iterations. */
    double seconds(long k) {
        return k * firstSeconds + growthSeconds * (0.5 * k * (k - 1));
    }

    double endSeconds(long k) {
        return startSeconds + seconds(k);
    }

    /** The most iterations, up to the limit, that end at {@code toSeconds} or before. */
    long endingBy(double toSeconds) {
        if (endSeconds(limit) <= toSeconds) {
            return limit;
        }
        if (endSeconds(done + 1) > toSeconds) {
            return done;
        }
        // Root of the quadratic in the form that does not cancel; then exact by the same arithmetic as everywhere.
        double x = toSeconds - startSeconds;
        double linear = firstSeconds - 0.5 * growthSeconds;
        double root = 2 * x / (linear + Math.sqrt(linear * linear + 2 * growthSeconds * x));
        long k = Math.min(limit, Math.max(done, (long) root));
        while (endSeconds(k) > toSeconds) {
            k--;
        }
        while (endSeconds(k + 1) <= toSeconds) {
            k++;
        }
        return k;
    }

    /** The fewest iterations that end at {@code toSeconds} or later, or the limit. */
    long endingAtOrAfter(double toSeconds) {
        long k = endingBy(toSeconds);
        return k < limit && (k == 0 || endSeconds(k) < toSeconds) ? k + 1 : k;
    }
}
