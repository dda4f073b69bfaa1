package io.chiron.adapters.enginemetrics;

import io.chiron.adapters.enginemetrics.PrometheusPage.Series;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The names of one dialect, and how its series are found on a page. Filled once, then read only. */
final class DialectTable {
    private final String engineLabel;
    private final String partLabel;
    private final Map<Quantity, List<Metric>> metrics = new EnumMap<>(Quantity.class);
    private final Map<Quantity, String> zeroWith = new EnumMap<>(Quantity.class);
    private @Nullable Blocks blocks;

    /** Where the size of the KV cache stands in labels. */
    private record Blocks(String name, String countLabel, String sizeLabel) {}

    /** A metric by its spellings, and the values that a label of it must have; an empty label admits every series. */
    private record Metric(List<String> names, String label, Set<String> values) {
        static Metric of(String text, boolean counter) {
            int brace = text.indexOf('{');
            if (brace < 0) {
                return new Metric(spellings(text, counter), "", Set.of());
            }
            int equals = text.indexOf('=', brace);
            String values = text.substring(equals + 1, text.length() - 1);
            return new Metric(
                    spellings(text.substring(0, brace), counter),
                    text.substring(brace + 1, equals),
                    Set.of(values.split("\\|", -1)));
        }

        /** Counters have {@code _total} or not, by version; some exporters turn colons into underscores. */
        private static List<String> spellings(String name, boolean counter) {
            Set<String> names = new LinkedHashSet<>();
            names.add(name);
            if (counter && name.endsWith("_total")) {
                names.add(name.substring(0, name.length() - "_total".length()));
            }
            for (String spelling : List.copyOf(names)) {
                names.add(spelling.replace(':', '_'));
            }
            return List.copyOf(names);
        }

        boolean admits(Series series) {
            return label.isEmpty() || values.contains(series.label(label));
        }
    }

    /**
     * @param engineLabel the label that tells the data-parallel engines of a page apart; empty if there is none
     * @param partLabel a label whose non-empty values are parts of the series without it; empty if there is none
     */
    DialectTable(String engineLabel, String partLabel) {
        this.engineLabel = engineLabel;
        this.partLabel = partLabel;
    }

    DialectTable read(Quantity quantity, String... names) {
        List<Metric> found = new ArrayList<>();
        for (String name : names) {
            found.add(Metric.of(name, quantity.counter()));
        }
        metrics.put(quantity, found);
        return this;
    }

    DialectTable blocks(String name, String countLabel, String sizeLabel) {
        blocks = new Blocks(name, countLabel, sizeLabel);
        return this;
    }

    /** A counter that is zero, not absent, on a page that lacks it but has this metric. */
    DialectTable zeroWith(Quantity quantity, String name) {
        zeroWith.put(quantity, name);
        return this;
    }

    DialectTable itl(String... histograms) {
        return histogram(histograms, Quantity.ITL_SECONDS, Quantity.ITL_COUNT, Quantity.ITL_BUCKETS);
    }

    DialectTable ttft(String... histograms) {
        return histogram(histograms, Quantity.TTFT_SECONDS, Quantity.TTFT_COUNT, Quantity.TTFT_BUCKETS);
    }

    private DialectTable histogram(String[] names, Quantity sum, Quantity count, Quantity buckets) {
        return read(sum, suffixed(names, "_sum"))
                .read(count, suffixed(names, "_count"))
                .read(buckets, suffixed(names, "_bucket"));
    }

    private static String[] suffixed(String[] names, String suffix) {
        String[] result = names.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] += suffix;
        }
        return result;
    }

    /** True if a page without the counter says that it is zero. */
    boolean isZero(PrometheusPage page, Quantity quantity) {
        String witness = zeroWith.get(quantity);
        return witness != null && !page.series(witness).isEmpty();
    }

    /** The series of a quantity, each counted once; by a key that is the same on every page. */
    Map<String, Series> find(PrometheusPage page, Quantity quantity) {
        for (Metric metric : metrics.getOrDefault(quantity, List.of())) {
            for (String name : metric.names()) {
                Map<String, Series> found = distinct(page.series(name), metric);
                if (!found.isEmpty()) {
                    return found;
                }
            }
        }
        return Map.of();
    }

    private Map<String, Series> distinct(List<Series> all, Metric metric) {
        if (all.isEmpty()) {
            return Map.of();
        }
        boolean whole = !partLabel.isEmpty()
                && all.stream().anyMatch(series -> series.label(partLabel).isEmpty());
        Map<String, Series> distinct = new LinkedHashMap<>();
        for (Series series : all) {
            if (!metric.admits(series) || (whole && !series.label(partLabel).isEmpty())) {
                continue;
            }
            distinct.merge(
                    series.name() + " " + PageParser.key(identity(series.labels())),
                    series,
                    (first, second) -> second.value() > first.value() ? second : first);
        }
        return distinct;
    }

    private SortedMap<String, String> identity(SortedMap<String, String> labels) {
        if (labels.keySet().stream().noneMatch(this::isReplica)) {
            return labels;
        }
        SortedMap<String, String> identity = new TreeMap<>(labels);
        identity.keySet().removeIf(this::isReplica);
        return identity;
    }

    /** Ranks and processes of one engine repeat its values; data-parallel ones do not. */
    private boolean isReplica(String label) {
        return !engineLabel.isEmpty()
                && (label.equals("pid") || (label.endsWith("_rank") && !label.equals(engineLabel)));
    }

    /** Data-parallel engines on a page; at least 1. */
    int engines(Map<String, Series> series) {
        return Math.max(1, (int) series.values().stream()
                .map(one -> one.label(engineLabel))
                .distinct()
                .count());
    }

    /** KV tokens of one engine by the labels of its info metric, the mean over engines; NaN if it does not say. */
    double infoCapacityTokens(PrometheusPage page) {
        if (blocks == null) {
            return Double.NaN;
        }
        double sum = 0;
        int count = 0;
        for (Series series : page.series(blocks.name())) {
            double tokens = whole(series.label(blocks.countLabel())) * whole(series.label(blocks.sizeLabel()));
            if (tokens > 0) {
                sum += tokens;
                count++;
            }
        }
        return count == 0 ? Double.NaN : sum / count;
    }

    /** A label such as {@code num_gpu_blocks}; NaN for the {@code None} of an engine that has not decided yet. */
    private static double whole(String label) {
        boolean digits =
                !label.isEmpty() && label.length() <= 15 && label.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Long.parseLong(label) : Double.NaN;
    }
}
