package io.chiron.core.local;

import io.chiron.api.InstanceSample;
import io.chiron.api.TierUsage;
import java.util.List;

/** What a sample says about an instance, given the tiers of its fleet. */
final class Usage {
    private Usage() {}

    /** Index of the tightest ITL SLO among the tiers that run now; of the loosest if none does. */
    static int bindingTier(InstanceSample sample, List<TierProfile> tiers) {
        int tightest = -1;
        for (TierUsage usage : sample.tiers()) {
            int tier = indexOf(usage, tiers);
            if (tier >= 0
                    && usage.runningNow() > 0
                    && (tightest < 0 || sloSeconds(tiers, tier) < sloSeconds(tiers, tightest))) {
                tightest = tier;
            }
        }
        return tightest < 0 ? loosestTier(tiers) : tightest;
    }

    static int loosestTier(List<TierProfile> tiers) {
        int loosest = 0;
        for (int i = 1; i < tiers.size(); i++) {
            if (sloSeconds(tiers, i) > sloSeconds(tiers, loosest)) {
                loosest = i;
            }
        }
        return loosest;
    }

    static double sloSeconds(List<TierProfile> tiers, int tier) {
        return tiers.get(tier).tier().slo().itlSeconds();
    }

    static Backpressure backpressure(InstanceSample sample, double sloSeconds, double kvHigh) {
        return new Backpressure(sample.meanItlSeconds() / sloSeconds, memoryPressure(sample, kvHigh));
    }

    /** kvUse/kvHigh; NaN if it is not measured. */
    static double memoryPressure(InstanceSample sample, double kvHigh) {
        return sample.kvCapacityTokens() > 0 ? sample.kvUse() / kvHigh : Double.NaN;
    }

    /** Share of the soft limit that was in use, over the window. */
    static double occupancy(InstanceSample sample, List<TierProfile> tiers, LocalDecision decision) {
        int binding = decision.bindingTier();
        double share = 0;
        for (TierUsage usage : sample.tiers()) {
            int tier = indexOf(usage, tiers);
            share += usage.meanRunning() * decision.limits().softShare(binding, tier < 0 ? binding : tier);
        }
        return share;
    }

    /** Share of the soft limit that one sequence of the binding tier takes. */
    static double slot(LocalDecision decision) {
        return decision.limits().softShare(decision.bindingTier(), decision.bindingTier());
    }

    /** KV tokens that what ran holds at the steady state. */
    static double residentTokens(InstanceSample sample, List<TierProfile> tiers, int bindingTier) {
        double tokens = 0;
        for (TierUsage usage : sample.tiers()) {
            int tier = indexOf(usage, tiers);
            tokens += usage.meanRunning()
                    * tiers.get(tier < 0 ? bindingTier : tier).lengths().residentTokens();
        }
        return tokens;
    }

    /** -1 for a tier that the fleet does not have. */
    private static int indexOf(TierUsage usage, List<TierProfile> tiers) {
        for (int i = 0; i < tiers.size(); i++) {
            if (tiers.get(i).tier().name().equals(usage.tier())) {
                return i;
            }
        }
        return -1;
    }
}
