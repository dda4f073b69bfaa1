package io.chiron.examples.simulator.study;

import java.util.List;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * A part of the report.
 *
 * @param id name of the experiment on the command line
 * @param number of the experiment
 * @param text what is asked and what can be seen, in plain words
 * @param settings scenarios, seeds and what else the figures follow from
 * @param rows all outcomes that were compared, for {@link Front}; may be empty
 */
record Section(
        String id,
        int number,
        String title,
        String text,
        String settings,
        List<Figure> figures,
        List<Grid> grids,
        List<Row> rows) {

    /**
     * A chart.
     *
     * @param name of its PNG, or empty if there is to be none
     */
    record Figure(String name, String caption, Chart<?, ?> chart) {}

    /** A table; the first column is text. */
    record Grid(String caption, List<String> head, List<List<String>> lines) {}
}
