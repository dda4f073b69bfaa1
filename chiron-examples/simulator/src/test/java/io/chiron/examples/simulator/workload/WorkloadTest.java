package io.chiron.examples.simulator.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WorkloadTest {
    private static final String HEADER = "arrival_s,prompt_tokens,output_tokens";

    @TempDir
    Path dir;

    @Test
    void theSameSeedGivesTheSameStreamAndAnotherOneDoesNot() {
        List<Source> sources = List.of(
                Sources.generated("diurnal:mean=2,amplitude=0.8,period=100,cv=3,seconds=300", Arrival.INTERACTIVE),
                Sources.generated("spike:rate=1,factor=5,at=100,for=50,cv=1,seconds=300", Arrival.INTERACTIVE),
                Sources.batch("count=100,at=50,deadline=600"));
        List<Arrival> first = all(sources, 1);
        assertThat(all(sources, 1)).isEqualTo(first);
        assertThat(all(sources, 2)).isNotEqualTo(first);
        assertThat(first).isSortedAccordingTo((a, b) -> Double.compare(a.arrivalSeconds(), b.arrivalSeconds()));
        assertThat(first.stream().filter(a -> a.tierIndex() == Arrival.BATCH))
                .hasSize(100)
                .allSatisfy(a -> assertThat(a.deadlineSeconds()).isEqualTo(600));
    }

    @Test
    void theBitsAreThoseOfTheFirstVersion() {
        // Guards what "same seed, same bits on any JDK" promises. A change of the generator may change these.
        Arrival last = last(
                all(List.of(Sources.generated("diurnal:mean=5,amplitude=0.5,period=60,cv=2,seconds=1000", 0)), 42));
        assertThat(last).isEqualTo(new Arrival(999.9417914896052, 80, 304, 0, Double.NaN));
    }

    @ParameterizedTest
    @CsvSource({"0.5", "1", "4"})
    void gammaGapsHaveTheirRateAndCv(double cv) {
        List<Arrival> arrivals = all(List.of(Sources.generated("gamma:rate=50,cv=" + cv + ",seconds=4000", 0)), 3);
        SummaryStatistics gaps = new SummaryStatistics();
        for (int i = 1; i < arrivals.size(); i++) {
            gaps.addValue(arrivals.get(i).arrivalSeconds() - arrivals.get(i - 1).arrivalSeconds());
        }
        // Four standard errors of the mean of 200,000 gaps.
        assertThat(gaps.getMean() * 50).isCloseTo(1, within(4 * cv / Math.sqrt(gaps.getN())));
        assertThat(gaps.getStandardDeviation() / gaps.getMean()).isCloseTo(cv, within(0.03 * cv));
    }

    @Test
    void regularGapsAreEqual() {
        List<Arrival> arrivals = all(List.of(Sources.generated("gamma:rate=4,cv=0,seconds=10", 0)), 3);
        assertThat(arrivals).hasSize(39);
        assertThat(arrivals.get(7).arrivalSeconds()).isEqualTo(2);
    }

    @Test
    void diurnalAndSpikeRatesFollowTheirCurves() {
        List<Arrival> diurnal =
                all(List.of(Sources.generated("diurnal:mean=20,amplitude=1,period=1000,seconds=10000", 0)), 5);
        assertThat((double) diurnal.size()).isCloseTo(200_000, within(4 * Math.sqrt(200_000)));
        // The rising half of each period holds mean·(1/2 + 1/π).
        double expected = 200_000 * (0.5 + 1 / Math.PI);
        assertThat((double) diurnal.stream()
                        .filter(a -> a.arrivalSeconds() % 1000 < 500)
                        .count())
                .isCloseTo(expected, within(4 * Math.sqrt(expected)));

        List<Arrival> spike =
                all(List.of(Sources.generated("spike:rate=10,factor=7,at=100,for=200,seconds=1000", 0)), 5);
        assertThat((double) spike.stream()
                        .filter(a -> a.arrivalSeconds() >= 100 && a.arrivalSeconds() < 300)
                        .count())
                .isCloseTo(14_000, within(4 * Math.sqrt(14_000)));
        assertThat((double) spike.size()).isCloseTo(22_000, within(4 * Math.sqrt(22_000)));
    }

    @Test
    void shareGptLengthsHaveTheirMeans() {
        SummaryStatistics prompt = new SummaryStatistics();
        SummaryStatistics output = new SummaryStatistics();
        for (Arrival a : all(List.of(Sources.batch("count=200000,at=0,deadline=1,lengths=sharegpt")), 1)) {
            prompt.addValue(a.promptTokens());
            output.addValue(a.outputTokens());
        }
        // Clipping at 2048 takes about 1 % off the outputs.
        assertThat(prompt.getMean()).isCloseTo(160.5, within(2.0));
        assertThat(output.getMean()).isCloseTo(334, within(4.0));
        assertThat(prompt.getMin()).isGreaterThanOrEqualTo(1);
        assertThat(output.getMax()).isEqualTo(2048);
    }

    @Test
    void copiesKeepTheCountTheTotalsAndAnEvenLoad() throws IOException {
        StringBuilder csv = new StringBuilder(HEADER + ",class\n");
        for (int i = 0; i < 100; i++) {
            csv.append(i).append(',').append(i + 1).append(',').append(2 * i + 1);
            csv.append(i % 4 == 0 ? ",batch\n" : ",interactive\n");
        }
        Source source = Sources.trace(gzipped(csv.toString()), 8);
        List<Arrival> arrivals = all(List.of(source), 9);
        assertThat(arrivals).hasSize(800);
        assertThat(arrivals).isSortedAccordingTo((a, b) -> Double.compare(a.arrivalSeconds(), b.arrivalSeconds()));
        assertThat(arrivals).allSatisfy(a -> {
            assertThat(a.outputTokens()).isEqualTo(2 * a.promptTokens() - 1);
            assertThat(a.tierIndex()).isEqualTo(a.promptTokens() % 4 == 1 ? Arrival.BATCH : Arrival.INTERACTIVE);
            assertThat(a.arrivalSeconds()).isBetween(0.0, 100.0);
        });
        assertThat(arrivals.stream().mapToLong(Arrival::promptTokens).sum()).isEqualTo(8 * 5050);
        for (int bin = 0; bin < 10; bin++) {
            double start = 10 * bin;
            assertThat(arrivals.stream().filter(a -> a.arrivalSeconds() >= start && a.arrivalSeconds() < start + 10))
                    .hasSize(80);
        }
        assertThat(all(List.of(source), 9)).isEqualTo(arrivals);
    }

    @Test
    void oneCopyIsTheTraceItself() throws IOException {
        Path file = file(HEADER + "\r\n0,3,4\r\n0,5,6\r\n2.5,7,8\r\n");
        assertThat(all(List.of(Sources.trace(file, 1)), 1))
                .containsExactly(arrival(0, 3, 4), arrival(0, 5, 6), arrival(2.5, 7, 8));
        // A job that arrives at once stays so.
        assertThat(all(List.of(Sources.trace(file(HEADER + "\n0,3,4\n0,5,6\n"), 3)), 1))
                .hasSize(6)
                .allSatisfy(a -> assertThat(a.arrivalSeconds()).isZero());
        // So does one whose only request comes late: it is rotated within its period.
        assertThat(all(List.of(Sources.trace(file(HEADER + "\n100,3,4\n"), 2)), 1))
                .containsExactly(arrival(50, 3, 4), arrival(100, 3, 4));
    }

    @Test
    void malformedTracesAreRefusedWithTheirLine() throws IOException {
        assertRefused(() -> Trace.read(dir.resolve("none.csv")), "no such file");
        assertRefused(trace(""), "line 1: the header must be");
        assertRefused(trace("a,b,c\n"), "line 1: the header must be");
        assertRefused(trace(HEADER + "\n"), "has no requests");
        assertRefused(trace(HEADER + "\n1,2\n"), "line 2: row '1,2' must have 3 columns");
        assertRefused(trace(HEADER + "\n1,2,3\n0,2,3\n"), "line 3: arrival_s '0' must not be less");
        assertRefused(trace(HEADER + "\nNaN,2,3\n"), "line 2: arrival_s 'NaN'");
        assertRefused(trace(HEADER + "\n-1,2,3\n"), "line 2: arrival_s '-1'");
        assertRefused(trace(HEADER + "\nInfinity,2,3\n"), "line 2: arrival_s 'Infinity'");
        assertRefused(trace(HEADER + "\n1,0,3\n"), "line 2: prompt_tokens '0' must be a whole number from 1");
        assertRefused(trace(HEADER + "\n1,2,99999999999\n"), "line 2: output_tokens '99999999999'");
        assertRefused(trace(HEADER + ",class\n1,2,3,gold\n"), "line 2: class 'gold' must be interactive or batch");
        Path cut = gzipped(HEADER + "\n" + "1,2,3\n".repeat(1000));
        byte[] bytes = Files.readAllBytes(cut);
        Files.write(cut, Arrays.copyOf(bytes, bytes.length - 12));
        assertRefused(() -> Trace.read(cut), "cannot be read");
        Path good = file(HEADER + "\n1,2,3\n");
        assertRefused(() -> Sources.trace(good, 0), "copies is 0, must be from 1");
    }

    @Test
    void malformedSpecificationsAreRefused() {
        assertRefused("poisson:rate=1", "workload 'poisson' is unknown, must be gamma:");
        assertRefused("gamma", "gamma: rate is missing");
        assertRefused("gamma:rate=1", "gamma: seconds is missing");
        assertRefused("gamma:rate=-1,seconds=1", "gamma: rate is '-1', must be from");
        assertRefused("gamma:rate=x,seconds=1", "gamma: rate is 'x'");
        assertRefused("gamma:rate=NaN,seconds=1", "gamma: rate is 'NaN'");
        assertRefused("gamma:rate=1,seconds=1,rate=2", "gamma: rate is given twice");
        assertRefused("gamma:rate=1,seconds=1,factor=2", "gamma: unknown field 'factor', known are rate, cv");
        assertRefused("gamma:rate=1,,seconds=1", "gamma: '' must be of the form key=value");
        assertRefused("gamma:rate=1,seconds=1,lengths=/no/such", "/no/such: cannot be read (no such file)");
        assertRefused("diurnal:mean=1,amplitude=1.5,period=1,seconds=1", "diurnal: amplitude is '1.5', must be from 0");
        assertRefused(() -> Sources.batch("count=1.5,at=0,deadline=1"), "count is 1.5, must be a whole number");
        assertRefused(() -> Sources.batch("count=0,at=0,deadline=1"), "batch: count is '0'");
        assertRefused(() -> Sources.batch(""), "batch: count is missing");
    }

    private static Arrival arrival(double seconds, int prompt, int output) {
        return new Arrival(seconds, prompt, output, Arrival.INTERACTIVE, Double.NaN);
    }

    private static List<Arrival> all(List<Source> sources, long seed) {
        List<Arrival> arrivals = new ArrayList<>();
        Workload.open(sources, seed).forEachRemaining(arrivals::add);
        return arrivals;
    }

    private static Arrival last(List<Arrival> arrivals) {
        return arrivals.get(arrivals.size() - 1);
    }

    private Runnable trace(String content) throws IOException {
        Path file = file(content);
        return () -> Trace.read(file);
    }

    private Path file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(dir, "trace", ".csv"), content);
    }

    private Path gzipped(String content) throws IOException {
        Path file = dir.resolve("trace.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(content.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private static void assertRefused(String spec, String message) {
        assertRefused(() -> Sources.generated(spec, 0), message);
    }

    private static void assertRefused(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }
}
