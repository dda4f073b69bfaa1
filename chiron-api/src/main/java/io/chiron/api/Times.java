package io.chiron.api;

import java.time.Duration;
import java.time.Instant;

/** Conversions between {@code java.time} at the edges and {@code double} seconds inside numeric code. */
public final class Times {
    private Times() {}

    /** The length of {@code duration} in seconds. */
    public static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() * 1e-9;
    }

    /** Seconds from {@code start} to {@code end}, negative if {@code end} is earlier; exact to the nanosecond for a century. */
    public static double secondsBetween(Instant start, Instant end) {
        return (end.getEpochSecond() - start.getEpochSecond()) + (end.getNano() - start.getNano()) * 1e-9;
    }

    /** The duration nearest to {@code seconds}; at most 10^9 seconds either way. */
    public static Duration duration(double seconds) {
        Checks.inRange("seconds", seconds, -1e9, 1e9);
        long whole = (long) Math.floor(seconds);
        return Duration.ofSeconds(whole, Math.round((seconds - whole) * 1e9));
    }
}
