package io.chiron.examples.simulator.study;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Experiment 10: the runs of a sweep over faults, and what each fault costs.
 *
 * @param bases scenarios without a fault
 * @param faults as on the command line
 */
record Robustness(Sweep sweep, List<StudyScenario> bases, List<String> faults) implements Experiment {
    /** The scenario with a fault. */
    static StudyScenario with(StudyScenario base, String fault) {
        return base.with(" " + fault, "--fault " + fault);
    }

    @Override
    public String id() {
        return sweep.id();
    }

    @Override
    public List<Work.Unit> units() {
        return sweep.units();
    }

    @Override
    public Section section() {
        Section section = sweep.section();
        List<Section.Grid> grids = new ArrayList<>(List.of(lost(section.rows())));
        grids.addAll(section.grids());
        return new Section(
                section.id(),
                section.number(),
                section.title(),
                section.text(),
                section.settings(),
                section.figures(),
                grids,
                section.rows());
    }

    /** Points of attainment that a fault takes from a policy, where it takes most. */
    Section.Grid lost(List<Row> rows) {
        Map<String, Double> attainment =
                rows.stream().collect(Collectors.toMap(each -> place(each.scenario(), each.policy()), Row::attainment));
        Function<String, List<String>> line = policy -> {
            List<String> cells = new ArrayList<>(List.of(policy));
            for (String fault : faults) {
                double most = bases.stream()
                        .mapToDouble(base -> attainment.getOrDefault(place(base, policy), Double.NaN)
                                - attainment.getOrDefault(place(with(base, fault), policy), Double.NaN))
                        .filter(lost -> !Double.isNaN(lost))
                        .max()
                        .orElse(Double.NaN);
                cells.add(Double.isNaN(most) ? "" : String.format(Locale.ROOT, "%.2f", 100 * most));
            }
            return cells;
        };
        List<String> head = new ArrayList<>(List.of("policy"));
        head.addAll(faults);
        Set<String> policies =
                new LinkedHashSet<>(rows.stream().map(Row::policy).toList());
        return new Section.Grid(
                "Points of attainment of the worse class lost against no fault, most over the scenarios",
                head,
                policies.stream().map(line).toList());
    }

    private static String place(StudyScenario scenario, String policy) {
        return scenario.name() + " " + policy;
    }
}
