package io.chiron.adapters.enginemetrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusPageTest {

    @Test
    void readsLabelsEscapesTimestampsAndComments() {
        PrometheusPage page = PrometheusPage.parse("""
                # HELP a Some "help" with a \\\\ backslash and a { brace
                # TYPE a counter

                # just a comment
                a 1
                 \tb {\tx = "1" , y="2",} 2.5e3 1395066363000
                c{path="C:\\\\dir",quote="say \\"hi\\"",lines="one\\ntwo",odd="\\x}",empty=""} -0.0\r
                d{} 3
                """);

        assertThat(page.fault()).isNull();
        assertThat(page.names()).containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(page.series("a").get(0).value()).isEqualTo(1);
        assertThat(page.series("b").get(0).labels()).isEqualTo(Map.of("x", "1", "y", "2"));
        assertThat(page.series("b").get(0).value()).isEqualTo(2500);
        assertThat(page.series("c").get(0).labels())
                .isEqualTo(Map.of(
                        "path", "C:\\dir", "quote", "say \"hi\"", "lines", "one\ntwo", "odd", "\\x}", "empty", ""));
        assertThat(page.series("c").get(0).label("absent")).isEmpty();
        assertThat(page.series("absent")).isEmpty();
    }

    @Test
    void readsOpenMetrics() {
        PrometheusPage page = PrometheusPage.parse("""
                # TYPE foo histogram
                # UNIT foo seconds
                foo_bucket{le="0.1"} 8.0 1520879607.789 # {trace_id="a b"} 0.067 1520879607.789
                foo_bucket{le="+Inf"} 17.0 # {} 4
                foo_count 17.0
                foo_created 1520430000.123
                # EOF
                """);

        assertThat(page.fault()).isNull();
        assertThat(page.series("foo_bucket")).extracting("value").containsExactly(8.0, 17.0);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "+1, 1",
        "-1.5, -1.5",
        ".5, 0.5",
        "5., 5",
        "1e3, 1000",
        "1E-3, 0.001",
        "1.7976931348623157e+308, 1.7976931348623157e308",
        "NaN, NaN",
        "nan, NaN",
        "Inf, Infinity",
        "+Inf, Infinity",
        "-Inf, -Infinity",
        "infinity, Infinity"
    })
    void readsNumbers(String written, Double value) {
        assertThat(PrometheusPage.parse("a " + written + "\n")
                        .series("a")
                        .get(0)
                        .value())
                .isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1f", "0x10", "1_000", "1,5", "--1", "e", ".", "+", "1e", "true", "+NaN", "٣", ""})
    void refusesWhatIsNoNumber(String written) {
        assertThat(PrometheusPage.parse("a " + written + "\n").fault()).contains("line 1", "a number");
    }

    @Test
    void theLastOfEqualSeriesCounts() {
        PrometheusPage page = PrometheusPage.parse("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 7\na{x=\"1\"} 3\n");

        assertThat(page.series("a")).extracting("value").containsExactly(7.0, 3.0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<!DOCTYPE html><html><body>Bad Gateway</body></html> | HTML",
                "[{\"cpuMemUsage\": 0}] | JSON",
                "{\"detail\":\"Not Found\"} | JSON",
                "Not Found | line 1, column 10: expected a number",
                "a{x=\"1\" 1 | ','",
                "a{x=\"1} 1 | closing quote",
                "a{x=1} 1 | '\"'",
                "a{=\"1\"} 1 | a name",
                "a{x=\"1\",x=\"2\"} 1 | each label once",
                "a 1 2 3 | the end of the line",
                "a1 | labels or a value",
                "9a 1 | a name"
            })
    void saysWhatIsWrong(String line, String words) {
        PrometheusPage page = PrometheusPage.parse("\n".repeat(line.startsWith("Not") ? 0 : 1) + line + "\n");

        assertThat(page.fault()).contains(words);
        assertThat(page.names()).isEmpty();
    }

    @Test
    void anEmptyPageIsAFault() {
        assertThat(PrometheusPage.parse("").fault()).contains("no series");
        assertThat(PrometheusPage.parse("# EOF").fault()).contains("no series");
        assertThat(PrometheusPage.parse("a 1\n# EOF\nb 2\n").fault()).contains("nothing after # EOF");
    }

    @Test
    void boundsSeriesAndLabels() {
        StringBuilder page = new StringBuilder();
        for (int i = 0; i <= PrometheusPage.MAX_SERIES; i++) {
            page.append("a{i=\"").append(i).append("\"} 1\n");
        }
        assertThat(PrometheusPage.parse(page.toString()).fault()).contains("at most 50000 series");
        assertThat(PrometheusPage.parse(page.substring(0, page.lastIndexOf("a")))
                        .fault())
                .isNull();

        StringBuilder labels = new StringBuilder("a{");
        for (int i = 0; i <= PrometheusPage.MAX_LABELS; i++) {
            labels.append("l").append(i).append("=\"\",");
        }
        assertThat(PrometheusPage.parse(labels + "} 1\n").fault()).contains("at most 64 labels");
    }

    /** Pages of the largest size that are slow for a careless parser. */
    @Test
    void hostilePagesTakeTimeInProportionToTheirLength() {
        int length = 8 << 20;
        for (String part :
                new String[] {"{", "\"", "\\", "\n", " ", "#", "a", "9", "a{b=\"", "a{b=\"\\", "a 1 ", "\r\n", "é"}) {
            String parts = part.repeat(length / part.length());
            assertTimeoutPreemptively(Duration.ofSeconds(10), () -> PrometheusPage.parse(parts));
            assertTimeoutPreemptively(Duration.ofSeconds(10), () -> PrometheusPage.parse("a{b=\"" + parts));
        }
    }

    /** "Aa" and "BB" have one hash code: 2^15 series whose labels collide in a map of maps. */
    @Test
    void labelsThatCollideCostNoMore() {
        StringBuilder page = new StringBuilder();
        for (int i = 0; i < 1 << 15; i++) {
            page.append("a{l=\"");
            for (int bit = 0; bit < 15; bit++) {
                page.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            page.append("\"} 1\n");
        }
        PrometheusPage parsed =
                assertTimeoutPreemptively(Duration.ofSeconds(10), () -> PrometheusPage.parse(page.toString()));
        assertThat(parsed.series("a")).hasSize(1 << 15);
    }
}
