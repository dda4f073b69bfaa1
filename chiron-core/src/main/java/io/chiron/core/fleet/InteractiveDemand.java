package io.chiron.core.fleet;

import io.chiron.api.FleetSnapshot;
import io.chiron.api.TierFlow;
import io.chiron.api.Times;
import io.chiron.core.local.TierProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of interactive demand: arrivals on two time grids, and how planned capacity compared with what came.
 * Immutable.
 *
 * @param fine arrivals of ten minutes in bins of 250 ms, by tier
 * @param coarse arrivals of an hour in bins of one second, by tier
 * @param headroom what followed each plan
 * @param since when counting began; null before
 * @param last when it was last brought up to date; null before
 */
record InteractiveDemand(
        Map<String, BinSeries> fine,
        Map<String, BinSeries> coarse,
        Headroom headroom,
        @Nullable Instant since,
        @Nullable Instant last) {
    static final int FINE_PER_SECOND = 4;
    private static final int FINE_BINS = 2400;
    private static final int COARSE_BINS = 3600;
    private static final int REFERENCE_SECONDS = 60;
    private static final int TREND_BLOCK_SECONDS = 10;
    private static final int TREND_BLOCKS = 30;
    /** Readings before this age are not yet typical: queues and fits are still filling. */
    private static final double WARM_SECONDS = 120;

    InteractiveDemand {
        fine = Collections.unmodifiableMap(new TreeMap<>(fine));
        coarse = Collections.unmodifiableMap(new TreeMap<>(coarse));
    }

    static InteractiveDemand empty() {
        return new InteractiveDemand(Map.of(), Map.of(), Headroom.empty(), null, null);
    }

    /** The demand after one more reading, and the need that follows from it. */
    record Step(InteractiveDemand state, InteractiveNeed need) {}

    Step observe(
            FleetSnapshot snapshot,
            List<TierProfile> tiers,
            WorkModel model,
            double leadSeconds,
            boolean replay,
            double maxFlowAgeSeconds,
            Instant now) {
        boolean restarted = since == null || last == null || now.isBefore(last);
        // Bins of a clock that went back would hide what comes now until it has caught up.
        TreeMap<String, BinSeries> nextFine = new TreeMap<>(restarted ? Map.of() : fine);
        TreeMap<String, BinSeries> nextCoarse = new TreeMap<>(restarted ? Map.of() : coarse);
        List<Integer> known = new ArrayList<>();
        List<Integer> fresh = new ArrayList<>();
        double waitingWork = 0;
        double slack = Double.POSITIVE_INFINITY;
        for (int i = 0; i < tiers.size(); i++) {
            TierFlow flow = snapshot.flow(tiers.get(i).tier().name());
            if (!tiers.get(i).tier().interactive() || flow == null) {
                continue;
            }
            String name = flow.tier();
            nextFine.put(
                    name,
                    nextFine.getOrDefault(name, BinSeries.empty(250, FINE_BINS)).plus(flow.arrivals(), flow.time()));
            nextCoarse.put(
                    name,
                    nextCoarse
                            .getOrDefault(name, BinSeries.empty(1000, COARSE_BINS))
                            .plus(flow.arrivals(), flow.time()));
            if (Math.abs(Times.secondsBetween(flow.time(), now)) <= maxFlowAgeSeconds) {
                waitingWork += model.workSeconds(i, flow.waitingRequests(), flow.waitingPromptTokens());
                fresh.add(i);
            }
            slack = Math.min(slack, model.slackSeconds(i));
            known.add(i);
        }
        Instant begin = since == null || restarted ? now : since;
        if (known.isEmpty()) {
            InteractiveNeed none = InteractiveNeed.NONE;
            return new Step(new InteractiveDemand(nextFine, nextCoarse, headroom, begin, now), none);
        }
        List<Integer> newest = fresh.isEmpty() ? known : fresh;
        double[] work = work(nextFine, FINE_BINS, known, newest, tiers, model);
        double[] sums = DemandEnvelope.cumulative(work);
        double bin = 1.0 / FINE_PER_SECOND;
        int minute = REFERENCE_SECONDS * FINE_PER_SECOND;
        double peak = DemandEnvelope.peak(sums, minute, bin, slack);
        double sinceLast =
                last == null || restarted ? REFERENCE_SECONDS : Math.min(600, Times.secondsBetween(last, now));
        double latest = DemandEnvelope.peak(sums, (int) Math.ceil(sinceLast * FINE_PER_SECOND) + 1, bin, slack);
        Trend trend = Trend.of(work, bin, FINE_PER_SECOND * TREND_BLOCK_SECONDS, TREND_BLOCKS);
        // The envelope looks back: it lets a backlog grow to the slack. What goes on growing needs the level itself.
        // What waits at the router has to be served beside what still comes.
        double backlog = waitingWork > 0 ? trend.level() + waitingWork / (slack + leadSeconds) : 0;
        double urgent = waitingWork > 0 ? trend.level() + waitingWork / slack : 0;
        double grown = Math.max(peak, trend.level()) + Math.max(0, trend.perSecond()) * leadSeconds;
        double reference = grown;
        if (trend.falls()) {
            double[] present = DemandEnvelope.cumulative(atPresentLevel(work, trend));
            reference = Math.max(DemandEnvelope.peak(present, minute, bin, slack), trend.level());
        }
        double age = Times.secondsBetween(begin, now);
        Headroom nextHeadroom = restarted ? Headroom.empty() : headroom;
        if (age >= WARM_SECONDS) {
            // Of the past as it was: against a fallen reference the next turn of the load would look like a leap.
            nextHeadroom = nextHeadroom.plus(Times.secondsBetween(Instant.EPOCH, now), grown, latest);
        }
        double factor = nextHeadroom.factor(leadSeconds);
        double envelope = reference * factor;
        double steady = Double.NaN;
        if (replay && trend.perSecond() == 0) {
            steady = SteadyLoad.capacity(work(nextCoarse, COARSE_BINS, known, newest, tiers, model), slack);
        }
        double mean = sums[sums.length - 1] / Math.max(1, work.length * bin);
        int newestBins = Math.min(work.length, minute);
        double recent = (sums[work.length] - sums[work.length - newestBins]) / Math.max(1, newestBins * bin);
        InteractiveNeed need = new InteractiveNeed(
                true, reference, factor, envelope, steady, backlog, urgent, mean, recent, trend, slack, age);
        return new Step(new InteractiveDemand(nextFine, nextCoarse, nextHeadroom, begin, now), need);
    }

    /** What the trend was told from, brought to its end: bursts stay, the fall goes. */
    private static double[] atPresentLevel(double[] work, Trend trend) {
        int bins = Math.min(work.length, TREND_BLOCKS * TREND_BLOCK_SECONDS * FINE_PER_SECOND);
        double[] present = Arrays.copyOfRange(work, work.length - bins, work.length);
        for (int i = 0; i < bins; i++) {
            present[i] *= trend.decline((double) (bins - i) / FINE_PER_SECOND);
        }
        return present;
    }

    /** Work per bin of all known tiers together, up to the newest bin of {@code newest}; at most {@code mostBins}. */
    private static double[] work(
            Map<String, BinSeries> series,
            int mostBins,
            List<Integer> known,
            List<Integer> newest,
            List<TierProfile> tiers,
            WorkModel model) {
        long first = Long.MAX_VALUE;
        long end = Long.MIN_VALUE;
        for (int tier : known) {
            BinSeries bins = series.get(tiers.get(tier).tier().name());
            if (bins != null && bins.size() > 0) {
                first = Math.min(first, bins.firstBin());
                end = newest.contains(tier) ? Math.max(end, bins.firstBin() + bins.size()) : end;
            }
        }
        if (end <= first) {
            return new double[0];
        }
        first = Math.max(first, end - mostBins);
        double[] work = new double[(int) (end - first)];
        for (int tier : known) {
            BinSeries bins = series.get(tiers.get(tier).tier().name());
            if (bins != null) {
                bins.addWork(model, tier, first, work);
            }
        }
        return work;
    }
}
