package io.chiron.examples.simulator.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The scoreboard as text, for a terminal. */
final class Texts {
    private Texts() {}

    /** One line per scenario and policy: worst attainment over the seeds, mean GPU-hours and efficiency. */
    static String scoreboard(List<Row> rows) {
        Map<String, List<Row>> groups = new LinkedHashMap<>();
        rows.forEach(
                each -> groups.computeIfAbsent(each.scenario().name() + " " + each.policy(), key -> new ArrayList<>())
                        .add(each));
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%-22s %-26s %11s %9s %8s %10s %9s %9s  %s%n",
                "scenario",
                "policy",
                "interactive",
                "batch",
                "GPU-h",
                "efficiency",
                "instances",
                "launches",
                "settings"));
        for (List<Row> group : groups.values()) {
            Row first = group.get(0);
            text.append(String.format(
                    Locale.ROOT,
                    "%-22s %-26s %9.2f %% %9s %8.2f %10.3f %9.0f %9.0f  %s%n",
                    first.scenario().name(),
                    first.policy(),
                    100 * least(group, Row::interactive),
                    first.outcome().batch().requests() == 0
                            ? "-"
                            : String.format(Locale.ROOT, "%.2f %%", 100 * least(group, Row::batch)),
                    mean(group, each -> each.outcome().gpuHours()),
                    mean(group, each -> each.outcome().gpuEfficiency()),
                    mean(group, each -> each.outcome().peakInstances()),
                    mean(group, each -> each.outcome().actions().launch()),
                    first.text().equals(first.policy()) ? "" : first.text()));
        }
        return text.toString().stripTrailing();
    }

    static String bars(List<Bars.Result> results) {
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "%-52s %8s %-26s %s%n", "bar", "limit", "per seed", "reached"));
        for (Bars.Result each : results) {
            String values = String.join(
                    " ",
                    each.perSeed().stream()
                            .map(value -> String.format(Locale.ROOT, "%.4f", value))
                            .toList());
            text.append(String.format(
                    Locale.ROOT,
                    "%-52s %s %.3f %-26s %s%n",
                    each.what(),
                    each.atLeast() ? ">=" : "<=",
                    each.limit(),
                    values,
                    each.reached() ? "yes" : "no"));
        }
        return text.toString().stripTrailing();
    }

    private static double least(List<Row> rows, ToDoubleFunction<Row> value) {
        return rows.stream().mapToDouble(value).min().orElse(Double.NaN);
    }

    private static double mean(List<Row> rows, ToDoubleFunction<Row> value) {
        return rows.stream().mapToDouble(value).average().orElse(Double.NaN);
    }
}
