package io.chiron.examples.simulator.policy;

/** Lets a change pass once it has been asked for in one direction for so long. Confined to one run. */
final class Persistence {
    private final double upSeconds;
    private final double downSeconds;
    private int direction;
    private double sinceSeconds;

    Persistence(double upSeconds, double downSeconds) {
        this.upSeconds = upSeconds;
        this.downSeconds = downSeconds;
    }

    /** The newest wanted number if its direction has lasted, else the present one. */
    int after(double nowSeconds, int current, int desired) {
        int next = Integer.signum(desired - current);
        if (next != direction) {
            direction = next;
            sinceSeconds = nowSeconds;
        }
        double lasted = nowSeconds - sinceSeconds;
        boolean passes = next > 0 ? lasted >= upSeconds : next < 0 && lasted >= downSeconds;
        if (!passes) {
            return current;
        }
        direction = 0;
        return desired;
    }
}
