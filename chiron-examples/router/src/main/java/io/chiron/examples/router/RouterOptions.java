package io.chiron.examples.router;

import io.chiron.api.Checks;
import io.chiron.api.Times;
import io.chiron.core.waiting.LengthStats;
import io.chiron.examples.router.host.EngineOptions;
import io.chiron.examples.router.host.RouterSettings;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of everything that runs a router. */
final class RouterOptions {
    @Option(
            names = "--ttft",
            defaultValue = "2",
            description = "TTFT SLO of interactive requests, seconds (default: ${DEFAULT-VALUE}).")
    double ttftSeconds;

    @Option(
            names = "--itl-ms",
            defaultValue = "50",
            description = "ITL SLO of interactive requests, milliseconds (default: ${DEFAULT-VALUE}).")
    double itlMillis;

    @Option(
            names = "--batch-deadline",
            defaultValue = "3600",
            description = "Default deadline of batch requests, seconds (default: ${DEFAULT-VALUE}).")
    double batchDeadlineSeconds;

    @Option(
            names = "--batch-itl-ms",
            defaultValue = "200",
            description = "ITL SLO of batch requests, milliseconds (default: ${DEFAULT-VALUE}).")
    double batchItlMillis;

    @Option(
            names = "--max-batch",
            defaultValue = "32",
            description = "Most requests in flight per engine (default: ${DEFAULT-VALUE}).")
    int maxBatch;

    @Option(
            names = "--margin",
            defaultValue = "0.2",
            description = "Share of an ITL SLO that is left free; the requests of an embedded engine differ by a sixth"
                    + " (default: ${DEFAULT-VALUE}).")
    double margin;

    @Option(
            names = "--max-queued",
            defaultValue = "100000",
            description = "Most requests that wait; more get 429 (default: ${DEFAULT-VALUE}).")
    int maxQueued;

    @Option(
            names = "--max-body-bytes",
            defaultValue = "1048576",
            description = "Largest request; larger ones get 413 (default: ${DEFAULT-VALUE}).")
    int maxBodyBytes;

    @Option(
            names = "--expected-prompt",
            defaultValue = "64",
            description = "Mean prompt tokens, until requests have been seen (default: ${DEFAULT-VALUE}).")
    int expectedPromptTokens;

    @Option(
            names = "--expected-output",
            defaultValue = "64",
            description = "Mean output tokens, until requests have been seen (default: ${DEFAULT-VALUE}).")
    int expectedOutputTokens;

    @Option(
            names = "--characters-per-token",
            defaultValue = "2",
            description =
                    "How prompt tokens are estimated: 4 for models of natural language (default: ${DEFAULT-VALUE}).")
    double charactersPerToken;

    @Option(
            names = "--model",
            description = "GGUF file of embedded engines; a small random one is written if it is not there.")
    Path model = EngineCommand.defaultModel();

    @Option(names = "--tiny", hidden = true)
    boolean tiny;

    RouterSettings settings() {
        Checks.inRange("--ttft", ttftSeconds, 0.001, 86_400);
        Checks.inRange("--itl-ms", itlMillis, 0.001, 3_600_000);
        Checks.inRange("--batch-deadline", batchDeadlineSeconds, 0.001, 30 * 86_400.0);
        Checks.inRange("--batch-itl-ms", batchItlMillis, 0.001, 3_600_000);
        Checks.inRange("--max-batch", maxBatch, 1, 256);
        Checks.inRange("--margin", margin, 0, 0.9);
        Checks.inRange("--max-queued", maxQueued, 1, 10_000_000);
        Checks.inRange("--max-body-bytes", maxBodyBytes, 1024, 1 << 30);
        Checks.inRange("--expected-prompt", expectedPromptTokens, 1, 1 << 20);
        Checks.inRange("--expected-output", expectedOutputTokens, 1, 1 << 20);
        Checks.inRange("--characters-per-token", charactersPerToken, 0.1, 100);
        return new RouterSettings(
                RouterSettings.tiers(
                        Times.duration(ttftSeconds),
                        Times.duration(itlMillis / 1000),
                        Times.duration(batchDeadlineSeconds),
                        Times.duration(batchItlMillis / 1000)),
                maxQueued,
                maxBodyBytes,
                charactersPerToken,
                Math.min(4, maxBatch),
                maxBatch,
                margin,
                LengthStats.guess(expectedPromptTokens, expectedOutputTokens, 1),
                null);
    }

    EngineOptions engines() {
        return new EngineOptions(model, maxBatch, 256, tiny);
    }
}
