package io.chiron.adapters.enginemetrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCases;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.DoubleRange;

class PrometheusPageProperties {

    record Written(String name, Map<String, String> labels, double value) {}

    /** What is written in any of the styles that the format allows is read back. */
    @Property
    void whatIsWrittenIsRead(@ForAll("series") List<Written> series, @ForAll Random style) {
        PrometheusPage page = PrometheusPage.parse(write(series, style));

        Map<String, Map<Map<String, String>, Double>> expected = new LinkedHashMap<>();
        series.forEach(one ->
                expected.computeIfAbsent(one.name(), n -> new LinkedHashMap<>()).put(one.labels(), one.value()));
        Map<String, Map<Map<String, String>, Double>> read = new LinkedHashMap<>();
        for (String name : page.names()) {
            for (PrometheusPage.Series one : page.series(name)) {
                read.computeIfAbsent(name, n -> new LinkedHashMap<>()).put(Map.copyOf(one.labels()), one.value());
            }
        }
        assertThat(page.fault()).isNull();
        assertThat(read).isEqualTo(expected);
    }

    /** A page that ends inside a line is never taken for a whole one. */
    @Property
    void aCutPageIsAFault(
            @ForAll("series") List<Written> series,
            @ForAll Random style,
            @ForAll @DoubleRange(min = 0, max = 1) double at) {
        String page = write(series, style);
        String cut = page.substring(0, (int) (at * page.length()));

        assertThat(PrometheusPage.parse(cut).fault() == null)
                .isEqualTo(
                        cut.endsWith("\n") && cut.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("#")));
    }

    private static String write(List<Written> series, Random style) {
        StringBuilder page = new StringBuilder();
        for (Written one : series) {
            if (style.nextInt(4) == 0) {
                page.append("# HELP ").append(one.name()).append(" text\n");
            }
            page.append(one.name());
            List<String> labels = new ArrayList<>(one.labels().keySet());
            Collections.shuffle(labels, style);
            if (!labels.isEmpty() || style.nextBoolean()) {
                page.append('{');
                for (String label : labels) {
                    String value = one.labels()
                            .get(label)
                            .replace("\\", "\\\\")
                            .replace("\"", "\\\"")
                            .replace("\n", "\\n");
                    page.append(label).append("=\"").append(value).append("\",");
                }
                if (!labels.isEmpty() && style.nextBoolean()) {
                    page.setLength(page.length() - 1);
                }
                page.append('}');
            }
            String value = Double.toString(one.value()).replace("Infinity", "Inf");
            page.append(' ').append(style.nextBoolean() && one.value() > 0 ? "+" + value : value);
            if (style.nextInt(3) == 0) {
                page.append(" \t ").append(style.nextInt(1_000_000));
            }
            if (style.nextInt(3) == 0) {
                page.append(" # {id=\"}\"} 1");
            }
            page.append(style.nextInt(3) == 0 ? "\r\n" : "\n");
        }
        return page.toString();
    }

    @Provide
    Arbitrary<List<Written>> series() {
        Arbitrary<String> names = Arbitraries.of("a", "vllm:num_requests_running", "_x9", "A:b_total", "sum");
        Arbitrary<String> values = Arbitraries.strings()
                .withChars('a', '"', '\\', '\n', '}', ',', '=', ' ', '#', 'é', 'n', '\u2028')
                .ofMaxLength(6);
        Arbitrary<Map<String, String>> labels = Arbitraries.maps(Arbitraries.of("x", "le", "_1", "Engine"), values)
                .ofMaxSize(3);
        Arbitrary<Double> numbers = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.doubles()),
                Tuple.of(1, Arbitraries.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)));
        return Combinators.combine(names, labels, numbers.filter(d -> !d.equals(-0.0)))
                .as(Written::new)
                .edgeCases(EdgeCases.Config::none) // thousands of combinations of what is generated often anyway
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }
}
