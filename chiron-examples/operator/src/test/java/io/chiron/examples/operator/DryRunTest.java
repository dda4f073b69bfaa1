package io.chiron.examples.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole operator, on recorded pages. */
class DryRunTest {
    @TempDir
    Path folder;

    @Test
    void aQueueThatGrowsOnRecordedPagesWouldLaunchAnInstance() throws IOException {
        OperatorConfig config = ConfigFile.read(Path.of("operator.yaml")).withDryRun();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Instant[] now = {Instant.parse("2026-01-01T00:00:00Z")};
        List<String> lines = new ArrayList<>();
        try (RecordedPages pages = new RecordedPages(Path.of("pages"), config.engine(), now[0])) {
            Operator operator = new Operator(
                    config,
                    new Operator.Surroundings(
                            pages,
                            source -> source,
                            action -> {
                                throw new AssertionError("a dry run has told " + action);
                            },
                            () -> true,
                            () -> now[0]),
                    registry,
                    lines::add);
            do {
                operator.tick();
                now[0] = now[0].plusSeconds(1);
            } while (pages.advance());
        }
        assertThat(lines)
                .anyMatch(
                        line -> line.matches(
                                "2026-01-01T00:00:\\d\\dZ would launch llama-70b-\\S+ MIXED: INTERACTIVE_BACKPRESSURE .*instead of.*"));
        assertThat(registry.scrape())
                .contains("chiron_present_instances{fleet=\"llama-70b\",phase=\"ready\",pool=\"mixed\"} 2")
                .contains("chiron_waiting_requests{fleet=\"llama-70b\",tier=\"requests\"} 96")
                .contains("chiron_dry_run{fleet=\"llama-70b\"} 1")
                .containsPattern("chiron_wanted_total_instances\\{fleet=\"llama-70b\"\\} [3-8]");
    }

    @Test
    void blindnessIsToldOnce() throws IOException {
        OperatorConfig config = ConfigFile.read(Path.of("operator.yaml"));
        List<String> lines = new ArrayList<>();
        Operator operator = new Operator(
                config,
                new Operator.Surroundings(
                        () -> {
                            throw new IllegalStateException("forbidden");
                        },
                        source -> source,
                        action -> {},
                        () -> true,
                        InstantSource.system()),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                lines::add);
        for (int i = 0; i < 5; i++) {
            assertThat(operator.tick().failures()).hasSize(1);
        }
        assertThat(lines).singleElement().asString().contains(" hold tick: BLIND");
    }

    @Test
    void badInputIsOneLineAndExitCodeTwo() throws IOException {
        Path config = folder.resolve("c.yaml");
        Files.writeString(config, "fleet: m\nslo: {ttft: 5s, itl: soon}\n");
        assertThat(run("--config", config.toString()))
                .isEqualTo(
                        "2 error: " + config
                                + ": slo.itl = \"soon\" is not allowed; allowed: a duration above 0 such as 50ms, 2s, 5m or 1h");
        assertThat(run("--config", folder.resolve("none.yaml").toString())).startsWith("2 error: --config = ");
        assertThat(run("--config", "operator.yaml", "--pages", "pages"))
                .isEqualTo("2 error: --pages = pages is not allowed; allowed: only with --dry-run");
        assertThat(run(
                        "--config",
                        "operator.yaml",
                        "--dry-run",
                        "--pages",
                        folder.resolve("x").toString()))
                .contains("2 error: --pages = ")
                .contains("a folder with a folder of pages for each instance");
        assertThat(run()).startsWith("2 error: Missing required option: '--config=FILE.yaml'");
    }

    @Test
    void theOperatorShowsItsMetricsAndItsHealth() throws Exception {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.counter("chiron.ticks").increment();
        AtomicBoolean alive = new AtomicBoolean(true);
        try (MetricsPage page = new MetricsPage(0, registry, alive::get)) {
            assertThat(get(page, "/metrics").body()).contains("chiron_ticks_total 1");
            assertThat(get(page, "/healthz").statusCode()).isEqualTo(200);
            alive.set(false);
            assertThat(get(page, "/healthz").statusCode()).isEqualTo(503);
        }
    }

    private static HttpResponse<String> get(MetricsPage page, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + page.port() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static String run(String... args) {
        StringWriter errors = new StringWriter();
        CommandLine line = Main.commandLine().setErr(new PrintWriter(errors, true));
        return line.execute(args) + " " + errors.toString().strip();
    }
}
