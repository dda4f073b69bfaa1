package io.chiron.adapters.enginemetrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A page of metrics in the Prometheus text format 0.0.4 or in OpenMetrics text. Immutable.
 *
 * <p>Comments (HELP and TYPE too), timestamps and exemplars are skipped. As in Prometheus itself one malformed line spoils
 * its page, since half a page would pass for an engine that lost its other half. A series that is stated twice has its
 * last value.
 */
public final class PrometheusPage {
    /** Most series of one page; a page with more is a fault. */
    public static final int MAX_SERIES = 50_000;

    /** Most labels of one series; a page with more is a fault. */
    public static final int MAX_LABELS = 64;

    /**
     * One value of a page. Immutable.
     *
     * @param name the metric, without labels
     * @param labels label values by label name
     * @param value as written: may be NaN or infinite
     */
    public record Series(String name, SortedMap<String, String> labels, double value) {
        /** The value of a label; empty if the series lacks it, which means the same. */
        public String label(String label) {
            return labels.getOrDefault(label, "");
        }
    }

    private final Map<String, List<Series>> byName;
    private final @Nullable String fault;

    private PrometheusPage(Map<String, List<Series>> byName, @Nullable String fault) {
        this.byName = byName;
        this.fault = fault;
    }

    /** Reads a page; time and memory grow in proportion to its length. Never throws. */
    public static PrometheusPage parse(String text) {
        return PageParser.parse(text);
    }

    static PrometheusPage of(Map<String, Map<String, Series>> found) {
        Map<String, List<Series>> byName = new LinkedHashMap<>();
        found.forEach((name, series) -> byName.put(name, List.copyOf(series.values())));
        return new PrometheusPage(byName, null);
    }

    static PrometheusPage faulty(String fault) {
        return new PrometheusPage(Map.of(), fault);
    }

    /** Why the page could not be read, in words; null if it could. A faulty page has no series. */
    public @Nullable String fault() {
        return fault;
    }

    /** The series of a metric in the order of the page; empty if the page lacks it. The name is matched exactly. */
    public List<Series> series(String name) {
        return byName.getOrDefault(name, List.of());
    }

    /** The metrics of the page. */
    public Set<String> names() {
        return Set.copyOf(byName.keySet());
    }
}
