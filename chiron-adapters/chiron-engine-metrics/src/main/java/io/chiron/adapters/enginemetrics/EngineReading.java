package io.chiron.adapters.enginemetrics;

import io.chiron.adapters.enginemetrics.PrometheusPage.Series;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one page says of one engine. Immutable; gauges are NaN where the page lacks them.
 *
 * @param running sequences in the batch; in [0, 10^9], the one value that every page has
 * @param kvUse fraction
 * @param sequenceTokensPerSecond output tokens per second of one sequence
 * @param engines data-parallel engines on the page
 * @param startSeconds when the process started, Unix time
 * @param counters values of every series of a counter, by quantity and series; a quantity that is absent was not measured
 */
record EngineReading(
        Dialect dialect,
        double running,
        double waiting,
        double kvUse,
        double kvUsedTokens,
        double kvCapacityTokens,
        double iterationBudgetTokens,
        double sequenceTokensPerSecond,
        int engines,
        double startSeconds,
        Map<Quantity, Map<String, Counter>> counters) {

    /** The most sequences that are believed: with more, a sum over instances could overflow. */
    private static final double MAX_RUNNING = 1e9;

    /** @param bound upper bound of a histogram bucket; NaN for other counters */
    record Counter(double value, double bound) {}

    /** A page that says nothing of an engine; its message says why. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;

        Unusable(String fault) {
            super(fault, null, false, false);
        }
    }

    static EngineReading of(PrometheusPage page, EngineEndpoint endpoint) throws Unusable {
        String fault = page.fault();
        if (fault != null) {
            throw new Unusable(fault);
        }
        Dialect dialect = endpoint.dialect() == Dialect.AUTO ? Dialect.detect(page) : endpoint.dialect();
        if (dialect == null) {
            throw new Unusable("the page has the running requests of no known engine");
        }
        DialectTable table = dialect.table();
        double running = gauge(page, table, Quantity.RUNNING);
        if (!(running >= 0 && running <= MAX_RUNNING)) {
            throw new Unusable(
                    table.find(page, Quantity.RUNNING).isEmpty()
                            ? "the page lacks the running requests of " + dialect
                            : "running requests = " + running);
        }
        int engines = table.engines(table.find(page, Quantity.RUNNING));
        double blocks = gauge(page, table, Quantity.KV_BLOCKS);
        double kvUse = known(gauge(page, table, Quantity.KV_USE), gauge(page, table, Quantity.KV_USED_BLOCKS) / blocks);
        double capacity = known(endpoint.kvCapacityTokens(), gauge(page, table, Quantity.KV_CAPACITY_TOKENS));
        capacity = known(capacity, table.infoCapacityTokens(page) * engines);
        capacity = known(capacity, blocks * gauge(page, table, Quantity.KV_BLOCK_TOKENS));
        return new EngineReading(
                dialect,
                running,
                gauge(page, table, Quantity.WAITING),
                kvUse,
                known(kvUse * capacity, gauge(page, table, Quantity.KV_USED_TOKENS)),
                capacity,
                known(endpoint.iterationBudgetTokens(), gauge(page, table, Quantity.ITERATION_BUDGET_TOKENS)),
                gauge(page, table, Quantity.SEQUENCE_TOKENS_PER_SECOND),
                engines,
                startSeconds(page),
                counters(page, table));
    }

    private static double known(double first, double second) {
        return Double.isNaN(first) ? second : first;
    }

    private static double gauge(PrometheusPage page, DialectTable table, Quantity quantity) {
        return table.find(page, quantity).values().stream()
                .mapToDouble(Series::value)
                .reduce(quantity::merge)
                .orElse(Double.NaN);
    }

    private static double startSeconds(PrometheusPage page) {
        return page.series("process_start_time_seconds").stream()
                .mapToDouble(Series::value)
                .reduce(Math::max)
                .orElse(Double.NaN);
    }

    private static Map<Quantity, Map<String, Counter>> counters(PrometheusPage page, DialectTable table) {
        Map<Quantity, Map<String, Counter>> counters = new EnumMap<>(Quantity.class);
        for (Quantity quantity : Quantity.values()) {
            if (!quantity.counter()) {
                continue;
            }
            Map<String, Counter> found = new LinkedHashMap<>();
            table.find(page, quantity).forEach((key, series) -> {
                if (Double.isFinite(series.value())) {
                    found.put(key, new Counter(series.value(), bound(series)));
                }
            });
            if (!found.isEmpty() || table.isZero(page, quantity)) {
                counters.put(quantity, found);
            }
        }
        return counters;
    }

    private static double bound(Series series) {
        String bound = series.label("le");
        if (bound.equals("+Inf")) {
            return Double.POSITIVE_INFINITY;
        }
        try {
            return bound.isEmpty() || bound.length() > 32 ? Double.NaN : Double.parseDouble(bound);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
