package io.chiron.examples.simulator.study;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** Experiment 11: every policy, tuned, on all committed scenarios and fresh seeds. */
final class Scoreboard implements Experiment {
    private static final List<String> TAGS = List.of("W_A", "W_B", "tight", "diurnal", "trace");

    private final Contest contest;
    private final List<StudyScenario> scenarios;

    Scoreboard(
            Laboratory laboratory,
            Tuned tuned,
            List<StudyScenario> scenarios,
            List<String> policies,
            List<Long> seeds) {
        this.scenarios = scenarios;
        this.contest = new Contest(laboratory, tuned, scenarios, policies, seeds, true);
    }

    @Override
    public String id() {
        return "scoreboard";
    }

    @Override
    public List<Work.Unit> units() {
        return contest.units();
    }

    List<Row> rows() {
        return contest.rows();
    }

    @Override
    public Section section() {
        List<Row> rows = rows();
        List<Section.Grid> grids = new ArrayList<>(summary(rows));
        grids.add(details(rows));
        return new Section(
                id(),
                11,
                "Scoreboard",
                "All scenarios, every policy with the settings that suit it best on each (found on seed " + Tuner.SEED
                        + "), judged on other seeds. What a policy costs counts where it serves 99 % of both classes.",
                String.join(
                        "\n",
                        scenarios.stream()
                                .map(each -> each.name() + ": " + each.options())
                                .toList()),
                ScoreboardCharts.all(rows, tags(rows)),
                grids,
                rows);
    }

    /** The tables that sum it up. */
    static List<Section.Grid> summary(List<Row> rows) {
        List<String> head = new ArrayList<>(List.of("policy"));
        head.addAll(tags(rows));
        return List.of(
                byTag(
                        "GPU-hours of Chiron over those of the policy, geometric mean over the runs in which the policy meets "
                                + "99 % in both classes (how many of all); below 1 Chiron is cheaper",
                        head, rows, (policy, which) -> {
                            Ratios.Mean mean = Ratios.of(rows, "chiron", policy, which);
                            return mean.all() == 0
                                    ? ""
                                    : mean.count() == 0
                                            ? "- (0/" + mean.all() + ")"
                                            : String.format(
                                                    Locale.ROOT,
                                                    "%.2f (%d/%d)",
                                                    mean.value(),
                                                    mean.count(),
                                                    mean.all());
                        }),
                byTag(
                        "Attainment of the worse class, mean over runs (worst run)",
                        head,
                        rows,
                        (policy, which) -> spread(rows, policy, which, Row::attainment)),
                byTag(
                        "GPU efficiency, fluid limit over GPU-hours paid, geometric mean; it means nothing where work was left "
                                + "undone",
                        head,
                        rows,
                        (policy, which) -> efficiency(rows, policy, which)),
                untuned(rows),
                bars(rows));
    }

    private interface Value {
        String of(String policy, Predicate<Row> which);
    }

    private static Section.Grid byTag(String caption, List<String> head, List<Row> rows, Value value) {
        List<List<String>> lines = new ArrayList<>();
        for (String policy : policies(rows)) {
            List<String> line = new ArrayList<>(List.of(policy));
            tags(rows)
                    .forEach(tag ->
                            line.add(value.of(policy, row -> row.scenario().is(tag))));
            lines.add(line);
        }
        return new Section.Grid(caption, head, lines);
    }

    /** Kinds of load that were run. */
    private static List<String> tags(List<Row> rows) {
        return TAGS.stream()
                .filter(tag -> rows.stream().anyMatch(row -> row.scenario().is(tag)))
                .toList();
    }

    private static Set<String> policies(List<Row> rows) {
        return new LinkedHashSet<>(rows.stream().map(Row::policy).toList());
    }

    private static List<Row> of(List<Row> rows, String policy, Predicate<Row> which) {
        return rows.stream()
                .filter(each -> each.policy().equals(policy))
                .filter(which)
                .toList();
    }

    private static String spread(List<Row> rows, String policy, Predicate<Row> which, ToDoubleFunction<Row> value) {
        List<Row> some = of(rows, policy, which);
        double mean = some.stream().mapToDouble(value).average().orElse(Double.NaN);
        double worst = some.stream().mapToDouble(value).min().orElse(Double.NaN);
        return some.isEmpty() ? "" : String.format(Locale.ROOT, "%.2f (%.2f) %%", 100 * mean, 100 * worst);
    }

    private static String efficiency(List<Row> rows, String policy, Predicate<Row> which) {
        double log = of(rows, policy, which).stream()
                .mapToDouble(each -> StrictMath.log(each.outcome().gpuEfficiency()))
                .average()
                .orElse(Double.NaN);
        return Double.isNaN(log) ? "" : String.format(Locale.ROOT, "%.3f", StrictMath.exp(log));
    }

    /** Points of attainment that Chiron has more than rivals as they come. */
    private static Section.Grid untuned(List<Row> rows) {
        List<List<String>> lines = new ArrayList<>();
        for (String policy : policies(rows)) {
            if (!policy.endsWith(Contest.UNTUNED)) {
                continue;
            }
            List<String> line = new ArrayList<>(List.of(policy.replace(Contest.UNTUNED, "")));
            for (String tag : tags(rows)) {
                List<Row> theirs = of(rows, policy, row -> row.scenario().is(tag));
                double gained = theirs.stream()
                        .mapToDouble(their -> rows.stream()
                                .filter(each -> each.policy().equals("chiron")
                                        && each.seed() == their.seed()
                                        && each.scenario().equals(their.scenario()))
                                .mapToDouble(each -> each.attainment() - their.attainment())
                                .average()
                                .orElse(Double.NaN))
                        .average()
                        .orElse(Double.NaN);
                line.add(Double.isNaN(gained) ? "" : String.format(Locale.ROOT, "%+.1f", 100 * gained));
            }
            lines.add(line);
        }
        List<String> head = new ArrayList<>(List.of("policy as it comes"));
        head.addAll(tags(rows));
        return new Section.Grid("Points of attainment that Chiron has more than rivals that nobody tuned", head, lines);
    }

    private static Section.Grid bars(List<Row> rows) {
        List<Bars.Result> results = Bars.results(rows);
        return new Section.Grid(
                "What Chiron is to reach in every seed: "
                        + results.stream().filter(Bars.Result::reached).count() + " of " + results.size() + " reached",
                List.of("bar", "limit", "per seed", "reached"),
                results.stream()
                        .map(each -> List.of(
                                each.what(),
                                (each.atLeast() ? "≥ " : "≤ ") + each.limit(),
                                String.join(
                                        " ",
                                        each.perSeed().stream()
                                                .map(value -> String.format(Locale.ROOT, "%.4f", value))
                                                .toList()),
                                each.reached() ? "yes" : "no"))
                        .toList());
    }

    private static Section.Grid details(List<Row> rows) {
        List<List<String>> lines = new ArrayList<>();
        for (Row row : rows) {
            lines.add(List.of(
                    row.scenario().name() + ", " + row.policy(),
                    row.text(),
                    Long.toString(row.seed()),
                    String.format(Locale.ROOT, "%.2f %%", 100 * row.interactive()),
                    row.outcome().batch().requests() == 0
                            ? ""
                            : String.format(Locale.ROOT, "%.2f %%", 100 * row.batch()),
                    String.format(Locale.ROOT, "%.2f", row.outcome().gpuHours()),
                    String.format(Locale.ROOT, "%.3f", row.outcome().gpuEfficiency())));
        }
        return new Section.Grid(
                "Every run",
                List.of("scenario and policy", "settings", "seed", "interactive", "batch", "GPU-hours", "efficiency"),
                lines);
    }
}
