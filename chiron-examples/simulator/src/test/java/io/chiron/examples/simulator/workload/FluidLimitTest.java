package io.chiron.examples.simulator.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiron.examples.simulator.SharedData;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.workload.FluidLimit.Bound;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class FluidLimitTest {
    private static final Pattern CELL = Pattern.compile("([0-9.]+) \\((\\d+); (\\d+); (.*)\\)");
    private static final List<String> COLUMNS = List.of(
            "llama3-8b_a100-80g_tp1",
            "llama3-70b_a100-80g_tp4",
            "llama3-70b_a100-80g_tp8",
            "llama2-7b_h100-80g_tp1",
            "llama2-70b_h100-80g_tp4",
            "llama3-8b_h100-80g_tp1");

    private static final Profile SMALL = Profile.load("llama3-8b_a100-80g_tp1");

    @Test
    void theTablesOfTheProfilesAreReproduced() throws IOException {
        double itlSeconds = Double.NaN;
        int cells = 0;
        for (String line : Files.readAllLines(SharedData.require("profiles/README.md"))) {
            if (line.startsWith("**ITL bound ")) {
                String[] words = line.split(" ");
                itlSeconds = Double.parseDouble(words[2]) * (words[3].startsWith("ms") ? 1e-3 : 1);
            }
            if (!CELL.matcher(line).find()) {
                continue;
            }
            String[] row = line.split("\\|");
            LengthMoments moments = new LengthMoments();
            Trace trace = Trace.read(SharedData.require("traces/" + row[1].trim() + ".csv.gz"));
            trace.copies(1).open(1).forEachRemaining(a -> moments.add(a.promptTokens(), a.outputTokens()));
            for (int i = 0; i < COLUMNS.size(); i++) {
                Matcher cell = CELL.matcher(row[i + 2].trim());
                assertThat(cell.matches()).as(row[i + 2]).isTrue();
                FluidLimit limit =
                        FluidLimit.of(Profile.load(COLUMNS.get(i)), Integer.MAX_VALUE, itlSeconds, moments, 512);
                String where = row[1] + COLUMNS.get(i) + " " + itlSeconds + ": " + limit;
                assertThat(limit.requestsPerSecond())
                        .as(where)
                        .isCloseTo(Double.parseDouble(cell.group(1)), within(0.006));
                assertThat(limit.batch()).as(where).isCloseTo(Double.parseDouble(cell.group(2)), within(1.0));
                assertThat(limit.iterationSeconds() * 1e3)
                        .as(where)
                        .isCloseTo(Double.parseDouble(cell.group(3)), within(1.0));
                assertThat(cell.group(4))
                        .as(where)
                        .startsWithIgnoringCase(limit.bound().name());
                cells++;
            }
        }
        assertThat(cells).isEqualTo(3 * 5 * 6);
    }

    @Test
    void theChunkBoundsTheBatch() {
        FluidLimit limit = FluidLimit.of(SMALL, 512, 10, moments(900, 100));
        assertThat(limit.bound()).isEqualTo(Bound.CHUNK);
        assertThat(limit.batch() * (1 + 900 / 99.0)).isCloseTo(512, within(1e-6));
        assertThat(limit.instanceSeconds(10)).isCloseTo(10 / limit.requestsPerSecond(), within(1e-12));
    }

    @Test
    void singleTokensArePrefillOnly() {
        FluidLimit limit = FluidLimit.of(SMALL, 1000, 0.01, moments(500, 1));
        assertThat(limit.batch()).isCloseTo(2, within(1e-6));
        assertThat(limit.iterationSeconds())
                .isCloseTo(SMALL.iterationSeconds(0, 1000, 0, 2 * 500 * 250.0), within(1e-6));
        assertThat(limit.requestsPerSecond()).isCloseTo(2 / limit.iterationSeconds(), within(1e-6));
    }

    @Test
    void anSloBelowAnEmptyIterationIsUnattainable() {
        FluidLimit limit = FluidLimit.of(SMALL, 2048, 0.001, moments(100, 100));
        assertThat(limit.bound()).isEqualTo(Bound.UNATTAINABLE);
        assertThat(limit.requestsPerSecond()).isPositive();
        assertThatThrownBy(() -> FluidLimit.of(SMALL, 2048, 0.2, new LengthMoments()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static LengthMoments moments(int prompt, int output) {
        LengthMoments moments = new LengthMoments();
        moments.add(prompt, output);
        return moments;
    }
}
