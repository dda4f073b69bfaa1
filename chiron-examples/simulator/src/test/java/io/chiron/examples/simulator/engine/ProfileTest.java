package io.chiron.examples.simulator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiron.examples.simulator.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProfileTest {
    // MAPE of the smooth form as the README of the profiles states it, for its own random operating points.
    private static final Map<String, Double> FIT_ERRORS = new TreeMap<>(Map.of(
            "llama3-8b_a100-80g_tp1", 0.030,
            "llama3-70b_a100-80g_tp4", 0.022,
            "llama3-70b_a100-80g_tp8", 0.023,
            "llama2-7b_h100-80g_tp1", 0.028,
            "llama2-70b_h100-80g_tp4", 0.030,
            "llama3-8b_h100-80g_tp1", 0.032));

    @TempDir
    Path dir;

    @Test
    void aFewReferencePointsAreMet() {
        Profile profile = Profile.load("llama3-8b_a100-80g_tp1");
        assertThat(profile.iterationSeconds(1, 0, 512, 0)).isCloseTo(0.012224, within(0.0005));
        assertThat(profile.iterationSeconds(1, 512, 512, 512 * 256.0)).isCloseTo(0.042524, within(0.002));
        assertThat(profile.iterationSeconds(256, 0, 256 * 1024.0, 0)).isCloseTo(0.0599, within(0.003));
        Profile large = Profile.load("llama3-70b_a100-80g_tp4");
        assertThat(large.iterationSeconds(128, 0, 128 * 1024.0, 0)).isCloseTo(0.0670, within(0.002));
        assertThat(large.gpus()).isEqualTo(4);
    }

    @Test
    void theReferenceIterationsAreMetWithinTheFitErrors() throws IOException {
        Map<String, Mean> errors = new TreeMap<>();
        for (String line : Files.readAllLines(SharedData.require("profiles/reference-iterations.csv"))) {
            if (line.startsWith("profile,")) {
                continue;
            }
            String[] cells = line.split(",");
            double batch = Double.parseDouble(cells[1]);
            double prefill = Double.parseDouble(cells[3]);
            double work = prefill * (Double.parseDouble(cells[4]) + prefill / 2);
            double seconds = Double.parseDouble(cells[5]);
            double model =
                    Profile.load(cells[0]).iterationSeconds(batch, prefill, batch * Double.parseDouble(cells[2]), work);
            errors.computeIfAbsent(cells[0], id -> new Mean()).increment(Math.abs(model / seconds - 1));
        }
        assertThat(errors.keySet()).containsExactlyElementsOf(Profile.SHIPPED);
        // The reference points are round numbers, so they sit on the tile steps of the kernels more often than random
        // ones,
        // and there the form is furthest off: up to 1.4 times the stated error (both Llama-2 profiles).
        errors.forEach((id, error) ->
                assertThat(error.getResult()).as("MAPE of %s", id).isLessThan(1.4 * FIT_ERRORS.get(id)));
    }

    @Test
    void theSharedFilesAndTheResourcesAreTheSame() {
        for (String id : Profile.SHIPPED) {
            Path file = SharedData.require("profiles/" + id + ".json");
            assertThat(Profile.load(file.toString())).isEqualTo(Profile.load(id));
        }
    }

    @Test
    void malformedProfilesAreRefusedInOneLine() throws IOException {
        assertRefused("no-such-profile", "neither a file nor one of llama2-70b");
        String good = new String(Profile.class
                .getResourceAsStream("/profiles/llama3-8b_a100-80g_tp1.json")
                .readAllBytes());
        assertRefused(file("{"), "not JSON at line 1");
        assertRefused(file(""), "id is missing");
        assertRefused(file("[]"), "id is missing");
        assertRefused(file(good.replace("\"gpus\": 1", "\"gpus\": 0")), "gpus is 0, must be a whole number from 1");
        assertRefused(file(good.replace("\"gpus\": 1", "\"gpus\": 1.5")), "gpus is 1.5");
        assertRefused(file(good.replace("426788", "-1")), "kv_cache.capacity_tokens is -1");
        assertRefused(file(good.replace("426788", "1" + "0".repeat(300))), "kv_cache.capacity_tokens is 1000");
        assertRefused(file(good.replace("0.00742042", "1e999")), "coefficients.c0 is");
        assertRefused(file(good.replace("0.00742042", "\"x\"")), "coefficients.c0 is \"x\", must be a number");
        assertRefused(file(good.replace("\"typical\": 60", "\"typical\": -60")), "startup_s.typical is -60");
    }

    private String file(String content) throws IOException {
        return Files.writeString(dir.resolve("profile.json"), content).toString();
    }

    private static void assertRefused(String idOrFile, String message) {
        assertThatThrownBy(() -> Profile.load(idOrFile))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }
}
