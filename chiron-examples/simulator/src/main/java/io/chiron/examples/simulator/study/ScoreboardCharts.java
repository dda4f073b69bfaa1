package io.chiron.examples.simulator.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the scoreboard looks like. */
final class ScoreboardCharts {
    private static final List<String> DRAWN =
            List.of("chiron", "llumnix", "knative-kpa", "hpa-kv", "keda-inflight", "static", "oracle");

    private ScoreboardCharts() {}

    static List<Section.Figure> all(List<Row> rows, List<String> tags) {
        // All are drawn beside Chiron.
        if (rows.stream().noneMatch(each -> each.policy().equals("chiron"))) {
            return List.of();
        }
        List<Section.Figure> figures = new ArrayList<>(List.of(ratios(rows, tags)));
        for (String tag : tags) {
            figures.add(cost(rows, tag));
        }
        return figures;
    }

    /** What policies cost where they serve 99 %; no bar for one that never does. */
    private static Section.Figure ratios(List<Row> rows, List<String> tags) {
        Map<String, List<Double>> series = new LinkedHashMap<>();
        for (String policy : DRAWN) {
            List<Double> values = tags.stream()
                    .map(tag -> 1
                            / Ratios.of(rows, "chiron", policy, row -> row.scenario()
                                            .is(tag))
                                    .value())
                    .map(value -> value.isNaN() ? 0 : value)
                    .toList();
            if (values.stream().anyMatch(value -> value > 0)) {
                series.put(policy, values);
            }
        }
        String title = "GPU-hours where 99 % is met, Chiron = 1";
        return new Section.Figure(
                "scoreboard-ratios", title, Charts.bars(title, "GPU-hours over those of Chiron", tags, series));
    }

    /** Every run of a kind by cost and attainment: the upper left is the best. */
    private static Section.Figure cost(List<Row> rows, String tag) {
        Map<String, Double> chiron = new LinkedHashMap<>();
        rows.stream()
                .filter(each -> each.policy().equals("chiron"))
                .forEach(each -> chiron.put(place(each), each.outcome().gpuHours()));
        List<Charts.Line> lines = new ArrayList<>();
        for (String policy : DRAWN) {
            List<Row> some = rows.stream()
                    .filter(each ->
                            each.policy().equals(policy) && each.scenario().is(tag) && chiron.containsKey(place(each)))
                    .toList();
            lines.add(Charts.Line.of(
                    policy,
                    some,
                    each -> each.outcome().gpuHours() / chiron.getOrDefault(place(each), Double.NaN),
                    each -> 100 * each.attainment()));
        }
        String title = tag + ", every run: attainment and cost";
        return new Section.Figure(
                "scoreboard-cost-" + tag,
                title,
                Charts.percentages(title, "GPU-hours over those of Chiron", "attainment of the worse class, %", lines));
    }

    private static String place(Row row) {
        return row.scenario().name() + " " + row.seed();
    }
}
