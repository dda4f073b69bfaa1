package io.chiron.examples.simulator.policy;

import org.jspecify.annotations.Nullable;

/**
 * A metrics store that reads the fleet every so often, half a period out of step with what reads from it, so that a value
 * has its mean age when it is used. Confined to one run.
 */
final class Scrape {
    /** Period of most Prometheus installations. */
    static final double PERIOD_SECONDS = 15;

    private final double periodSeconds;
    private double nextSeconds = Double.NEGATIVE_INFINITY;
    private @Nullable Observed last;

    Scrape(double periodSeconds) {
        this.periodSeconds = periodSeconds;
    }

    /** Looks at the present and returns what was scraped last. */
    Observed of(Observed present) {
        Observed known = last;
        if (known == null) {
            last = present;
            nextSeconds = present.seconds() + periodSeconds / 2;
            return present;
        }
        if (present.seconds() >= nextSeconds) {
            last = present;
            nextSeconds += periodSeconds * Math.max(1, Math.ceil((present.seconds() - nextSeconds) / periodSeconds));
            return present;
        }
        return known;
    }

    /** True if {@code seen} was scraped just now. */
    static boolean isNew(Observed seen, Observed present) {
        return seen.seconds() == present.seconds();
    }
}
