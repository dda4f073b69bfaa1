package io.chiron.core.local;

/**
 * By how much the iterations of one instance take longer than the curve of its kind says (ours). A request is judged by its own
 * mean ITL: of a limit that keeps the mean of all within the SLO half of them are late. Immutable.
 *
 * @param lately measured over expected ITL, less one, over about the time of one request
 * @param mean of {@code lately} over minutes: what the instance itself differs by
 * @param seconds of busy windows behind it
 */
record Pace(double lately, double mean, double seconds) {
    static final Pace UNKNOWN = new Pace(0, 0, 0);

    private static final double MEAN_SECONDS = 120;
    /** What differs by more is an outlier, or another engine, see {@link Surprise}. */
    private static final double LEAST = -0.5;

    private static final double MOST = 1;

    /**
     * With one more sample.
     *
     * @param ratio measured over expected ITL
     * @param requestSeconds how long a request decodes
     */
    Pace after(double ratio, double windowSeconds, double requestSeconds) {
        double miss = Math.max(LEAST, Math.min(MOST, ratio - 1));
        double all = seconds + windowSeconds;
        // A plain mean until there is as much as is looked back on; then as unsteady as the mean over a request.
        double latelyOf = Math.max(windowSeconds, Math.min(all, (requestSeconds + windowSeconds) / 2));
        double newLately = lately + windowSeconds / latelyOf * (miss - lately);
        double newMean = mean + windowSeconds / Math.min(all, MEAN_SECONDS + windowSeconds) * (newLately - mean);
        return new Pace(newLately, newMean, all);
    }

    /** What the instance itself differs by, as far as there is time behind it to tell. */
    double bias() {
        return mean * seconds / (seconds + MEAN_SECONDS);
    }

    /**
     * What requests of a kind of instances differ by from the mean of their instance: a decayed mean square.
     *
     * @param square of the relative deviation
     * @param seconds behind it
     */
    record Spread(double square, double seconds) {
        static final Spread UNKNOWN = new Spread(0, 0);

        private static final double MEMORY_SECONDS = 600;
        /** Of a normal distribution, what 99 % stay below. */
        private static final double QUANTILE = 2.33;
        /** A margin of a half. */
        private static final double MOST_SLOWER = 1;

        Spread after(double meanSquare, double elapsedSeconds) {
            double all = seconds + elapsedSeconds;
            return new Spread(
                    square + elapsedSeconds / Math.min(all, MEMORY_SECONDS + elapsedSeconds) * (meanSquare - square),
                    all);
        }

        /** Share of an SLO that has to be left free so that 99 % of the requests of an instance keep it. */
        double margin(double bias) {
            double slower = Math.max(0, Math.min(MOST_SLOWER, bias + QUANTILE * Math.sqrt(square)));
            return slower / (1 + slower);
        }
    }
}
