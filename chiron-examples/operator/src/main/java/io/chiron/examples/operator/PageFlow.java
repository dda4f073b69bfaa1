package io.chiron.examples.operator;

import io.chiron.adapters.enginemetrics.EngineReport;
import io.chiron.api.ArrivalBins;
import io.chiron.api.InstanceSample;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.TierFlow;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The traffic of a fleet as its engines' pages show it, where no router counts it: a request arrives when it starts (it has
 * its first token) or waits in an engine. Arrivals are spread evenly over the time between two pages, and lengths are taken as
 * spread like an exponential; a host that counts requests itself knows both better. Confined to one thread.
 */
final class PageFlow {
    private static final long BIN_MILLIS = ArrivalBins.MAX_WIDTH.toMillis();
    /** Two minutes: the core wants one, and may be late. */
    private static final int MOST_BINS = 480;
    /** Nobody looked for longer than this: what came meanwhile is not one burst. */
    private static final long LONGEST_GAP_BINS = 240;

    private final String tier;
    private final Map<String, Instant> used = new HashMap<>();
    private final ArrayDeque<double[]> bins = new ArrayDeque<>();
    private long nextBin = Long.MIN_VALUE;
    private double waitingBefore;
    private double carriedRequests;
    private double carriedPromptTokens;
    private double meanPrompt;
    private LengthMoments completed = LengthMoments.ZERO;

    PageFlow(String tier) {
        this.tier = tier;
    }

    /** The flow at {@code end}, with what the reports tell that was not told before. */
    TierFlow next(Map<String, EngineReport> reports, Instant end) {
        double started = 0;
        double promptTokens = 0;
        double outputTokens = 0;
        double waiting = 0;
        for (EngineReport report : reports.values()) {
            InstanceSample sample = report.sample();
            if (sample == null) {
                continue;
            }
            waiting += measured(sample.waitingRequests());
            Instant last = used.put(report.instance(), sample.time());
            if (last == null || sample.time().isAfter(last)) {
                started += measured(report.ttft().count());
                promptTokens += measured(sample.prefillTokens());
                outputTokens += measured(sample.outputTokens());
            }
        }
        used.keySet().retainAll(reports.keySet());
        if (started > 0) {
            meanPrompt = promptTokens / started;
            complete(started, outputTokens / started);
        }
        double arrived = Math.max(0, started + waiting - waitingBefore);
        waitingBefore = waiting;
        spread(arrived, arrived * meanPrompt, end);
        return new TierFlow(
                tier,
                end,
                arrivals(end),
                Math.round(waiting),
                Math.round(waiting * meanPrompt),
                0,
                completed,
                LengthHistogram.EMPTY,
                LengthHistogram.EMPTY,
                List.of());
    }

    /** What starts and what ends is the same in the long run. The second moments are those of an exponential. */
    private void complete(double count, double meanOutput) {
        completed = new LengthMoments(
                completed.count() + count,
                completed.prompt() + count * meanPrompt,
                completed.output() + count * meanOutput,
                completed.promptSquared() + 2 * count * meanPrompt * meanPrompt,
                completed.outputSquared() + 2 * count * meanOutput * meanOutput,
                completed.promptTimesOutput() + count * meanPrompt * meanOutput);
    }

    private void spread(double requests, double promptTokens, Instant end) {
        long open = Math.floorDiv(end.toEpochMilli(), BIN_MILLIS);
        if (nextBin == Long.MIN_VALUE || open - nextBin > LONGEST_GAP_BINS || open < nextBin) {
            bins.clear();
            nextBin = open;
            carriedRequests = 0;
            carriedPromptTokens = 0;
            return;
        }
        carriedRequests += requests;
        carriedPromptTokens += promptTokens;
        long count = open - nextBin;
        for (long i = 0; i < count; i++) {
            bins.addLast(new double[] {carriedRequests / count, carriedPromptTokens / count});
        }
        if (count > 0) {
            carriedRequests = 0;
            carriedPromptTokens = 0;
        }
        nextBin = open;
        while (bins.size() > MOST_BINS) {
            bins.removeFirst();
        }
    }

    private ArrivalBins arrivals(Instant end) {
        if (bins.isEmpty()) {
            return ArrivalBins.none(end);
        }
        double[] requests = new double[bins.size()];
        double[] promptTokens = new double[bins.size()];
        int i = 0;
        for (double[] bin : bins) {
            requests[i] = bin[0];
            promptTokens[i] = bin[1];
            i++;
        }
        return ArrivalBins.of(
                Instant.ofEpochMilli((nextBin - bins.size()) * BIN_MILLIS),
                ArrivalBins.MAX_WIDTH,
                requests,
                promptTokens);
    }

    private static double measured(double value) {
        return value > 0 && value < Double.POSITIVE_INFINITY ? value : 0;
    }
}
