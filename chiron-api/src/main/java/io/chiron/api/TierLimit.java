package io.chiron.api;

/**
 * The batch limit of an instance while a tier's SLO binds, in concurrent sequences. Immutable.
 *
 * @param tier name of the tier
 * @param soft where placement prefers another instance, batch work ends and eviction begins; [0, hard]
 * @param hard where admission ends; [0, 1,000,000]
 */
public record TierLimit(String tier, int soft, int hard) {
    public TierLimit {
        Checks.notBlank("limit.tier", tier);
        Checks.inRange("limit.hard", hard, 0, 1_000_000);
        Checks.inRange("limit.soft", soft, 0, hard);
    }
}
