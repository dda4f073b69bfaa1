package io.chiron.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The commands local and waiting: their JSON, and one line and exit code 2 for bad input. */
final class ExperimentCommandsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "local --itl=-0.05 | --itl",
                "local --itl=0 | --itl",
                "local --itl=NaN | --itl",
                "local --itl=50parsecs | --itl",
                "local --itl=1ms | --itl",
                "local | --itl",
                "local --itl=100ms --rule=magic | --rule",
                "local --itl=100ms --start=0 | --start",
                "local --itl=100ms --start=5000 | --start",
                "local --itl=100ms --start=many | --start",
                "local --itl=100ms --seconds=NaN | --seconds",
                "local --itl=100ms --chunk=0 | chunk",
                "local --itl=100ms --trace=nowhere.csv | nowhere.csv",
                "local --itl=100ms --json=nowhere/out.json | --json",
                "waiting --instances=0 | --instances",
                "waiting --queue=0 | --queue",
                "waiting --queue=-5 | --queue",
                "waiting --interactive=gamma:rate=-1,seconds=10 | rate",
                "waiting --profile=nothing | nothing",
            })
    void badInputIsOneLineThatNamesTheField(String args, String field) {
        StringWriter errors = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(errors));
        assertThat(line.execute(args.split(" "))).isEqualTo(2);
        assertThat(errors.toString().strip())
                .startsWith("error: ")
                .contains(field)
                .doesNotContain("\n");
    }

    @Test
    void localWritesItsOutcome() throws IOException {
        JsonNode json = outcome("local", "--itl", "0.05", "--start", "64", "--seconds", "60", "--chunk", "1024");
        assertThat(json.get("itlSloSeconds").asDouble()).isEqualTo(0.05);
        assertThat(json.get("samples").asInt()).isEqualTo(60);
        assertThat(json.get("bestStaticBatch").asInt()).isBetween(20, 60);
        assertThat(json.get("bounds").get("itlSequences").asDouble()).isPositive();
    }

    @Test
    void waitingWritesItsOutcome() throws IOException {
        JsonNode json = outcome("waiting", "--instances", "1", "--queue", "6000");
        assertThat(json.get("r2").asDouble()).isGreaterThan(0.9);
        assertThat(json.get("bands")).hasSize(5);
        assertThat(json.get("bands").get(4).get("coverage90").isNull()).isTrue();
    }

    private JsonNode outcome(String... args) throws IOException {
        Path file = folder.resolve("outcome.json");
        String[] all = Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--json";
        all[args.length + 1] = file.toString();
        assertThat(Main.commandLine().execute(all)).isZero();
        return new ObjectMapper().readTree(file.toFile());
    }
}
