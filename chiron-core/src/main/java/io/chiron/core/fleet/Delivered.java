package io.chiron.core.fleet;

import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.TierUsage;
import io.chiron.api.Times;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.TierProfile;
import java.time.Instant;
import java.util.List;

/**
 * How much of the modelled capacity instances really deliver when interactive work fills them (ours). The curve knows
 * nothing of what comes between it and an engine: KV cache that few long sequences cannot fill evenly, work done twice
 * after a preemption. Immutable.
 *
 * @param weightSeconds instance-seconds behind it, after decay by newer ones
 * @param deliveredSeconds work that they did
 */
record Delivered(double weightSeconds, double deliveredSeconds) {
    private static final double HALF_LIFE_SECONDS = 300;
    /** Instance-seconds for which the model is taken at its word. */
    private static final double PRIOR_SECONDS = 600;
    /** Share of its hard limit from which an instance is full. */
    private static final double FULL = 0.95;

    private static final double LEAST = 0.5;
    private static final double MOST_SECONDS = 60;
    /** Twice what the model promises is an error of measurement. */
    private static final double MOST_WORK = 2;

    static Delivered nothing() {
        return new Delivered(0, 0);
    }

    /** Adds what the full instances did in the {@code elapsedSeconds} since the last reading. */
    Delivered observe(
            List<InstanceSnapshot> ready,
            List<TierProfile> tiers,
            WorkModel model,
            BatchLimits limits,
            double elapsedSeconds,
            double maxAgeSeconds,
            Instant now) {
        // One sample speaks for a minute at most, however long nobody looked.
        double seconds = Math.min(elapsedSeconds, MOST_SECONDS);
        double weight = 0;
        double delivered = 0;
        for (InstanceSnapshot instance : ready) {
            InstanceSample sample = instance.sample();
            if (sample == null
                    || Math.abs(Times.secondsBetween(sample.time(), now)) > maxAgeSeconds
                    || runsBatch(sample, tiers)) {
                continue;
            }
            double share = Roster.hardShare(sample, tiers, limits);
            double work = 0;
            for (int i = 0; i < tiers.size(); i++) {
                TierUsage usage = sample.usage(tiers.get(i).tier().name());
                if (usage == null) {
                    continue;
                }
                work += usage.outputTokens() / sample.windowSeconds() * model.perOutputTokenSeconds(i);
            }
            double waiting = sample.waitingRequests() > 0 ? sample.waitingRequests() : 0;
            double running = sample.meanRunning();
            double full = running > 0 ? share * (running + waiting) / running : 0;
            // A whole sample is checked for the few that count.
            if (full >= FULL && work >= 0 && sample.fault() == null) {
                weight += seconds;
                delivered += seconds * Math.min(work, MOST_WORK);
            }
        }
        if (weight == 0) {
            // What is not full shows nothing: what was learned stays.
            return this;
        }
        double left = StrictMath.pow(0.5, seconds / HALF_LIFE_SECONDS);
        return new Delivered(weightSeconds * left + weight, deliveredSeconds * left + delivered);
    }

    private static boolean runsBatch(InstanceSample sample, List<TierProfile> tiers) {
        for (TierProfile profile : tiers) {
            if (!profile.tier().interactive()) {
                TierUsage usage = sample.usage(profile.tier().name());
                if (usage != null && usage.meanRunning() > 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Delivered over modelled capacity; [0.5, 1]. */
    double share() {
        return Math.max(LEAST, Math.min(1, (deliveredSeconds + PRIOR_SECONDS) / (weightSeconds + PRIOR_SECONDS)));
    }
}
