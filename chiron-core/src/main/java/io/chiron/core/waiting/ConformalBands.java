package io.chiron.core.waiting;

import io.chiron.api.Checks;
import io.chiron.api.TierFlow;
import io.chiron.api.WaitOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * What past predictions of waits were worth, by bands of the queue position: quantiles of actual over predicted wait.
 * An immutable state value: every reading gives the next one.
 *
 * <p>Bands are half a decade of positions wide, centred at 1, √10, 10, … 10⁶. Between centres the logarithm of the
 * quantile is interpolated in the logarithm of the position; then the running maximum over positions is taken, so that
 * the quantile in seconds never falls with the position. A band without enough outcomes takes those of the nearest one
 * within a decade; farther away there is no floor.
 */
public final class ConformalBands {
    private static final int BANDS = 13;
    private static final double LOG_WIDTH = StrictMath.log(10) / 2;
    /** How many bands away outcomes still speak for a band: a decade. */
    private static final int REACH = 2;
    /** Far below any wait: the floor where nothing is known. */
    private static final double LOG_NO_FLOOR = StrictMath.log(1e-6);

    /** No outcome yet. */
    public static final ConformalBands EMPTY =
            new ConformalBands(Collections.nCopies(BANDS, ConformalBand.EMPTY), Instant.MIN, Instant.MIN);

    private final List<ConformalBand> bands;
    private final Instant lastReading;
    /** Outcomes dispatched until then are in, or will never be. */
    private final Instant readUntil;
    /** For every band the index of the one that speaks for it; -1 if none does. */
    private final int[] speaker;

    private final boolean learned;

    private ConformalBands(List<ConformalBand> bands, Instant lastReading, Instant readUntil) {
        this.bands = bands;
        this.lastReading = lastReading;
        this.readUntil = readUntil;
        this.speaker = new int[BANDS];
        boolean any = false;
        for (int i = 0; i < BANDS; i++) {
            speaker[i] = nearestLearned(bands, i);
            any |= speaker[i] >= 0;
        }
        this.learned = any;
    }

    /** Of two equally near ones the lower: its relative spread is the larger. */
    private static int nearestLearned(List<ConformalBand> bands, int band) {
        for (int distance = 0; distance <= REACH; distance++) {
            if (band - distance >= 0 && bands.get(band - distance).isLearned()) {
                return band - distance;
            }
            if (band + distance < BANDS && bands.get(band + distance).isLearned()) {
                return band + distance;
            }
        }
        return -1;
    }

    /**
     * The state after this reading. Every outcome counts once: those dispatched after the ones read before. If the
     * clock was set back, outcomes until the new time count as read.
     */
    public ConformalBands observe(TierFlow flow) {
        Objects.requireNonNull(flow, "flow");
        Instant now = flow.time();
        if (OutputLengths.isLate(lastReading, now)) {
            return this;
        }
        if (now.isBefore(lastReading)) {
            return new ConformalBands(bands, now, now);
        }
        List<ConformalBand> next = new ArrayList<>(bands);
        next.replaceAll(band -> band.forgetting(now));
        Instant newest = readUntil;
        for (WaitOutcome outcome : flow.waits()) {
            Instant at = outcome.dispatchedAt();
            if (at.isAfter(readUntil) && !at.isAfter(now)) {
                int band = bandOf(outcome.position());
                next.set(band, next.get(band).plus(outcome));
                newest = at.isAfter(newest) ? at : newest;
            }
        }
        return new ConformalBands(List.copyOf(next), now, newest);
    }

    /**
     * The factor on the predicted mean wait at {@code position} that was enough with probability {@code p}, made
     * monotone as above; 0 as long as nothing is known, next to 0 far from where something is.
     *
     * @param p in (0, 1)
     * @param position at least 1
     */
    public double factor(double p, double position) {
        if (!(p > 0 && p < 1)) {
            throw Checks.outOfRange("p", p, "(0, 1)");
        }
        Checks.inRange("position", position, 1, 1e15);
        double logPosition = StrictMath.log(position);
        return StrictMath.exp(logFloor(p, logPosition) - logPosition);
    }

    /** Logarithm of the {@code p}-quantile of the wait, in units of the mean wait per position. */
    double logFloor(double p, double logPosition) {
        if (!learned) {
            return Double.NEGATIVE_INFINITY;
        }
        double at = Math.min(Math.max(0, logPosition / LOG_WIDTH), BANDS - 1);
        int below = (int) at;
        double highest = Double.NEGATIVE_INFINITY;
        double logFactor = LOG_NO_FLOOR;
        for (int i = 0; i <= below; i++) {
            logFactor = logFactor(p, i);
            highest = Math.max(highest, Math.min(i * LOG_WIDTH, logPosition) + logFactor);
        }
        if (below < BANDS - 1) {
            logFactor += (at - below) * (logFactor(p, below + 1) - logFactor);
        }
        // Linear between the centres, so the maximum over all lower positions is at one of them, or here.
        return Math.max(highest, logPosition + logFactor);
    }

    private double logFactor(double p, int band) {
        return speaker[band] < 0 ? LOG_NO_FLOOR : bands.get(speaker[band]).logRatio(p);
    }

    private static int bandOf(long position) {
        double at = StrictMath.log((double) position) / LOG_WIDTH;
        return (int) Math.min(BANDS - 1, Math.max(0, Math.rint(at)));
    }
}
