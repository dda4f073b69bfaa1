package io.chiron.adapters.enginemetrics;

import io.chiron.api.Checks;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What an engine's histogram counted in one window. Immutable. */
public final class HistogramWindow {
    /** Nothing measured. */
    public static final HistogramWindow NONE = new HistogramWindow(new TreeMap<>(), Double.NaN, Double.NaN);

    private final double[] bounds;
    private final double[] counts;
    private final double sum;
    private final double count;

    /** @param cumulative observations at or below each upper bound; clamped to grow, as a torn page may not */
    HistogramWindow(SortedMap<Double, Double> cumulative, double sum, double count) {
        this.bounds = new double[cumulative.size()];
        this.counts = new double[cumulative.size()];
        this.sum = sum;
        this.count = count;
        int i = 0;
        double largest = 0;
        for (Map.Entry<Double, Double> bucket : cumulative.entrySet()) {
            bounds[i] = bucket.getKey();
            counts[i] = largest = Math.max(largest, bucket.getValue());
            i++;
        }
    }

    /** Observations in the window; NaN if not measured. */
    public double count() {
        return count;
    }

    /** Mean of the observations, in the unit of the metric; NaN if there were none or it was not measured. */
    public double mean() {
        return count > 0 ? sum / count : Double.NaN;
    }

    /**
     * The value that a fraction {@code p} of the observations does not exceed, linear inside its bucket, as Prometheus'
     * {@code histogram_quantile} has it; beyond the last finite bound it is that bound. NaN if nothing was observed.
     *
     * @param p in [0, 1]
     */
    public double quantile(double p) {
        Checks.inRange("p", p, 0, 1);
        double total = counts.length == 0 ? 0 : counts[counts.length - 1];
        if (!(total > 0)) {
            return Double.NaN;
        }
        int i = 0;
        while (counts[i] < p * total || counts[i] == 0) {
            i++;
        }
        double low = i == 0 ? Math.min(0, bounds[0]) : bounds[i - 1];
        if (bounds[i] == Double.POSITIVE_INFINITY) {
            return i == 0 ? Double.NaN : low;
        }
        double before = i == 0 ? 0 : counts[i - 1];
        return low + (bounds[i] - low) * Math.max(0, p * total - before) / (counts[i] - before);
    }
}
