package io.chiron.core.fleet;

import io.chiron.api.RequestGroup;
import io.chiron.api.Times;
import io.chiron.core.local.TierProfile;
import io.chiron.core.waiting.LengthStats;
import java.time.Instant;
import java.util.List;

/**
 * What the batch queue asks for: per deadline, the output tokens that must be produced by then (design 7). Immutable.
 */
final class BatchNeed {
    private final double[] needTokens;
    private final double[] leftSeconds;
    private final double[] replannedSeconds;

    private BatchNeed(double[] needTokens, double[] leftSeconds, double[] replannedSeconds) {
        this.needTokens = needTokens;
        this.leftSeconds = leftSeconds;
        this.replannedSeconds = replannedSeconds;
    }

    /** Needs of groups in order of deadline. */
    static BatchNeed of(
            List<RequestGroup> groups, List<TierProfile> tiers, WorkModel model, double deviations, Instant now) {
        List<RequestGroup> ordered = DeadlineGroups.ordered(groups);
        int count = ordered.size();
        double[] need = new double[count];
        double[] left = new double[count];
        double[] replanned = new double[count];
        double tokens = 0;
        double variance = 0;
        for (int i = 0; i < count; i++) {
            RequestGroup group = ordered.get(i);
            LengthStats lengths = lengths(group.tier(), tiers);
            double output = Math.max(group.count(), group.count() * lengths.meanOutput() - group.producedTokens());
            // Prompts are known, so what they deviate from the mean that is folded into the rate counts as it is.
            double extraPrompt = group.promptTokens() - output * lengths.promptPerOutput();
            double extra = extraPrompt * model.perPromptTokenSeconds() * model.dedicatedTokensPerSecond();
            tokens += Math.max(group.count(), output + extra);
            variance += group.count() * lengths.outputDeviation() * lengths.outputDeviation();
            need[i] = tokens + deviations * Math.sqrt(variance);
            left[i] = Times.secondsBetween(now, group.deadline());
            replanned[i] = Math.max(left[i], Math.max(0, Times.secondsBetween(group.arrival(), group.deadline())));
        }
        return new BatchNeed(need, left, replanned);
    }

    private static LengthStats lengths(String tier, List<TierProfile> tiers) {
        for (TierProfile profile : tiers) {
            if (profile.tier().name().equals(tier)) {
                return profile.lengths();
            }
        }
        throw new IllegalArgumentException("group.tier = " + tier + " is not allowed; allowed: a tier of the fleet");
    }

    int groups() {
        return needTokens.length;
    }

    /** Output tokens of the groups up to {@code index}, with deviations. */
    double needTokens(int index) {
        return needTokens[index];
    }

    /** Seconds to the deadline of group {@code index}; negative if it has passed. */
    double leftSeconds(int index) {
        return leftSeconds[index];
    }

    /** Seconds to the deadline with which a group that cannot be saved is planned again. */
    double replannedSeconds(int index) {
        return replannedSeconds[index];
    }
}
