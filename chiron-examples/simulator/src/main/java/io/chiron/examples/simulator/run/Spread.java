package io.chiron.examples.simulator.run;

/** Quantiles of a stream of positive values in bounded memory: counts in bins that grow by half a per cent. */
final class Spread {
    private static final double LEAST = 1e-4;
    private static final double LOG_STEP = StrictMath.log(1.005);
    private static final int BINS = 4096;
    private static final double NEAR_EDGE = 1e-6;

    private final long[] counts = new long[BINS];
    private long total;

    void add(double value) {
        counts[bin(value)]++;
        total++;
    }

    private static int bin(double value) {
        if (value <= LEAST) {
            return 0;
        }
        double place = 1 + Math.log(value / LEAST) / LOG_STEP;
        if (Math.abs(place - Math.rint(place)) < NEAR_EDGE) {
            // The fast logarithm may be a bit off, on some machine; away from the edges of the bins that changes
            // nothing.
            place = 1 + StrictMath.log(value / LEAST) / LOG_STEP;
        }
        return (int) Math.min(BINS - 1, place);
    }

    /** The quantile, to within half a per cent; NaN if there is no value. */
    double quantile(double p) {
        if (total == 0) {
            return Double.NaN;
        }
        long rank = (long) Math.ceil(p * total);
        long seen = 0;
        for (int bin = 0; bin < BINS; bin++) {
            seen += counts[bin];
            if (seen >= rank) {
                return bin == 0 ? LEAST : LEAST * StrictMath.exp((bin - 0.5) * LOG_STEP);
            }
        }
        return Double.POSITIVE_INFINITY;
    }
}
