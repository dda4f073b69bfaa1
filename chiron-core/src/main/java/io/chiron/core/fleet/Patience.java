package io.chiron.core.fleet;

import io.chiron.api.Times;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How much longer than the hold window a down-step waits, from how often the last ones had to be undone (ours). Load that
 * fills k instances to the brim makes a fleet of k ask for one more and one of k + 1 give it up again, for ever. Each
 * down-step that is undone doubles the wait for the next one, until a time without; and the instance stays while the want is
 * what it was when that instance was missed. Immutable.
 *
 * @param doublings of the hold window
 * @param lastShrink when an instance was given up last; null if none was, or it had to be launched again
 * @param shrunkAtWant the want then, in instances
 * @param missedAtWant the want when the last down-step was undone; 0 if none was, or the want has fallen clearly since
 * @param missedInstances the fleet that was wanted then
 * @param lastChange of {@code doublings}; null before the first
 */
record Patience(
        int doublings,
        @Nullable Instant lastShrink,
        double shrunkAtWant,
        double missedAtWant,
        int missedInstances,
        @Nullable Instant lastChange) {
    private static final int MOST_DOUBLINGS = 5;
    /** A launch within so many hold windows after a down-step undoes it. */
    private static final double UNDONE = 1.5;
    /** So many hold windows without a relapse take one doubling back. */
    private static final double FORGIVEN = 4;
    /** Wants that differ by no more are the same: a share of them, and a part of an instance at most. */
    private static final double NOISE = 0.05;

    private static final double MOST_NOISE = 0.15;

    static Patience empty() {
        return new Patience(0, null, 0, 0, 0, null);
    }

    /** The hold window to keep to, at least {@code holdSeconds}. */
    double holdSeconds(double holdSeconds) {
        return holdSeconds * (1 << doublings);
    }

    /** Instances not to go below for a want of so many, NaN if it is not known. */
    int instances(int wanted, double want) {
        return missedAtWant > 0 && !clearlyBelow(want, missedAtWant) ? Math.max(wanted, missedInstances) : wanted;
    }

    private static boolean clearlyBelow(double want, double other) {
        return want < other - noise(other);
    }

    private static double noise(double want) {
        return Math.min(NOISE * want, MOST_NOISE);
    }

    /**
     * After a step in which a fleet launched for load, or gave instances up, or neither.
     *
     * @param want in instances; NaN if it is not known
     * @param wanted the same as a whole number
     */
    Patience after(boolean launched, boolean gaveUp, double want, int wanted, double holdSeconds, Instant now) {
        double current = holdSeconds(holdSeconds);
        boolean over = clearlyBelow(want, missedAtWant);
        double missedAt = over ? 0 : missedAtWant;
        Instant shrink = gaveUp ? now : lastShrink;
        double shrunkAt = gaveUp ? want : shrunkAtWant;
        if (launched && lastShrink != null) {
            double since = Times.secondsBetween(lastShrink, now);
            boolean soon = since >= 0 && since <= UNDONE * current;
            // However much later: the load has not moved, and still it is missed.
            if (soon || want - noise(want) <= shrunkAtWant) {
                return new Patience(
                        Math.min(MOST_DOUBLINGS, doublings + 1), gaveUp ? now : null, shrunkAt, want, wanted, now);
            }
        }
        if (doublings > 0 && lastChange != null) {
            double since = Times.secondsBetween(lastChange, now);
            if (since < 0 || since > FORGIVEN * current) {
                return new Patience(doublings - 1, shrink, shrunkAt, missedAt, missedInstances, now);
            }
        }
        return new Patience(doublings, shrink, shrunkAt, missedAt, missedInstances, lastChange);
    }
}
