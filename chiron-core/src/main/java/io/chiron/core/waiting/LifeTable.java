package io.chiron.core.waiting;

import io.chiron.api.LengthHistogram;

/**
 * Life table of output lengths over the bins of {@link LengthHistogram}: how many requests reached each bin, and how
 * many ended in it. Immutable.
 *
 * <p>Completions alone are biased to short outputs: long ones are still running. The product-limit estimate (Kaplan and
 * Meier, <a href="https://doi.org/10.1080/01621459.1958.10501452">JASA 53, 1958</a>) counts the running ones as at risk
 * in every bin that they have reached. Ours is that reaching a bin is counted when it happens, and decays from then on
 * like the completions do. Adding the requests that run now to decayed completions instead is right at the start only:
 * later it overstates the mean by their share of the decayed history.
 */
final class LifeTable {
    static final LifeTable EMPTY = new LifeTable(new double[LengthHistogram.BINS], new double[LengthHistogram.BINS]);

    /**
     * The hazard of the tail is pooled over this many times the root of the completions, from the top of what was seen down:
     * of few it takes most, or a mean of ten sways by a third, and of many only those that are near the tail.
     */
    private static final double TAIL_ROOTS = 3;

    private final double[] reached;
    private final double[] ended;

    private LifeTable(double[] reached, double[] ended) {
        this.reached = reached;
        this.ended = ended;
    }

    /**
     * Mean and mean square of the output length, in tokens, and the share of the distribution beyond the table's end.
     */
    record Moments(double mean, double meanSquared, double unseen) {}

    /**
     * This table, decayed by {@code keep}, with what happened between two readings: {@code completed} per bin, and the
     * requests that ran before and run now. Who reached a bin since then runs above it now or has completed above it,
     * and did not run above it before. (A request that is cancelled or evicted drops out again as if it had not been
     * there, and counts anew when it resumes.)
     */
    LifeTable plus(double[] completed, LengthHistogram before, LengthHistogram now, double keep, double weight) {
        double[] nextReached = new double[LengthHistogram.BINS];
        double[] nextEnded = new double[LengthHistogram.BINS];
        double fresh = 0;
        for (int i = LengthHistogram.BINS - 1; i >= 0; i--) {
            fresh += completed[i] + now.count(i) - before.count(i);
            nextReached[i] = Math.max(0, keep * reached[i] + weight * fresh);
            nextEnded[i] = keep * ended[i] + weight * completed[i];
        }
        return new LifeTable(nextReached, nextEnded);
    }

    /** Moments of the completed outputs as they are, with the mean of their bin for each. */
    Moments completedMoments() {
        double count = 0;
        double sum = 0;
        double sumSquared = 0;
        for (int i = 0; i < LengthHistogram.BINS; i++) {
            count += ended[i];
            sum += ended[i] * BinMeans.MEAN[i];
            sumSquared += ended[i] * BinMeans.MEAN_SQUARED[i];
        }
        return new Moments(sum / count, sumSquared / count, 0);
    }

    /** True if no output has completed. */
    boolean isEmpty() {
        for (double count : ended) {
            if (count > 0) {
                return false;
            }
        }
        return true;
    }

    /** Moments corrected for the outputs that are not complete yet; only where the table is not {@link #isEmpty()}. */
    Moments moments() {
        int end = end();
        double survivors = 1;
        double mean = 0;
        double meanSquared = 0;
        for (int i = 0; i < end; i++) {
            double share = survivors * Math.min(1, ended[i] / atRisk(i));
            mean += share * BinMeans.MEAN[i];
            meanSquared += share * BinMeans.MEAN_SQUARED[i];
            survivors -= share;
        }
        if (survivors > 1e-12) {
            // Nothing is known of the shape beyond: a constant hazard per token gives an exponential tail.
            double from = LengthHistogram.lowerBound(Math.min(end, LengthHistogram.BINS - 1));
            double more = 1 / tailHazard(end);
            mean += survivors * (from + more);
            meanSquared += survivors * (from * from + 2 * from * more + 2 * more * more);
        } else {
            survivors = 0;
        }
        return new Moments(mean, meanSquared, survivors);
    }

    /**
     * Requests at risk of ending in bin {@code i}: those that reached it, less half of those still inside it (the
     * actuarial rule for time lived inside a bin).
     */
    private double atRisk(int i) {
        return Math.max(Math.max(ended[i], Double.MIN_NORMAL), (reached[i] + left(i)) / 2);
    }

    /** Completions per token lived, over the top of the table below {@code end}; over all of it if none is there. */
    private double tailHazard(int end) {
        double completions = 0;
        double tokens = 0;
        double all = 0;
        for (double count : ended) {
            all += count;
        }
        double pooled = TAIL_ROOTS * Math.sqrt(all);
        for (int i = Math.min(end, LengthHistogram.BINS - 1) - 1; i >= 0 && completions < pooled; i--) {
            completions += ended[i];
            tokens += tokensLived(i);
        }
        if (!(completions > 0)) {
            for (int i = end; i < LengthHistogram.BINS; i++) {
                completions += ended[i];
                tokens += tokensLived(i);
            }
        }
        // At least one token each: a table whose completions never ran in any reading has lived no token.
        return completions / Math.max(tokens, completions);
    }

    private double tokensLived(int i) {
        double low = LengthHistogram.lowerBound(i);
        return i + 1 < LengthHistogram.BINS
                ? (LengthHistogram.lowerBound(i + 1) - low) * (reached[i] + reached[i + 1]) / 2
                : 0;
    }

    /** Requests that left bin {@code i}: ended in it or reached the next. */
    private double left(int i) {
        return ended[i] + (i + 1 < LengthHistogram.BINS ? reached[i + 1] : 0);
    }

    /**
     * The bin at which the table ends: above the last one that at least half of those who reached it have left. A front
     * of requests that started together is inside one bin at a time, and half of that bin is no fair share of its time.
     */
    private int end() {
        int i = LengthHistogram.BINS;
        while (i > 0 && !(left(i - 1) > 0 && left(i - 1) >= reached[i - 1] / 2)) {
            i--;
        }
        return i;
    }

    /** Mean and mean square of the whole numbers in each bin, its lower bound where there is none. */
    private static final class BinMeans {
        static final double[] MEAN = new double[LengthHistogram.BINS];
        static final double[] MEAN_SQUARED = new double[LengthHistogram.BINS];

        static {
            for (int i = 0; i < LengthHistogram.BINS; i++) {
                double low = LengthHistogram.lowerBound(i);
                // The last bin has no upper bound: it counts as its lower one.
                double next = i + 1 < LengthHistogram.BINS ? LengthHistogram.lowerBound(i + 1) : low;
                double first = Math.ceil(low);
                double last = Math.ceil(next) - 1;
                double count = last - first + 1;
                MEAN[i] = count >= 1 ? (first + last) / 2 : low;
                MEAN_SQUARED[i] = MEAN[i] * MEAN[i] + (count >= 1 ? (count * count - 1) / 12 : 0);
            }
        }
    }
}
