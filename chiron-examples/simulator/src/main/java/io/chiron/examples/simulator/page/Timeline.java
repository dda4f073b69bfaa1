package io.chiron.examples.simulator.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Series on one time axis from 0 on, in bounded memory: when the axis is full, each two intervals become one, so that a run
 * of any length has between half of {@link #POINTS} and all of them.
 */
final class Timeline {
    /** Most intervals. */
    static final int POINTS = 1024;

    private final List<Channel> channels = new ArrayList<>();
    private double intervalSeconds;
    private int used;

    /** Starts with intervals of {@code intervalSeconds}. */
    Timeline(double intervalSeconds) {
        this.intervalSeconds = intervalSeconds;
    }

    double intervalSeconds() {
        return intervalSeconds;
    }

    /** Intervals that have begun. */
    int used() {
        return used;
    }

    /** The interval of a time, which may make the axis coarser. */
    private int at(double seconds) {
        while (seconds >= intervalSeconds * POINTS) {
            channels.forEach(Channel::halve);
            intervalSeconds *= 2;
            used = (used + 1) / 2;
        }
        int index = (int) (seconds / intervalSeconds);
        used = Math.max(used, index + 1);
        return index;
    }

    private interface Channel {
        void halve();
    }

    /** How often something happened. */
    final class Counts implements Channel {
        private final double[] counts = new double[POINTS];

        Counts() {
            channels.add(this);
        }

        void add(double seconds, double count) {
            counts[at(seconds)] += count;
        }

        @Override
        public void halve() {
            Timeline.halve(counts, Double::sum, 0);
        }

        /** Per interval. */
        double[] sums() {
            return Arrays.copyOf(counts, used);
        }

        /** Per second. */
        double[] rates() {
            return Arrays.stream(sums()).map(sum -> sum / intervalSeconds).toArray();
        }
    }

    /** Something that has a value at any time; NaN where it was not told. */
    final class Level implements Channel {
        private final double[] sums = new double[POINTS];
        private final double[] counts = new double[POINTS];
        private final double[] least = new double[POINTS];
        private final double[] most = new double[POINTS];

        Level() {
            Arrays.fill(least, Double.POSITIVE_INFINITY);
            Arrays.fill(most, Double.NEGATIVE_INFINITY);
            channels.add(this);
        }

        void set(double seconds, double value) {
            if (Double.isNaN(value)) {
                return;
            }
            int index = at(seconds);
            sums[index] += value;
            counts[index]++;
            least[index] = Math.min(least[index], value);
            most[index] = Math.max(most[index], value);
        }

        @Override
        public void halve() {
            Timeline.halve(sums, Double::sum, 0);
            Timeline.halve(counts, Double::sum, 0);
            Timeline.halve(least, Math::min, Double.POSITIVE_INFINITY);
            Timeline.halve(most, Math::max, Double.NEGATIVE_INFINITY);
        }

        double[] means() {
            double[] means = new double[used];
            Arrays.setAll(means, i -> sums[i] / counts[i]);
            return means;
        }

        double[] least() {
            return told(least);
        }

        double[] most() {
            return told(most);
        }

        private double[] told(double[] values) {
            double[] told = new double[used];
            Arrays.setAll(told, i -> counts[i] > 0 ? values[i] : Double.NaN);
            return told;
        }
    }

    /** Quantiles of positive values, to within 3 %. */
    final class Spread implements Channel {
        private static final double LEAST = 1e-4;
        private static final int BINS = 400;

        private final double logStep = StrictMath.log(1.06);
        private final int[] @Nullable [] bins = new int[POINTS][];

        Spread() {
            channels.add(this);
        }

        void add(double seconds, double value) {
            int index = at(seconds);
            int[] counts = bins[index];
            if (counts == null) {
                counts = new int[BINS];
                bins[index] = counts;
            }
            int bin = value <= LEAST ? 0 : (int) (1 + StrictMath.log(value / LEAST) / logStep);
            counts[Math.min(BINS - 1, bin)]++;
        }

        @Override
        public void halve() {
            for (int i = 0; i < POINTS / 2; i++) {
                bins[i] = merged(bins[2 * i], bins[2 * i + 1]);
            }
            Arrays.fill(bins, POINTS / 2, POINTS, null);
        }

        private static int @Nullable [] merged(int @Nullable [] one, int @Nullable [] other) {
            if (one == null || other == null) {
                return one == null ? other : one;
            }
            Arrays.setAll(one, bin -> one[bin] + other[bin]);
            return one;
        }

        double[] quantiles(double p) {
            double[] quantiles = new double[used];
            Arrays.setAll(quantiles, i -> quantile(bins[i], p));
            return quantiles;
        }

        private double quantile(int @Nullable [] counts, double p) {
            if (counts == null) {
                return Double.NaN;
            }
            double rank = Math.ceil(p * Arrays.stream(counts).sum());
            int bin = 0;
            for (long seen = counts[0]; seen < rank; seen += counts[bin]) {
                bin++;
            }
            return bin == 0 ? LEAST : LEAST * StrictMath.exp((bin - 0.5) * logStep);
        }
    }

    private static void halve(double[] values, DoubleBinaryOperator join, double empty) {
        for (int i = 0; i < POINTS / 2; i++) {
            values[i] = join.applyAsDouble(values[2 * i], values[2 * i + 1]);
        }
        Arrays.fill(values, POINTS / 2, POINTS, empty);
    }
}
