package io.chiron.examples.simulator.policy;

/** The clock of a control loop. Confined to one run. */
final class Every {
    private final double periodSeconds;
    private double nextSeconds = Double.NEGATIVE_INFINITY;

    Every(double periodSeconds) {
        this.periodSeconds = periodSeconds;
    }

    /** True at the first call and whenever a period has passed since. */
    boolean due(double nowSeconds) {
        // A tick may come a rounding early.
        if (nowSeconds < nextSeconds - 1e-6) {
            return false;
        }
        nextSeconds = nowSeconds + periodSeconds;
        return true;
    }
}
