package io.chiron.api;

import java.time.Instant;
import java.util.Objects;

/**
 * Queued batch requests of one tier with similar deadlines. Immutable.
 *
 * @param tier name of the tier
 * @param count requests in the group; at least 1
 * @param deadline earliest deadline of a member, so that grouping never promises too much
 * @param arrival latest arrival of a member; {@code deadline - arrival} is the least slack that the group was given
 * @param promptTokens prompt tokens still to be processed, restarted work included
 * @param producedTokens output tokens that members have already produced and need not produce again
 */
public record RequestGroup(
        String tier, long count, Instant deadline, Instant arrival, long promptTokens, long producedTokens) {
    public RequestGroup {
        Checks.notBlank("group.tier", tier);
        Checks.inRange("group.count", count, 1, Long.MAX_VALUE);
        Objects.requireNonNull(deadline, "group.deadline");
        Objects.requireNonNull(arrival, "group.arrival");
        Checks.inRange("group.promptTokens", promptTokens, 0, Long.MAX_VALUE);
        Checks.inRange("group.producedTokens", producedTokens, 0, Long.MAX_VALUE);
    }
}
