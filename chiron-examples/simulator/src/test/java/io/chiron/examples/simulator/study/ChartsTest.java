package io.chiron.examples.simulator.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Charts as SVG. */
final class ChartsTest {
    private static final Pattern ID = Pattern.compile("\\bid=\"([^\"]+)\"");

    private static String svg(String name) {
        var line = new Charts.Line("chiron", List.of(1.0, 10.0), List.of(2.0, 3.0));
        return Charts.svg(Charts.lines("a title", "x", "y", List.of(line), true, true), name);
    }

    @Test
    void aChartIsOneElementAndDrawnTheSameEachTime() {
        String svg = svg("one");
        assertThat(svg).startsWith("<svg").isEqualTo(svg("one"));
        assertThat(svg.strip()).endsWith("</svg\n>");
    }

    @Test
    void idsOfTwoChartsOnAPageDiffer() {
        List<String> ids =
                ID.matcher(svg("one")).results().map(found -> found.group(1)).toList();
        assertThat(ids).isNotEmpty().allMatch(id -> id.startsWith("one-"));
        assertThat(svg("two")).doesNotContain("one-");
    }

    /** An oracle by itself has nothing to be drawn beside; its rows are written all the same. */
    @Test
    void withoutChironThereIsNothingToDraw() {
        StudyScenario scenario = Rows.scenario("steady", "W_A");
        Row oracle = Rows.row(scenario, "oracle", 1, 1, null, 2);
        assertThat(ScoreboardCharts.all(List.of(oracle), List.of("W_A"))).isEmpty();
        assertThat(ScoreboardCharts.all(List.of(oracle, Rows.row(scenario, "chiron", 1, 1, null, 3)), List.of("W_A")))
                .isNotEmpty();
    }
}
