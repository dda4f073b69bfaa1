package io.chiron.examples.simulator.study;

import io.chiron.examples.simulator.run.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Experiment 8: how much a policy moves the fleet, and what changes of role save. */
final class Actions implements Experiment {
    private final Contest contest;
    private final List<StudyScenario> scenarios;

    Actions(Laboratory laboratory, Tuned tuned, List<StudyScenario> scenarios, List<String> policies, long seed) {
        this.scenarios = scenarios.stream().filter(laboratory::canRun).toList();
        this.contest = new Contest(laboratory, tuned, this.scenarios, policies, List.of(seed), false);
    }

    @Override
    public String id() {
        return "actions";
    }

    @Override
    public List<Work.Unit> units() {
        return contest.units();
    }

    @Override
    public Section section() {
        List<Row> rows = contest.rows();
        List<List<String>> lines = new ArrayList<>();
        Map<String, List<Double>> series = new LinkedHashMap<>();
        for (Row row : rows) {
            Outcome.Actions actions = row.outcome().actions();
            Double hysteresis = row.outcome().hysteresis();
            if (!row.policy().startsWith("static")) {
                series.computeIfAbsent(row.policy(), policy -> new ArrayList<>())
                        .add((double) actions.launch() + actions.retire());
            }
            lines.add(List.of(
                    row.scenario().name() + ", " + row.policy(),
                    Long.toString(actions.launch()),
                    Long.toString(actions.retire()),
                    Long.toString(actions.reassign()),
                    Long.toString(actions.evict()),
                    hysteresis == null ? "-" : String.format(Locale.ROOT, "%.2f", hysteresis),
                    String.format(Locale.ROOT, "%.2f", row.outcome().gpuHours()),
                    String.format(Locale.ROOT, "%.2f %%", 100 * row.attainment())));
        }
        series.keySet().removeIf(policy -> series.keySet().size() > 8 && policy.startsWith("aibrix"));
        return new Section(
                id(),
                8,
                "Scaling actions and hysteresis",
                "Hysteresis is launches and retirements over those that the fleet's path to its peak and back needs: 1 is a "
                        + "fleet that never goes back on a decision. Reassigning an instance costs nothing; launching one costs its "
                        + "start-up.",
                String.join(
                        "\n",
                        scenarios.stream()
                                .map(each -> each.name() + ": " + each.options())
                                .toList()),
                List.of(new Section.Figure(
                        "actions",
                        "launches and retirements",
                        Charts.bars(
                                "Launches and retirements",
                                "count",
                                scenarios.stream().map(StudyScenario::name).toList(),
                                series))),
                List.of(new Section.Grid(
                        "Actions carried out",
                        List.of(
                                "scenario and policy",
                                "launched",
                                "retired",
                                "reassigned",
                                "evicted",
                                "hysteresis",
                                "GPU-hours",
                                "attainment"),
                        lines)),
                rows);
    }
}
