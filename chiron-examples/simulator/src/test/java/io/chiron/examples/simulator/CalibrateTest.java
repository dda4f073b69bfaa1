package io.chiron.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiron.examples.simulator.calibrate.Calibration;
import io.chiron.examples.simulator.calibrate.Point;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.engine.Profile.Timing;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** From measured iterations to a profile. */
final class CalibrateTest {
    /** An engine on two cores: no weight-streaming floor, prompts cost what decoding costs. */
    private static final Timing CPU = new Timing(0.020, 0, 0.0045, 0.003, 2e-6, 0);

    private static final String HEADER = "decode_seqs,prefill_tokens,kv_tokens,iteration_s\n";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"llama3-8b_a100-80g_tp1", "llama3-70b_a100-80g_tp4"})
    void coefficientsOfAnAcceleratorAreRecovered(String profile) {
        Timing real = Profile.load(profile).timing();
        Calibration fitted = Calibration.of(points(real, 600, 0, 0));
        assertRecovered(fitted.timing(), real, 0.01);
        assertThat(fitted.worstApe()).isLessThan(1e-3);
        assertThat(fitted.leftOutMape()).isLessThan(1e-3);
    }

    @Test
    void aLinearEngineGetsNoFloorAndNoTermThatItLacks() {
        Calibration fitted = Calibration.of(points(CPU, 300, 0, 0));
        assertRecovered(fitted.timing(), CPU, 1e-4);
        assertThat(fitted.timing().c4()).isLessThan(1e-15);
    }

    /** Noise of 5 %, and one iteration in twenty held up to three times its length. */
    @Test
    void noiseAndHeldUpIterationsDoNotSpoilTheFit() {
        Calibration fitted = Calibration.of(points(CPU, 2000, 0.05, 0.05));
        double most = 0;
        for (Point point : points(CPU, 200, 0, 0)) {
            double predicted = fitted.timing()
                    .seconds(point.decodeSequences(), point.prefillTokens(), point.kvTokens(), point.prefillWork());
            most = Math.max(most, Math.abs(predicted / point.seconds() - 1));
        }
        assertThat(most).isLessThan(0.05);
        assertThat(fitted.timing().g()).isCloseTo(CPU.g(), within(0.03 * CPU.g()));
        assertThat(fitted.medianApe()).isBetween(0.02, 0.06);
        assertThat(fitted.mape()).isBetween(0.04, 0.12);
        assertThat(fitted.worstApe()).isGreaterThan(0.5);
        assertThat(fitted.standardErrors().get(2)).isPositive().isLessThan(0.05 * CPU.g());
        assertThat(Calibration.of(points(CPU, 2000, 0.05, 0.05))).isEqualTo(fitted);
    }

    /** A form that does not fit says so by the error at what it has not seen. */
    @Test
    void theLeftOutErrorIsLargerThanThatOfTheFit() {
        List<Point> few = points(CPU, 40, 0.2, 0);
        Calibration fitted = Calibration.of(few);
        assertThat(fitted.leftOutMape()).isGreaterThan(fitted.mape());
    }

    @Test
    void theCommandWritesAProfileThatRuns() throws IOException {
        StringBuilder csv = new StringBuilder(HEADER);
        for (Point p : points(CPU, 300, 0, 0)) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%.0f,%.0f,%.0f,%.9g%n",
                    p.decodeSequences(),
                    p.prefillTokens(),
                    p.kvTokens(),
                    p.seconds()));
        }
        Path points = Files.writeString(folder.resolve("points.csv"), csv);
        Path json = folder.resolve("cpu.json");
        CommandLine line = Main.commandLine();
        int code = line.execute(
                "calibrate",
                points.toString(),
                "--id",
                "cpu",
                "--kv-capacity",
                "8192",
                "--startup",
                "3",
                "--json",
                json.toString());
        assertThat(code).isZero();
        Profile profile = Profile.load(json.toString());
        assertThat(profile.id()).isEqualTo("cpu");
        assertThat(profile.kvCapacityTokens()).isEqualTo(8192);
        assertThat(profile.startup().typicalSeconds()).isEqualTo(3);
        assertThat(profile.timing().g()).isCloseTo(CPU.g(), within(1e-5));
        assertThat(profile.timing().c0()).isCloseTo(CPU.c0(), within(1e-4));
    }

    @Test
    void columnsMayBeMeansAndOthersArePassedOver() throws IOException {
        Path file = Files.writeString(
                folder.resolve("points.csv"),
                "profile,decode_seqs,mean_context,prefill_tokens,prefill_context,iteration_s,note\n"
                        + "a,4,100,10,50,0.5,x\nb,1,1,1,1,1,y\n\na, 2 ,7,0,0,0.25,\n");
        assertThat(Point.read(file, "a"))
                .containsExactly(new Point(4, 10, 400, 10 * 55.0, 0.5), new Point(2, 0, 14, 0, 0.25));
        assertThat(Point.read(file, null)).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "decode_seqs,kv_tokens,iteration_s | | a column prefill_tokens",
                "decode_seqs,prefill_tokens,iteration_s | | a column kv_tokens or mean_context",
                "decode_seqs,prefill_tokens,kv_tokens,iteration_s | 1,2,3 | line 2 iteration_s =  is not allowed",
                "decode_seqs,prefill_tokens,kv_tokens,iteration_s | 1,2,3,NaN | line 2 iteration_s = NaN",
                "decode_seqs,prefill_tokens,kv_tokens,iteration_s | 1,-2,3,1 | line 2 prefill_tokens = -2",
                "decode_seqs,prefill_tokens,kv_tokens,iteration_s | 0,0,3,1 | decode_seqs + prefill_tokens above 0",
                "decode_seqs,prefill_tokens,kv_tokens,iteration_s | 1,2,3,0 | iteration_s and",
                "decode_seqs,prefill_tokens,kv_tokens,iteration_s | 1,2,3,1 | points = 1 is not allowed",
            })
    void badPointsAreRefused(String header, String row, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("points.csv"), header + "\n" + (row == null ? "" : row) + "\n");
        StringWriter errors = new StringWriter();
        CommandLine line = Main.commandLine().setErr(new PrintWriter(errors, true));
        assertThat(line.execute("calibrate", file.toString())).isEqualTo(2);
        assertThat(errors.toString().strip())
                .startsWith("error: ")
                .contains(message)
                .doesNotContain("\n");
    }

    @Test
    void onePlaceIsNotEnough() {
        List<Point> same = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            same.add(new Point(4, 0, 100 + i, 0, 0.05));
        }
        assertThatThrownBy(() -> Calibration.of(same))
                .hasMessageContaining("different pairs")
                .hasMessageContaining("= 1");
    }

    private static void assertRecovered(Timing fitted, Timing real, double share) {
        assertThat(fitted.c0()).as("c0").isCloseTo(real.c0(), within(share * real.c0()));
        assertThat(fitted.m()).as("m").isCloseTo(real.m(), within(share * real.c0()));
        assertThat(fitted.g()).as("g").isCloseTo(real.g(), within(share * real.g()));
        assertThat(fitted.c2()).as("c2").isCloseTo(real.c2(), within(share * real.c2()));
        assertThat(fitted.c3()).as("c3").isCloseTo(real.c3(), within(share * real.c3()));
        assertThat(fitted.c4()).as("c4").isCloseTo(real.c4(), within(share * real.c4() + 1e-18));
    }

    /** Iterations of 1 to 64 sequences, half of them with prompts. */
    private static List<Point> points(Timing real, int count, double noise, double heldUpShare) {
        Well19937c random = new Well19937c(11);
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int sequences = 1 + random.nextInt(64);
            int prefill = random.nextBoolean() ? 1 + random.nextInt(512) : 0;
            int kv = sequences * (20 + random.nextInt(1000));
            double work = 0.5 * prefill * prefill;
            double exact = real.seconds(sequences, prefill, kv, work);
            double factor = Math.exp(noise * random.nextGaussian()) * (random.nextDouble() < heldUpShare ? 3 : 1);
            points.add(new Point(sequences, prefill, kv, work, exact * factor));
        }
        return points;
    }
}
