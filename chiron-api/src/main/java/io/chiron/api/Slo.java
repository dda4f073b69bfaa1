package io.chiron.api;

import java.time.Duration;

/**
 * A service-level objective. Immutable.
 *
 * @param ttft longest allowed time to first token, from arrival; (0, 30 days]
 * @param itl longest allowed mean inter-token latency of a request; (0, 1 hour]
 */
public record Slo(Duration ttft, Duration itl) {
    public Slo {
        Checks.positive("slo.ttft", ttft, Duration.ofDays(30));
        Checks.positive("slo.itl", itl, Duration.ofHours(1));
    }

    /** The TTFT objective in seconds. */
    public double ttftSeconds() {
        return Times.seconds(ttft);
    }

    /** The ITL objective in seconds per output token. */
    public double itlSeconds() {
        return Times.seconds(itl);
    }
}
