package io.chiron.core.fleet;

import io.chiron.api.Times;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How much longer than the hold window a down-step waits, from how often the last ones had to be undone (ours). Load that
 * fills k instances to the brim makes a fleet of k ask for one more and one of k + 1 give it up again, once in every hold
 * window for ever. Each down-step that is undone at once doubles the wait for the next one, so such steps die out; what
 * was doubled is halved again after a time without. Immutable.
 *
 * @param doublings of the hold window
 * @param lastShrink when an instance was given up last; null if none was, or it had to be launched again
 * @param lastChange of {@code doublings}; null before the first
 */
record Patience(
        int doublings,
        @Nullable Instant lastShrink,
        @Nullable Instant lastChange) {
    private static final int MOST_DOUBLINGS = 5;
    /** A launch within so many hold windows after a down-step undoes it. */
    private static final double UNDONE = 1.5;
    /** So many hold windows without a relapse take one doubling back. */
    private static final double FORGIVEN = 4;

    static Patience empty() {
        return new Patience(0, null, null);
    }

    /** The hold window to keep to, at least {@code holdSeconds}. */
    double holdSeconds(double holdSeconds) {
        return holdSeconds * (1 << doublings);
    }

    /** After a step in which a fleet launched for load, or gave instances up, or neither. */
    Patience after(boolean launched, boolean gaveUp, double holdSeconds, Instant now) {
        double current = holdSeconds(holdSeconds);
        Instant shrink = gaveUp ? now : lastShrink;
        if (launched && lastShrink != null) {
            double since = Times.secondsBetween(lastShrink, now);
            if (since >= 0 && since <= UNDONE * current) {
                return new Patience(Math.min(MOST_DOUBLINGS, doublings + 1), gaveUp ? now : null, now);
            }
        }
        if (doublings > 0 && lastChange != null) {
            double since = Times.secondsBetween(lastChange, now);
            if (since < 0 || since > FORGIVEN * current) {
                return new Patience(doublings - 1, shrink, now);
            }
        }
        return new Patience(doublings, shrink, lastChange);
    }
}
