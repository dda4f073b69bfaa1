package io.chiron.examples.simulator;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.chiron.api.RequestGroup;
import io.chiron.api.RequestRouter;
import io.chiron.core.waiting.WaitingTime;
import io.chiron.examples.simulator.policy.Policy;
import io.chiron.examples.simulator.run.SimClock;
import io.chiron.examples.simulator.run.Simulation;
import io.chiron.examples.simulator.workload.Arrival;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares predicted waits with actual ones. A request that is q-th among those that have never left the batch queue waits
 * until q requests have left it for the first time; evicted ones that wait to go on are ahead of it, so its position, for
 * which the prediction is made, is q and their number.
 */
final class WaitingExperiment implements Simulation.Probe {
    /** Predictions are judged from then on. */
    private static final double HISTORY_SECONDS = 300;

    private static final double EVERY_SECONDS = 30;
    /** Requests come at any time within a period, not at its start, where new limits let many in at once. */
    private static final double PHASE_STEP = 0.5 * (Math.sqrt(5) - 1);

    private static final int[] BANDS = {10, 100, 1000, 2000, 10_000};
    private static final double BAND_WIDTH = 0.2;
    private static final double COVERAGE = 0.9;

    private final String tier;
    private final int queue;
    private final double periodSeconds;
    private final List<Prediction> predictions = new ArrayList<>();
    private final double[] dispatchSeconds;
    private int dispatched;
    private double nextSeconds = HISTORY_SECONDS;
    private double phase;

    /** For {@code queue} requests that are all queued at the start, and a tick every {@code periodSeconds}. */
    WaitingExperiment(String tier, int queue, double periodSeconds) {
        this.tier = tier;
        this.queue = queue;
        this.periodSeconds = periodSeconds;
        this.dispatchSeconds = new double[queue];
    }

    private record Prediction(double atSeconds, int position, double meanSeconds, double highSeconds) {}

    /**
     * How the predictions of one band of positions did.
     *
     * @param position centre of the band, which reaches 20 % to both sides
     * @param samples predictions in it
     * @param meanAbsoluteError mean of |predicted - actual| / actual; null without samples, like the next two
     * @param bias mean of (predicted - actual) / actual
     * @param coverage90 share of the waits that were at most the predicted 90 % quantile
     */
    @JsonPropertyOrder({"position", "samples", "meanAbsoluteError", "bias", "coverage90"})
    record Band(
            int position,
            int samples,
            @Nullable Double meanAbsoluteError,
            @Nullable Double bias,
            @Nullable Double coverage90) {}

    /**
     * How the predictions did.
     *
     * @param samples predictions that were compared
     * @param r2 share of the variance of the actual waits that the predicted means explain, over all positions; null
     *     without samples
     */
    @JsonPropertyOrder({"samples", "r2", "bands"})
    record Outcome(int samples, @Nullable Double r2, List<Band> bands) {}

    @Override
    public void dispatched(double nowSeconds, int tierIndex) {
        if (tierIndex == Arrival.BATCH) {
            dispatchSeconds[dispatched++] = nowSeconds;
        }
    }

    @Override
    public void ticked(double nowSeconds, Policy policy, RequestRouter router) {
        if (nowSeconds < nextSeconds) {
            return;
        }
        nextSeconds += EVERY_SECONDS;
        long waiting = router.groups(SimClock.instant(nowSeconds)).stream()
                .mapToLong(RequestGroup::count)
                .sum();
        predict(nowSeconds, policy, waiting);
    }

    /** Notes predictions while {@code waiting} requests are queued. */
    void predict(double nowSeconds, Policy policy, long waiting) {
        phase = (phase + PHASE_STEP) % 1;
        double at = nowSeconds + phase * periodSeconds;
        int fresh = queue - dispatched;
        long evicted = waiting - fresh;
        for (int position : positions(fresh)) {
            WaitingTime wait = policy.waitingTime(tier, position + evicted);
            if (wait != null) {
                predictions.add(new Prediction(at, position, wait.meanSeconds(), wait.quantileSeconds(COVERAGE)));
            }
        }
    }

    /** Ten positions per decade, and five in each band. */
    private static Set<Integer> positions(int most) {
        Set<Integer> positions = new TreeSet<>();
        for (int k = 10; ; k++) {
            int position = (int) Math.rint(StrictMath.pow(10, k / 10.0));
            if (position > most) {
                break;
            }
            positions.add(position);
        }
        for (int band : BANDS) {
            for (int step = -2; step <= 2; step++) {
                int position = (int) Math.rint(band * (1 + 0.5 * BAND_WIDTH * step));
                if (position <= most) {
                    positions.add(position);
                }
            }
        }
        return positions;
    }

    Outcome outcome() {
        List<Prediction> compared =
                predictions.stream().filter(each -> actualSeconds(each) > 0).toList();
        List<Band> bands = Arrays.stream(BANDS)
                .mapToObj(centre -> band(
                        centre,
                        compared.stream()
                                .filter(each -> Math.abs(each.position - centre) <= BAND_WIDTH * centre + 1e-9)
                                .toList()))
                .toList();
        return new Outcome(compared.size(), compared.isEmpty() ? null : r2(compared), bands);
    }

    /** Time until its position was reached; NaN if it never was. */
    private double actualSeconds(Prediction prediction) {
        int found = Arrays.binarySearch(dispatchSeconds, 0, dispatched, prediction.atSeconds);
        int before = found >= 0 ? found : -found - 1;
        int last = before + prediction.position;
        return last <= dispatched ? dispatchSeconds[last - 1] - prediction.atSeconds : Double.NaN;
    }

    private double r2(List<Prediction> compared) {
        double mean =
                compared.stream().mapToDouble(this::actualSeconds).average().orElse(Double.NaN);
        double total = 0;
        double left = 0;
        for (Prediction each : compared) {
            double actual = actualSeconds(each);
            total += (actual - mean) * (actual - mean);
            left += (actual - each.meanSeconds) * (actual - each.meanSeconds);
        }
        return 1 - left / total;
    }

    private Band band(int centre, List<Prediction> inside) {
        if (inside.isEmpty()) {
            return new Band(centre, 0, null, null, null);
        }
        double error = 0;
        double bias = 0;
        int covered = 0;
        for (Prediction each : inside) {
            double actual = actualSeconds(each);
            double relative = (each.meanSeconds - actual) / actual;
            error += Math.abs(relative);
            bias += relative;
            covered += actual <= each.highSeconds ? 1 : 0;
        }
        int count = inside.size();
        return new Band(centre, count, error / count, bias / count, (double) covered / count);
    }
}
