package io.chiron.examples.simulator.study;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGIDGenerator;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.w3c.dom.Document;

/** Charts in one style. */
final class Charts {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 320;
    private static final int PNG_DPI = 150;
    private static final Color GRID = new Color(0xe4e4e4);
    private static final Color INK = new Color(0x333333);
    private static final Color CHIRON = new Color(0xc8102e);
    /** Colours that colour-blind readers tell apart as well. */
    private static final List<Color> OTHERS = List.of(
            new Color(0x0072b2),
            new Color(0xe69f00),
            new Color(0x009e73),
            new Color(0xcc79a7),
            new Color(0x56b4e9),
            new Color(0x8c6d31),
            new Color(0x7f7f7f),
            new Color(0xb8b000));

    private Charts() {}

    /** Points of a series. */
    record Line(String name, List<Double> x, List<Double> y) {
        /** One point for each of {@code all}. */
        static <T> Line of(String name, List<T> all, ToDoubleFunction<T> x, ToDoubleFunction<T> y) {
            return new Line(
                    name,
                    all.stream().mapToDouble(x).boxed().toList(),
                    all.stream().mapToDouble(y).boxed().toList());
        }
    }

    /** Lines over a number; points that are NaN are left out, and so are lines without any. */
    static XYChart lines(String title, String xTitle, String yTitle, List<Line> lines, boolean logX, boolean marks) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        style(chart.getStyler());
        chart.getStyler().setXAxisLogarithmic(logX);
        chart.getStyler().setXAxisMaxLabelCount(10);
        chart.getStyler().setMarkerSize(5);
        int other = 0;
        for (Line line : lines) {
            if (line.x().isEmpty()) {
                continue;
            }
            var series = chart.addSeries(line.name(), line.x(), line.y());
            boolean ours = line.name().startsWith("chiron");
            series.setLineColor(ours && other == 0 ? CHIRON : OTHERS.get(other++ % OTHERS.size()));
            series.setMarkerColor(series.getLineColor());
            series.setLineWidth(ours ? 2.4f : 1.4f);
            series.setMarker(marks ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        }
        return chart;
    }

    /** Points without lines, over a number from 0 on; {@code y} is a percentage. */
    static XYChart percentages(String title, String xTitle, String yTitle, List<Line> lines) {
        XYChart chart = lines(title, xTitle, yTitle, lines, false, true);
        chart.getStyler().setXAxisMin(0.0);
        chart.getStyler().setYAxisMin(0.0);
        // A little more than 100, where most points are, so that they are whole.
        chart.getStyler().setYAxisMax(102.0);
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        chart.getStyler().setMarkerSize(6);
        return chart;
    }

    /** Bars by category. */
    static CategoryChart bars(String title, String yTitle, List<String> categories, Map<String, List<Double>> series) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .yAxisTitle(yTitle)
                .build();
        style(chart.getStyler());
        chart.getStyler().setXAxisLabelRotation(categories.size() > 6 ? 35 : 0);
        int[] next = {0};
        series.forEach((name, values) -> chart.addSeries(name, categories, values)
                .setFillColor(name.equals("chiron") ? CHIRON : OTHERS.get(next[0]++ % OTHERS.size())));
        return chart;
    }

    private static void style(AxesChartStyler styler) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(GRID);
        styler.setChartFontColor(INK);
        styler.setChartTitleFont(plain.deriveFont(Font.BOLD, 13));
        styler.setChartTitleBoxVisible(false);
        styler.setAxisTitleFont(plain);
        styler.setAxisTickLabelsFont(plain);
        styler.setLegendFont(plain);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setLegendPosition(Styler.LegendPosition.OutsideE);
        styler.setLegendSeriesLineLength(16);
    }

    /**
     * The chart as an {@code svg} element.
     *
     * @param name what ids in it begin with: those of one page share a space
     */
    static String svg(Chart<?, ?> chart, String name) {
        SVGGeneratorContext context = SVGGeneratorContext.createDefault(emptyDocument());
        context.setComment(null);
        context.setIDGenerator(new SVGIDGenerator() {
            @Override
            public String generateID(String prefix) {
                return name + "-" + super.generateID(prefix);
            }
        });
        SVGGraphics2D graphics = new SVGGraphics2D(context, false);
        graphics.setSVGCanvasSize(new Dimension(chart.getWidth(), chart.getHeight()));
        chart.paint(graphics, chart.getWidth(), chart.getHeight());
        try (StringWriter out = new StringWriter()) {
            graphics.stream(out);
            String text = out.toString();
            // Batik names these, which are empty, the same in every chart.
            return text.substring(text.indexOf("<svg")).replaceFirst("<defs id=\"genericDefs\"\\s*/>", "");
        } catch (IOException e) {
            throw new UncheckedIOException("a chart cannot be drawn: " + e.getMessage(), e);
        }
    }

    private static Document emptyDocument() {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument(SVGGraphics2D.SVG_NAMESPACE_URI, "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("every JDK has a DOM", e);
        }
    }

    /** Writes the chart as a bitmap. */
    static void png(Chart<?, ?> chart, Path file) throws IOException {
        BitmapEncoder.saveBitmapWithDPI(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG, PNG_DPI);
    }
}
