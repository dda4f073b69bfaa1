package io.chiron.core.fleet;

/**
 * The present level of demand and its straight-line trend, told from noise. Immutable.
 *
 * @param level rate now: the end of the line if it slopes significantly, else the mean
 * @param perSecond rise of the rate per second; 0 if it is not significant
 */
record Trend(double level, double perSecond) {
    /** Slopes of less than this many standard errors are noise. */
    private static final double SIGNIFICANT = 3;
    /** Change over all blocks, against the mean, that may come of rounding alone. */
    private static final double ROUNDING = 1e-9;

    private static final int LEAST_BLOCKS = 15;

    boolean falls() {
        return perSecond < 0;
    }

    /** The present level over that of the line {@code ageSeconds} ago; 1 unless the load falls. */
    double decline(double ageSeconds) {
        double line = level - perSecond * ageSeconds;
        return falls() && line > 0 ? level / line : 1;
    }

    /**
     * The trend of the rate behind {@code series}, an amount per bin, by least squares over its last {@code blocks} blocks
     * of {@code blockBins} bins.
     */
    static Trend of(double[] series, double binSeconds, int blockBins, int blocks) {
        int have = Math.min(blocks, series.length / blockBins);
        if (have == 0) {
            return new Trend(0, 0);
        }
        double blockSeconds = blockBins * binSeconds;
        double middle = (have - 1) / 2.0;
        double[] rates = new double[have];
        double mean = 0;
        for (int block = 0; block < have; block++) {
            int end = series.length - (have - 1 - block) * blockBins;
            for (int i = end - blockBins; i < end; i++) {
                rates[block] += series[i] / blockSeconds;
            }
            mean += rates[block] / have;
        }
        if (have < LEAST_BLOCKS) {
            return new Trend(mean, 0);
        }
        double spread = 0;
        double joint = 0;
        for (int block = 0; block < have; block++) {
            spread += (block - middle) * (block - middle);
            joint += (block - middle) * (rates[block] - mean);
        }
        double slope = joint / spread;
        double residual = 0;
        for (int block = 0; block < have; block++) {
            double error = rates[block] - mean - slope * (block - middle);
            residual += error * error;
        }
        double deviation = Math.sqrt(residual / (have - 2) / spread);
        // A load that is level to the last bit has no noise to tell rounding from.
        boolean significant = Math.abs(slope) > SIGNIFICANT * deviation && Math.abs(slope) * have > ROUNDING * mean;
        return significant
                ? new Trend(Math.max(0, mean + slope * (have / 2.0)), slope / blockSeconds)
                : new Trend(mean, 0);
    }
}
