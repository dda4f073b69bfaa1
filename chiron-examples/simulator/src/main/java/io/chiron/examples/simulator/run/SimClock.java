package io.chiron.examples.simulator.run;

import io.chiron.api.Checks;
import io.chiron.api.Times;
import java.time.Instant;

/** Simulated seconds as instants: time 0 is the start of 2025, UTC. */
public final class SimClock {
    private static final Instant ORIGIN = Instant.parse("2025-01-01T00:00:00Z");
    private static final long ORIGIN_SECOND = ORIGIN.getEpochSecond();

    private SimClock() {}

    /** The instant of a simulated time. */
    public static Instant instant(double seconds) {
        Checks.inRange("seconds", seconds, -1e9, 1e9);
        long whole = (long) Math.floor(seconds);
        // As Times.duration rounds, without the object in between: this is called for every event.
        return Instant.ofEpochSecond(ORIGIN_SECOND + whole, Math.round((seconds - whole) * 1e9));
    }

    /** The simulated time of an instant. */
    public static double seconds(Instant instant) {
        return Times.secondsBetween(ORIGIN, instant);
    }
}
