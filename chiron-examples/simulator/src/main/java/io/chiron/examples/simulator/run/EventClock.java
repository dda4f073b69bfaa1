package io.chiron.examples.simulator.run;

import java.time.Instant;

/** The present of a run, which all parts of it share. */
final class EventClock {
    private double nowSeconds;

    double seconds() {
        return nowSeconds;
    }

    Instant instant() {
        return SimClock.instant(nowSeconds);
    }

    /** Goes on to an event; one that is late happens now. */
    void advanceTo(double seconds) {
        nowSeconds = Math.max(nowSeconds, seconds);
    }
}
