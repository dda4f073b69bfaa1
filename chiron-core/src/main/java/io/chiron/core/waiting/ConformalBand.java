package io.chiron.core.waiting;

import io.chiron.api.Times;
import io.chiron.api.WaitOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Recent outcomes of one band of positions, as ratios of actual to predicted wait. Immutable.
 *
 * <p>Outcomes are not independent: all that were predicted within the same minute share the error of one estimate of R,
 * and all that are dispatched together share what happened until then. So a band takes outcomes at least
 * {@value #SPACING_SECONDS} s apart in dispatch, at most {@value #PER_MINUTE} predicted in the same minute, and its
 * minutes of prediction, not its outcomes, count as the sample.
 */
final class ConformalBand {
    static final ConformalBand EMPTY = new ConformalBand(List.of());

    private static final int CAPACITY = 512;
    private static final int ENOUGH_OUTCOMES = 20;
    private static final int ENOUGH_MINUTES = 3;
    private static final int PER_MINUTE = 16;
    private static final double SPACING_SECONDS = 4;
    /** Longer memory would hold an incident of this morning against the evening. */
    private static final double MAX_AGE_SECONDS = 4 * 3600;

    private static final double SMALLEST_RATIO = 1e-6;

    /** Oldest first. */
    private final List<Entry> entries;

    private final double[] sortedLogRatios;
    private final long minutes;

    private record Entry(Instant dispatchedAt, long predictedMinute, double logRatio) {}

    private ConformalBand(List<Entry> entries) {
        this.entries = entries;
        this.sortedLogRatios =
                entries.stream().mapToDouble(Entry::logRatio).sorted().toArray();
        this.minutes =
                entries.stream().mapToLong(Entry::predictedMinute).distinct().count();
    }

    /** This band with one more outcome, later than those that it has, if it says anything new. */
    ConformalBand plus(WaitOutcome outcome) {
        Instant at = outcome.dispatchedAt();
        // A clock that was set back makes it earlier: that is no reason to leave it out.
        if (!entries.isEmpty()
                && Math.abs(Times.secondsBetween(entries.get(entries.size() - 1).dispatchedAt, at)) < SPACING_SECONDS) {
            return this;
        }
        long minute = (long) Math.floor((at.getEpochSecond() - outcome.actualSeconds()) / 60);
        int sameMinute = 0;
        for (Entry entry : entries) {
            if (entry.predictedMinute == minute && ++sameMinute >= PER_MINUTE) {
                return this;
            }
        }
        double ratio = Math.max(SMALLEST_RATIO, outcome.actualSeconds() / outcome.predictedSeconds());
        double logRatio = StrictMath.log(Math.min(ratio, 1 / SMALLEST_RATIO));
        List<Entry> more = new ArrayList<>(entries.subList(entries.size() < CAPACITY ? 0 : 1, entries.size()));
        more.add(new Entry(at, minute, logRatio));
        return new ConformalBand(List.copyOf(more));
    }

    /** This band without the outcomes that are too old at {@code now}. */
    ConformalBand forgetting(Instant now) {
        if (entries.isEmpty() || !isOld(entries.get(0), now)) {
            return this;
        }
        return new ConformalBand(
                entries.stream().filter(entry -> !isOld(entry, now)).toList());
    }

    private static boolean isOld(Entry entry, Instant now) {
        return Times.secondsBetween(entry.dispatchedAt, now) > MAX_AGE_SECONDS;
    }

    /** True if it holds enough outcomes, from enough minutes, to speak of quantiles. */
    boolean isLearned() {
        return entries.size() >= ENOUGH_OUTCOMES && minutes >= ENOUGH_MINUTES;
    }

    /**
     * Logarithm of the conformal {@code p}-quantile of actual over predicted; only where {@link #isLearned()}. With K
     * minutes the level is {@code p·(K+1)/K}, which covers p whatever the distribution when whole minutes are
     * exchangeable (Lee, Barber and Willett, <a href="https://arxiv.org/abs/2306.06342">Distribution-free inference
     * with hierarchical data</a>); above 1 the largest ratio stands for the infinite one of the theory.
     */
    double logRatio(double p) {
        int n = sortedLogRatios.length;
        double rank = Math.ceil(n * (p * (minutes + 1) / minutes));
        return sortedLogRatios[(int) Math.min(n, Math.max(1, rank)) - 1];
    }
}
