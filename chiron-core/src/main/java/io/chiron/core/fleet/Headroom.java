package io.chiron.core.fleet;

import java.util.Arrays;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * How much demand grows within a lead time, learned from its own past (ours, design 6): the factor between the reference
 * that was planned on and the largest envelope that followed. Immutable.
 */
final class Headroom {
    static final double LEAST = 1.05;
    static final double MOST = 10;
    /** Until there is a warm history. */
    static final double UNLEARNED = 1.2;

    private static final int CAPACITY = 720;
    private static final double QUANTILE = 0.99;
    private static final double PRIOR_FREEDOM = 2;
    private static final double PRIOR_DEVIATION = 0.04;
    /** So many lead times apart, the first readings are a sample of more than one. */
    private static final double FEW_LEADS = 3;

    private static final double LEAST_APART_SECONDS = 30;

    private final double[] times;
    private final double[] references;
    private final double[] peaks;

    private Headroom(double[] times, double[] references, double[] peaks) {
        this.times = times;
        this.references = references;
        this.peaks = peaks;
    }

    static Headroom empty() {
        return new Headroom(new double[0], new double[0], new double[0]);
    }

    /** Adds what was planned on at {@code timeSeconds} and the largest envelope since the reading before. */
    Headroom plus(double timeSeconds, double reference, double peakSince) {
        if (times.length > 0 && timeSeconds <= times[times.length - 1]) {
            return timeSeconds == times[times.length - 1] ? this : empty().plus(timeSeconds, reference, peakSince);
        }
        int skip = Math.max(0, times.length + 1 - CAPACITY);
        return new Headroom(
                append(times, skip, timeSeconds), append(references, skip, reference), append(peaks, skip, peakSince));
    }

    /** The factor for a lead time; {@link #UNLEARNED} until the past covers one. */
    double factor(double leadSeconds) {
        int count = 0;
        double[] ratios = new double[times.length];
        int end = 0;
        // Largest envelope of (t, t + lead] by a window that slides over a monotone queue of indices.
        int[] queue = new int[times.length];
        int head = 0;
        int tail = 0;
        double last = times.length == 0 ? 0 : times[times.length - 1];
        for (int i = 0; i < times.length; i++) {
            if (times[i] + leadSeconds > last) {
                break;
            }
            while (end < times.length && times[end] <= times[i] + leadSeconds) {
                while (tail > head && peaks[queue[tail - 1]] <= peaks[end]) {
                    tail--;
                }
                queue[tail++] = end++;
            }
            while (head < tail && queue[head] <= i) {
                head++;
            }
            if (head < tail && references[i] > 0 && peaks[queue[head]] > 0) {
                ratios[count++] = peaks[queue[head]] / references[i];
            }
        }
        if (count == 0) {
            return UNLEARNED;
        }
        boolean few = times[count - 1] - times[0] < FEW_LEADS * leadSeconds;
        double learned = Math.max(predicted(ratios, count, leadSeconds), quantile(ratios, count));
        return Double.isNaN(learned) ? UNLEARNED : Math.max(LEAST, Math.min(few ? UNLEARNED : MOST, learned));
    }

    /**
     * Upper prediction limit for the next lead time: log ratios are taken as normal, and only readings a lead time apart as
     * independent. Student's t gives few of them the width they need, the prior keeps two from looking certain.
     */
    private double predicted(double[] ratios, int count, double leadSeconds) {
        double span = times[count - 1] - times[0];
        double independent = Math.max(1, span / Math.max(LEAST_APART_SECONDS, leadSeconds));
        double mean = 0;
        for (int i = 0; i < count; i++) {
            mean += StrictMath.log(ratios[i]) / count;
        }
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double error = StrictMath.log(ratios[i]) - mean;
            squares += error * error / count;
        }
        double freedom = PRIOR_FREEDOM + independent - 1;
        double variance = (PRIOR_FREEDOM * PRIOR_DEVIATION * PRIOR_DEVIATION + independent * squares) / (freedom + 1);
        double t = new TDistribution(null, freedom).inverseCumulativeProbability(QUANTILE);
        return StrictMath.exp(mean + t * Math.sqrt(variance * (1 + 1 / independent)));
    }

    private static double quantile(double[] ratios, int count) {
        double[] sorted = Arrays.copyOf(ratios, count);
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(QUANTILE * count) - 1)];
    }

    int readings() {
        return times.length;
    }

    private static double[] append(double[] old, int skip, double value) {
        double[] next = Arrays.copyOfRange(old, skip, old.length + 1);
        next[next.length - 1] = value;
        return next;
    }
}
