package io.chiron.examples.simulator.run;

import io.chiron.api.Times;
import java.time.Instant;

/** Simulated seconds as instants: time 0 is the start of 2025, UTC. */
public final class SimClock {
    private static final Instant ORIGIN = Instant.parse("2025-01-01T00:00:00Z");

    private SimClock() {}

    /** The instant of a simulated time. */
    public static Instant instant(double seconds) {
        return ORIGIN.plus(Times.duration(seconds));
    }

    /** The simulated time of an instant. */
    public static double seconds(Instant instant) {
        return Times.secondsBetween(ORIGIN, instant);
    }
}
