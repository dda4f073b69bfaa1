package io.chiron.core.fleet;

import java.util.List;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.inference.OneWayAnova;

/**
 * The capacity that a steady load needs (ours): the mean of the longest past window whose parts do not differ
 * significantly (analysis of variance), plus what its variability asks for.
 *
 * <p>A queue of work with mean m and variance v per second, served at rate c, holds more than c·slack with probability
 * {@code exp(-2·(c - m)·c·slack / v)} (Brownian approximation: Kingman's heavy-traffic bound), so
 * {@code c = m + v·ln(1/ε) / (2·c·slack)}. Unlike a quantile of the past it needs no rare event to have happened yet. The
 * uncertainty of m is added. A replay of the window checks it: what really came would have been served.
 */
final class SteadyLoad {
    private static final int[] WINDOW_SECONDS = {3600, 2700, 1800, 1200, 900, 600, 420, 300, 180};
    /** Long enough that sums of successive blocks are nearly independent, short enough for three minutes of them. */
    private static final int LEAST_BLOCK_SECONDS = 12;
    /**
     * Seconds with arrivals that a block is to hold, as far as the window has {@link #LEAST_BLOCKS} of them: requests are
     * whole, so even arrivals differ by up to a quarter of a squared request per block, which is not to count as a burst.
     */
    private static final int ARRIVALS = 6;

    private static final int LEAST_BLOCKS = 30;

    private static final int PARTS = 5;
    /** Parts that differ more than chance does so rarely are not one load. */
    private static final double SIGNIFICANCE = 0.05;
    /** Blocks that differ by less than this share are alike but for rounding, which an analysis of variance cannot tell. */
    private static final double ROUNDING = 1e-9;
    /** Share of time with more than the slack waiting. */
    private static final double LATE = 0.003;

    /** A mean of less than this time is taken at two deviations, else at one. */
    private static final int LONG_SECONDS = 600;

    private SteadyLoad() {}

    /** Capacity for a past in bins of one second; NaN if the newest three minutes are not steady. */
    static double capacity(double[] work, double slackSeconds) {
        for (int window : WINDOW_SECONDS) {
            if (window <= work.length) {
                int block = blockSeconds(work, window);
                double[][] parts = parts(work, work.length - window, window, block);
                if (isLevel(parts)) {
                    double mean = 0;
                    double variance = 0;
                    for (double[] part : parts) {
                        mean += StatUtils.mean(part) / block / PARTS;
                        variance += StatUtils.variance(part) / block / PARTS;
                    }
                    double newest = StatUtils.mean(parts[PARTS - 1]) / block;
                    double planned = Math.max(mean, (mean + newest) / 2)
                            + (window < LONG_SECONDS ? 2 : 1) * Math.sqrt(variance / window);
                    return Math.max(
                            plus(planned, variance, slackSeconds),
                            DemandEnvelope.replay(work, work.length - window, work.length, 1, slackSeconds));
                }
            }
        }
        return Double.NaN;
    }

    private static boolean isLevel(double[][] parts) {
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (double[] part : parts) {
            least = Math.min(least, StatUtils.min(part));
            most = Math.max(most, StatUtils.max(part));
        }
        return most - least <= ROUNDING * most || new OneWayAnova().anovaPValue(List.of(parts)) >= SIGNIFICANCE;
    }

    private static int blockSeconds(double[] work, int window) {
        int busy = 0;
        for (int i = work.length - window; i < work.length; i++) {
            busy += work[i] > 0 ? 1 : 0;
        }
        int forArrivals = (int) Math.min(window, Math.ceil((double) ARRIVALS * window / Math.max(1, busy)));
        return Math.max(LEAST_BLOCK_SECONDS, Math.min(window / LEAST_BLOCKS, forArrivals));
    }

    /** The work of each block, in parts of the window. */
    private static double[][] parts(double[] work, int from, int window, int blockSeconds) {
        int blocks = window / blockSeconds / PARTS;
        double[][] parts = new double[PARTS][blocks];
        for (int i = 0; i < PARTS * blocks * blockSeconds; i++) {
            int block = i / blockSeconds;
            parts[block / blocks][block % blocks] += work[from + window - PARTS * blocks * blockSeconds + i];
        }
        return parts;
    }

    /** The c above {@code mean} with {@code c·(c - mean) = v·ln(1/ε) / (2·slack)}. */
    private static double plus(double mean, double variance, double slackSeconds) {
        double product = variance * StrictMath.log(1 / LATE) / (2 * slackSeconds);
        return (mean + Math.sqrt(mean * mean + 4 * product)) / 2;
    }
}
