package io.chiron.examples.simulator.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** An experiment that compares policies while one thing changes. */
final class Sweep implements Experiment {
    /** Lines that a chart can carry; tables have all. */
    private static final List<String> DRAWN =
            List.of("chiron", "static", "oracle", "llumnix", "knative-kpa", "hpa-kv", "keda-inflight", "wva-tokens");

    private final Heading heading;
    private final List<Point> points;
    private final Contest contest;

    /**
     * What the section is called and says.
     *
     * @param axis name of what changes
     * @param logX true for a logarithmic axis
     */
    record Heading(String id, int number, String title, String text, String axis, boolean logX) {}

    /**
     * A place on the axis.
     *
     * @param panel points of a panel share a chart
     * @param x NaN where the axis has no numbers
     */
    record Point(String panel, String label, double x, StudyScenario scenario) {}

    Sweep(
            Heading heading,
            List<Point> points,
            Laboratory laboratory,
            Tuned tuned,
            List<String> policies,
            List<Long> seeds) {
        this.heading = heading;
        this.points = points.stream()
                .filter(each -> laboratory.canRun(each.scenario()))
                .toList();
        this.contest = new Contest(
                laboratory, tuned, this.points.stream().map(Point::scenario).toList(), policies, seeds, false);
    }

    @Override
    public String id() {
        return heading.id();
    }

    @Override
    public List<Work.Unit> units() {
        return contest.units();
    }

    @Override
    public Section section() {
        List<Row> rows = contest.rows();
        Set<String> panels =
                new LinkedHashSet<>(points.stream().map(Point::panel).toList());
        List<Section.Figure> figures = new ArrayList<>();
        List<Section.Grid> grids = new ArrayList<>();
        for (String panel : panels) {
            List<Point> inside =
                    points.stream().filter(each -> each.panel().equals(panel)).toList();
            if (inside.size() > 1) {
                figures.add(figure(
                        panel, "attainment of the worse class, %", inside, rows, each -> 100 * each.attainment()));
                figures.add(figure(
                        panel, "GPU-hours", inside, rows, each -> each.outcome().gpuHours()));
            }
            grids.add(grid(panel, inside, rows));
        }
        return new Section(
                heading.id(), heading.number(), heading.title(), heading.text(), settings(), figures, grids, rows);
    }

    private Section.Figure figure(
            String panel, String yTitle, List<Point> inside, List<Row> rows, ToDoubleFunction<Row> value) {
        String name = (heading.id() + "-" + panel + "-" + yTitle.split(" ", 2)[0]).replaceAll("[^A-Za-z0-9.-]+", "-");
        if (inside.stream().anyMatch(each -> Double.isNaN(each.x()))) {
            List<String> labels = inside.stream().map(Point::label).toList();
            Map<String, List<Double>> series = new LinkedHashMap<>();
            for (String policy : drawn(rows)) {
                series.put(
                        policy,
                        inside.stream()
                                .map(each -> mean(rows, each, policy, value))
                                .toList());
            }
            return new Section.Figure(name, panel, Charts.bars(panel, yTitle, labels, series));
        }
        List<Charts.Line> lines = new ArrayList<>();
        for (String policy : drawn(rows)) {
            List<Point> known = inside.stream()
                    .filter(each -> !Double.isNaN(mean(rows, each, policy, value)))
                    .toList();
            lines.add(Charts.Line.of(policy, known, Point::x, each -> mean(rows, each, policy, value)));
        }
        return new Section.Figure(
                name, panel, Charts.lines(panel, heading.axis(), yTitle, lines, heading.logX(), true));
    }

    private static List<String> drawn(List<Row> rows) {
        Set<String> there = new LinkedHashSet<>(rows.stream().map(Row::policy).toList());
        List<String> drawn = new ArrayList<>(DRAWN);
        there.stream()
                .filter(each -> each.startsWith("chiron-") && each.contains(":"))
                .forEach(drawn::add);
        drawn.retainAll(there);
        return drawn;
    }

    private static double mean(List<Row> rows, Point point, String policy, ToDoubleFunction<Row> value) {
        return rows.stream()
                .filter(each -> each.policy().equals(policy) && each.scenario().equals(point.scenario()))
                .mapToDouble(value)
                .average()
                .orElse(Double.NaN);
    }

    private static Section.Grid grid(String panel, List<Point> inside, List<Row> rows) {
        List<String> head = new ArrayList<>(List.of("policy"));
        inside.forEach(each -> head.add(each.label()));
        List<List<String>> lines = new ArrayList<>();
        for (String policy : new LinkedHashSet<>(rows.stream().map(Row::policy).toList())) {
            List<String> line = new ArrayList<>(List.of(policy));
            for (Point point : inside) {
                double hours = mean(rows, point, policy, each -> each.outcome().gpuHours());
                line.add(
                        Double.isNaN(hours)
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        "%.2f %% · %.2f",
                                        100 * mean(rows, point, policy, Row::attainment),
                                        hours));
            }
            lines.add(line);
        }
        return new Section.Grid(panel + ": attainment of the worse class · GPU-hours", head, lines);
    }

    private String settings() {
        StringBuilder text = new StringBuilder();
        for (Point each : points) {
            text.append(each.panel())
                    .append(", ")
                    .append(each.label())
                    .append(": ")
                    .append(each.scenario().options())
                    .append('\n');
        }
        return text.toString();
    }
}
