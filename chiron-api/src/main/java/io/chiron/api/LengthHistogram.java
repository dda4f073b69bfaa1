package io.chiron.api;

/**
 * Counts of output lengths in bins that grow by a quarter octave: bin {@code i} holds lengths in [2^(i/4), 2^((i+1)/4)).
 * Immutable.
 */
public final class LengthHistogram {
    /** Number of bins: lengths up to 2^21 tokens; longer ones count in the last. */
    public static final int BINS = 84;

    /** No length counted. */
    public static final LengthHistogram EMPTY = new LengthHistogram(new double[BINS]);

    private static final double[] LOWER = lowerBounds();

    private final double[] counts;

    private LengthHistogram(double[] counts) {
        this.counts = counts;
    }

    /** A histogram with these counts, one per bin; finite, not negative. */
    public static LengthHistogram of(double[] counts) {
        if (counts.length != BINS) {
            throw Checks.outOfRange("histogram.length", counts.length, String.valueOf(BINS));
        }
        double[] own = counts.clone();
        for (double count : own) {
            Checks.notNegative("histogram.count", count);
        }
        return new LengthHistogram(own);
    }

    /** The bin of a length; lengths below one count as one. */
    public static int bin(double tokens) {
        if (!(tokens >= 1)) {
            return 0;
        }
        // The octave is the exponent; what is left to tell is the quarter.
        int octave = Math.getExponent(tokens);
        if (octave >= BINS / 4) {
            return BINS - 1;
        }
        int bin = 4 * octave;
        int second = tokens >= LOWER[bin + 1] ? 1 : 0;
        int third = tokens >= LOWER[bin + 2] ? 1 : 0;
        int fourth = tokens >= LOWER[bin + 3] ? 1 : 0;
        return bin + second + third + fourth;
    }

    /** Smallest length of bin {@code index}, in tokens. */
    public static double lowerBound(int index) {
        return LOWER[index];
    }

    /** Lengths counted in bin {@code index}. */
    public double count(int index) {
        return counts[index];
    }

    /** All lengths counted. */
    public double total() {
        double sum = 0;
        for (double count : counts) {
            sum += count;
        }
        return sum;
    }

    private static double[] lowerBounds() {
        double[] steps = {1, StrictMath.pow(2, 0.25), StrictMath.sqrt(2), StrictMath.pow(2, 0.75)};
        double[] bounds = new double[BINS];
        for (int i = 0; i < BINS; i++) {
            bounds[i] = steps[i % 4] * (1L << (i / 4));
        }
        return bounds;
    }
}
