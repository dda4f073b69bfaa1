package io.chiron.examples.router.load;

import com.fasterxml.jackson.databind.JsonNode;
import io.chiron.examples.router.http.Answer;
import io.chiron.examples.router.load.DirectLoad.Sent;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The simulator as a program, and the files between it and its user.
 *
 * @param jar the runnable one
 * @param folder where the files are
 * @param kvCapacityTokens of the engine
 */
public record SimulatorJar(Path jar, Path folder, int kvCapacityTokens) {
    /** When a simulated load begins: its policy has decided by then. */
    static final double START_SECONDS = 1;

    /** Fits a profile to measured iterations; returns what the simulator says of it. */
    String calibrate(List<String> points) throws IOException, InterruptedException {
        Path file = folder.resolve("points.csv");
        Files.write(file, points);
        return call(
                "calibrate",
                file.toString(),
                "--id=engine",
                "--kv-capacity=" + kvCapacityTokens,
                "--json=" + folder.resolve("engine.json"));
    }

    /** The outcome of requests on one instance of the fitted profile. */
    JsonNode run(List<Sent> requests, int promptTokens, int cap) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>(List.of("arrival_s,prompt_tokens,output_tokens"));
        for (Sent request : requests) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%.6f,%d,%d",
                    START_SECONDS + request.arrivalSeconds(),
                    promptTokens,
                    request.outputTokens()));
        }
        Path trace = folder.resolve("trace.csv");
        Files.write(trace, lines);
        Path outcome = folder.resolve("outcome.json");
        call(
                "run",
                "--profile=" + folder.resolve("engine.json"),
                "--trace=" + trace,
                "--policy=static:instances=1;cap=" + cap,
                "--initial-instances=1",
                "--max-instances=1",
                "--local-period=0.05",
                "--json=" + outcome);
        return Answer.JSON.readTree(outcome.toFile());
    }

    private String call(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-jar",
                jar.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + said.strip());
        }
        return said;
    }
}
