package io.chiron.core.fleet;

import java.util.Arrays;

/** The largest want of the recent past, which down-steps follow. Immutable. */
final class HoldWindow {
    private final double[] times;
    private final double[] wants;

    private HoldWindow(double[] times, double[] wants) {
        this.times = times;
        this.wants = wants;
    }

    static HoldWindow empty() {
        return new HoldWindow(new double[0], new double[0]);
    }

    /** Adds a want and forgets what is older than the window, or lies in the future of a clock that went back. */
    HoldWindow plus(double timeSeconds, double want, double windowSeconds) {
        int from = 0;
        int to = times.length;
        while (from < to && times[from] < timeSeconds - windowSeconds) {
            from++;
        }
        while (to > from && times[to - 1] >= timeSeconds) {
            to--;
        }
        // A smaller want is forgotten when a larger one follows: only the falling staircase matters.
        while (to > from && wants[to - 1] <= want) {
            to--;
        }
        double[] nextTimes = Arrays.copyOfRange(times, from, to + 1);
        double[] nextWants = Arrays.copyOfRange(wants, from, to + 1);
        nextTimes[to - from] = timeSeconds;
        nextWants[to - from] = want;
        return new HoldWindow(nextTimes, nextWants);
    }

    /** The largest want in the window; zero if there is none. */
    double largest() {
        return wants.length == 0 ? 0 : wants[0];
    }

    /** The same where demand falls: what was wanted for the line's past counts for as much as is left of it. */
    double largest(double nowSeconds, Trend trend) {
        double most = 0;
        for (int i = 0; i < wants.length; i++) {
            most = Math.max(most, wants[i] * trend.decline(Math.max(0, nowSeconds - times[i])));
        }
        return most;
    }
}
