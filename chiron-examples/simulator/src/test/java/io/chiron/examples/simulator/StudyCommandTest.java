package io.chiron.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The command study: a small study from runs to report, and bad input. */
final class StudyCommandTest {
    @TempDir
    Path folder;

    private String errors = "";

    private int study(String... args) {
        List<String> words = new ArrayList<>(List.of("study"));
        words.addAll(List.of(args));
        StringWriter text = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(text));
        int code = line.execute(words.toArray(String[]::new));
        errors = text.toString().strip();
        return code;
    }

    private List<Path> runs() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("out/runs"))) {
            return files.sorted().toList();
        }
    }

    @Test
    void aSmallStudyEndsInAReportAndGoesOnWhereItWas() throws IOException {
        String out = folder.resolve("out").toString();
        String[] args = {
            "--quick",
            "--out",
            out,
            "--only",
            "batch-size,interactive,scoreboard",
            "--policies",
            "chiron,static,llumnix",
            "--scenarios",
            "wb-8b-30-20k",
            "--seeds",
            "5",
            "--threads",
            "2"
        };
        assertThat(study(args)).isZero();

        String page = Files.readString(Path.of(out, "report.html"));
        // One file that opens without a network.
        assertThat(page)
                .contains("<svg", "id=\"scoreboard\"", "Where Chiron is not on the front")
                .doesNotContain("<script");
        assertThat(page.replaceAll("xmlns(:xlink)?=\"http://www.w3.org/[^\"]*\"", ""))
                .doesNotContain("://");
        assertThat(Path.of(out, "scoreboard-ratios.png")).isNotEmptyFile();
        JsonNode board =
                new ObjectMapper().readTree(Path.of(out, "scoreboard.json").toFile());
        assertThat(board.get("rows").findValuesAsText("policy")).contains("chiron", "static", "llumnix");
        assertThat(board.get("bars")).isNotEmpty();

        // A second time nothing is run but what is missing.
        List<Path> before = runs();
        Path lost = before.get(0);
        Files.delete(lost);
        List<Object> times = new ArrayList<>();
        for (Path file : runs()) {
            times.add(Files.getLastModifiedTime(file));
        }
        assertThat(study(args)).isZero();
        assertThat(runs()).isEqualTo(before);
        List<Object> timesAfter = new ArrayList<>();
        for (Path file : runs()) {
            if (!file.equals(lost)) {
                timesAfter.add(Files.getLastModifiedTime(file));
            }
        }
        assertThat(timesAfter).isEqualTo(times);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--quick | --out",
                "--out=OUT --only=magic | --only",
                "--out=OUT --scenarios=magic | --scenarios",
                "--out=OUT --only=scoreboard --policies=magic --scenarios=wa-8b-60-cv1 | magic",
                "--out=OUT --threads=0 | --threads",
                "--out=OUT --threads=many | --threads",
                "--out=OUT --seeds=one | --seeds",
                "--out=OUT --tuned=nowhere.json | --tuned",
                "--out=pom.xml | --out",
            })
    void badInputIsOneLineThatNamesTheField(String args, String field) {
        String[] words = args.replace("OUT", folder.resolve("out").toString()).split(" ", -1);
        assertThat(study(words)).isEqualTo(2);
        assertThat(errors).contains(field).doesNotContain("\tat ");
    }
}
