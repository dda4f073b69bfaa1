package io.chiron.core.fleet;

import java.util.Arrays;

/**
 * The least capacity that keeps the backlog of a stream of work inside the slack its SLO grants (ours, design 6).
 *
 * <p>A queue served at rate c never holds more than c·slack exactly if {@code c ≥ A(s, t) / (t - s + slack)} for all s: the
 * envelope at t is the largest of these over windows that end at t.
 */
final class DemandEnvelope {
    /** Share of the work that may wait longer than the slack in a replay. */
    static final double LATE_SHARE = 0.003;

    private static final int[] WINDOWS = windows();

    private DemandEnvelope() {}

    /** Prefix sums of {@code work}, one longer than it. */
    static double[] cumulative(double[] work) {
        double[] sums = new double[work.length + 1];
        for (int i = 0; i < work.length; i++) {
            sums[i + 1] = sums[i] + work[i];
        }
        return sums;
    }

    /** The envelope at the end of bin {@code end - 1}, in engine-seconds per second. */
    static double at(double[] cumulative, int end, double binSeconds, double slackSeconds) {
        double most = 0;
        for (int window : WINDOWS) {
            int bins = Math.min(window, end);
            double arrived = cumulative[end] - cumulative[end - bins];
            most = Math.max(most, arrived / (bins * binSeconds + slackSeconds));
            if (window >= end) {
                break;
            }
        }
        return most;
    }

    /** The largest envelope over the last {@code bins} bin ends. */
    static double peak(double[] cumulative, int bins, double binSeconds, double slackSeconds) {
        double most = 0;
        for (int end = Math.max(1, cumulative.length - bins); end < cumulative.length; end++) {
            most = Math.max(most, at(cumulative, end, binSeconds, slackSeconds));
        }
        return most;
    }

    /** Share of the work of bins [from, to) that waits longer than the slack when served at {@code capacity}. */
    static double lateShare(double[] work, int from, int to, double binSeconds, double slackSeconds, double capacity) {
        double queue = 0;
        double late = 0;
        double all = 0;
        double allowed = capacity * slackSeconds;
        for (int i = from; i < to; i++) {
            queue = Math.max(0, queue + work[i] - capacity * binSeconds);
            all += work[i];
            if (queue > allowed) {
                // What arrived in this bin waits behind more than the slack.
                late += Math.min(work[i], queue - allowed);
            }
        }
        return all > 0 ? late / all : 0;
    }

    /** The least capacity whose late share over bins [from, to) is at most {@link #LATE_SHARE}. */
    static double replay(double[] work, int from, int to, double binSeconds, double slackSeconds) {
        double high = 0;
        double sum = 0;
        for (int i = from; i < to; i++) {
            high = Math.max(high, work[i]);
            sum += work[i];
        }
        high = high / binSeconds;
        double low = sum / ((to - from) * binSeconds);
        for (int step = 0; step < 24 && high - low > 1e-3 * high; step++) {
            double middle = (low + high) / 2;
            if (lateShare(work, from, to, binSeconds, slackSeconds, middle) <= LATE_SHARE) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    private static int[] windows() {
        int[] all = new int[64];
        int count = 0;
        double next = 1;
        while (next <= 2400) {
            all[count++] = (int) next;
            next = Math.max(Math.floor(next) + 1, next * 1.2);
        }
        return Arrays.copyOf(all, count);
    }
}
