package io.chiron.api;

import java.time.Instant;
import java.util.Objects;

/**
 * One request as its router knows it. Immutable.
 *
 * @param id unique among the requests that are queued or running
 * @param tier name of its SLO tier
 * @param promptTokens prompt length; at least 1
 * @param arrival when it came
 * @param deadline when it must have started: arrival + TTFT SLO unless it says otherwise
 */
public record RoutedRequest(String id, String tier, int promptTokens, Instant arrival, Instant deadline) {
    public RoutedRequest {
        Checks.notBlank("request.id", id);
        Checks.notBlank("request.tier", tier);
        Checks.inRange("request.promptTokens", promptTokens, 1, Integer.MAX_VALUE);
        Objects.requireNonNull(arrival, "request.arrival");
        Objects.requireNonNull(deadline, "request.deadline");
    }
}
