package io.chiron.examples.simulator.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report: one page of HTML with everything in it. */
final class Report {
    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 1180px; margin: 2em auto; padding: 0 1em; }
            h1 { font-size: 1.6em; } h2 { font-size: 1.25em; margin-top: 2.5em; border-top: 1px solid #ddd; padding-top: 1em; }
            nav a { margin-right: 1.1em; white-space: nowrap; }
            table { border-collapse: collapse; font-size: 13px; margin: .4em 0 1.2em; }
            .caption { font-size: 13px; color: #555; margin: .8em 0 .2em; }
            th, td { padding: .18em .7em; text-align: right; border-bottom: 1px solid #eee; white-space: nowrap; }
            th { position: sticky; top: 0; background: #fafafa; font-weight: 600; }
            th:first-child, td:first-child { text-align: left; }
            tr.chiron td { background: #fdf0f1; font-weight: 600; }
            td.no { color: #c8102e; font-weight: 600; } td.yes { color: #00714f; }
            .scroll { overflow-x: auto; max-height: 34em; }
            .figures { display: flex; flex-wrap: wrap; gap: 10px; } figure { margin: 0; } svg { max-width: 100%; height: auto; }
            details { margin: .4em 0; } summary { cursor: pointer; color: #555; }
            pre { background: #f6f6f6; padding: .7em; overflow-x: auto; font-size: 12px; }
            """;

    private final StringBuilder html = new StringBuilder();
    private final String command;

    private Report(String command) {
        this.command = command;
    }

    /**
     * The page.
     *
     * @param notes what a reader must know of this study
     * @param command how the study is run again, up to the choice of an experiment
     * @param seeds of the scoreboard; other experiments use the first
     */
    static String page(List<Section> sections, List<String> notes, String command, List<Long> seeds) {
        Report report = new Report(command);
        report.head(sections, notes, seeds);
        for (Section each : sections) {
            if (each.id().equals("scoreboard")) {
                report.summary(each);
            }
        }
        report.front(sections);
        sections.forEach(report::section);
        report.html.append("</body></html>\n");
        return report.html.toString();
    }

    private void head(List<Section> sections, List<String> notes, List<Long> seeds) {
        html.append(
                        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Chiron, the study</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>Chiron against other autoscalers</h1>\n<p>")
                .append(escaped(String.join(" ", notes)))
                .append(' ')
                .append(
                        "Every policy faces the same router, engine and quota. Attainment counts all arrivals, unfinished ones as "
                                + "missed. Static is the smallest fixed count with the attainment of Chiron, found with hindsight; oracle "
                                + "is Chiron's capacity rule fed with the true future. Seeds of the scoreboard: ")
                .append(String.join(", ", seeds.stream().map(String::valueOf).toList()))
                .append("; the other experiments use the first, settings were searched on ")
                .append(Tuner.SEED)
                .append(".</p>\n<nav>");
        sections.forEach(each -> html.append("<a href=\"#")
                .append(each.id())
                .append("\">")
                .append(each.number())
                .append(' ')
                .append(escaped(each.title()))
                .append("</a> "));
        html.append("</nav>\n");
    }

    private void summary(Section scoreboard) {
        html.append("<h2>Summary</h2>\n");
        figures(scoreboard.figures());
        Scoreboard.summary(scoreboard.rows()).forEach(this::grid);
    }

    /** Where Chiron is not on the front, over all experiments. */
    private void front(List<Section> sections) {
        List<List<String>> lines = new ArrayList<>();
        int cells = 0;
        for (Section section : sections) {
            cells += (int) section.rows().stream()
                    .filter(each -> each.policy().equals("chiron"))
                    .count();
            Map<String, List<Front.Beaten>> byCell = new LinkedHashMap<>();
            Front.beaten(section.rows()).forEach(each -> byCell.computeIfAbsent(
                            each.scenario() + ", seed " + each.seed(), cell -> new ArrayList<>())
                    .add(each));
            byCell.forEach((cell, beaten) -> lines.add(List.of(
                    section.number() + ": " + cell,
                    result(beaten.get(0).chiron()),
                    String.join(
                            "; ",
                            beaten.stream()
                                    .map(each -> each.rival().policy() + " " + result(each.rival()))
                                    .toList()))));
        }
        if (cells > 0) {
            html.append(
                            "<h2>Where Chiron is not on the front</h2>\n<p>A rival does at least as well in both classes and costs "
                                    + "less, or costs no more and does better, in ")
                    .append(lines.size())
                    .append(" of ")
                    .append(cells)
                    .append(" cells. Policies that know the future are left out.</p>\n");
            if (!lines.isEmpty()) {
                grid(new Section.Grid(
                        "Worse class and GPU-hours",
                        List.of("experiment: cell", "Chiron", "rivals that beat it"),
                        lines));
            }
        }
    }

    private static String result(Row row) {
        return String.format(
                Locale.ROOT,
                "%.2f %% · %.2f",
                100 * row.attainment(),
                row.outcome().gpuHours());
    }

    private void section(Section section) {
        html.append("<h2 id=\"")
                .append(section.id())
                .append("\">")
                .append(section.number())
                .append(". ")
                .append(escaped(section.title()))
                .append("</h2>\n<p>")
                .append(escaped(section.text()))
                .append("</p>\n");
        figures(section.figures());
        html.append("<details><summary>How to run it again, and its settings</summary><pre>")
                .append(escaped(command + " --only " + section.id() + "\n\n" + section.settings()))
                .append("</pre></details>\n");
        section.grids().forEach(this::grid);
    }

    private void figures(List<Section.Figure> figures) {
        html.append("<div class=\"figures\">\n");
        figures.forEach(each -> html.append("<figure>")
                .append(Charts.svg(each.chart(), each.name()))
                .append("</figure>\n"));
        html.append("</div>\n");
    }

    private void grid(Section.Grid grid) {
        html.append("<p class=\"caption\">")
                .append(escaped(grid.caption()))
                .append("</p><div class=\"scroll\"><table><thead><tr>");
        grid.head().forEach(each -> html.append("<th>").append(escaped(each)).append("</th>"));
        html.append("</tr></thead><tbody>\n");
        for (List<String> line : grid.lines()) {
            boolean ours = line.get(0).equals("chiron") || line.get(0).endsWith(", chiron");
            html.append(ours ? "<tr class=\"chiron\">" : "<tr>");
            for (String cell : line) {
                html.append(cell.equals("yes") || cell.equals("no") ? "<td class=\"" + cell + "\">" : "<td>")
                        .append(escaped(cell))
                        .append("</td>");
            }
            html.append("</tr>\n");
        }
        html.append("</tbody></table></div>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
