package io.chiron.core.local;

import io.chiron.api.SloTier;
import io.chiron.core.waiting.LengthStats;
import java.util.Objects;

/**
 * A tier with what is known of its requests. Immutable.
 *
 * @param tier the tier
 * @param lengths moments of its prompt and output lengths, learned or guessed
 */
public record TierProfile(SloTier tier, LengthStats lengths) {
    public TierProfile {
        Objects.requireNonNull(tier, "profile.tier");
        Objects.requireNonNull(lengths, "profile.lengths");
    }
}
