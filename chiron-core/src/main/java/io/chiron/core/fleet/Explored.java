package io.chiron.core.fleet;

import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Times;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.TierProfile;
import java.time.Instant;
import java.util.List;

/**
 * How full instances have been on average (ours): where the iteration curve was measured, and beyond which it is a guess.
 * Curves of engines bend upward, so a smaller fleet, which runs fuller, may be able to do less than it seems. Immutable.
 *
 * @param weightSeconds instance-seconds behind it, after decay by newer ones
 * @param fullSeconds the same times the share of an instance that was in use
 */
record Explored(double weightSeconds, double fullSeconds) {
    private static final double HALF_LIFE_SECONDS = 720;
    private static final double MOST_SECONDS = 60;
    /** Error of the capacity that a curve promises, relative to how far beyond it is from where it was measured. */
    private static final double BEND = 0.45;
    /** How long a shortfall takes to be noticed. */
    private static final double NOTICED_SECONDS = 60;

    static Explored nothing() {
        return new Explored(0, 0);
    }

    /**
     * Adds what ran in the {@code elapsedSeconds} since the last reading.
     *
     * @param load interactive work over the capacity of the ready instances, which batch work may fill further
     */
    Explored observe(
            List<InstanceSnapshot> ready,
            List<TierProfile> tiers,
            BatchLimits limits,
            double load,
            double elapsedSeconds,
            double maxAgeSeconds,
            Instant now) {
        // One sample speaks for a minute at most, however long nobody looked.
        double seconds = Math.min(elapsedSeconds, MOST_SECONDS);
        double weight = 0;
        double full = 0;
        for (InstanceSnapshot instance : ready) {
            InstanceSample sample = instance.sample();
            if (sample == null || Math.abs(Times.secondsBetween(sample.time(), now)) > maxAgeSeconds) {
                continue;
            }
            double share = Roster.hardShare(sample, tiers, limits);
            // What cannot be true is no reason to be less careful.
            if (share >= 0 && sample.fault() == null) {
                weight += seconds;
                full += seconds * Math.min(1, load > share ? load : share);
            }
        }
        double left = StrictMath.pow(0.5, seconds / HALF_LIFE_SECONDS);
        return weight == 0 ? this : new Explored(weightSeconds * left + weight, fullSeconds * left + full);
    }

    /**
     * The want with what a smaller fleet must not risk: the error of the curve where instances are in use to {@code fill},
     * less what the slack bridges until a launch takes effect.
     */
    double careful(double want, double fill, double slackSeconds, double leadSeconds) {
        if (!(fullSeconds > 0)) {
            return want;
        }
        double beyond = Math.max(0, fill * weightSeconds / fullSeconds - 1);
        double bridged = slackSeconds / (leadSeconds + NOTICED_SECONDS);
        return want * (1 + Math.max(0, BEND * beyond - bridged));
    }
}
