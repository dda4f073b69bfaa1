package io.chiron.adapters.enginemetrics;

import static io.chiron.adapters.enginemetrics.LoopbackEngines.CLOCK;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.FLEET;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.NOW;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.answer;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.assertHealthy;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.fault;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.instance;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.page;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.sample;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.uri;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is measured on live pages, on loopback. */
@Timeout(20)
class EngineMetricsSourceTest {
    private final LoopbackEngines live = new LoopbackEngines();

    @AfterEach
    void stop() {
        live.close();
    }

    @Test
    void measuresFromTheSecondPageOn() {
        live.serveHealthy("a");
        live.engines.add(new EngineEndpoint(
                InstanceSnapshot.of("starting", Pool.BATCH, Phase.STARTING, null), null, Dialect.AUTO, 1, 1));
        EngineMetricsSource source = live.source(Duration.ofSeconds(5));
        assertThat(source.reports(FLEET)).isEmpty();

        Instant start = CLOCK.instant();
        assertThat(sample(source.observe(FLEET, NOW), "a")).isNull();
        FleetSnapshot snapshot = source.observe(FLEET, NOW);
        Instant end = CLOCK.instant();

        InstanceSample sample = sample(snapshot, "a");
        assertThat(sample.outputTokens()).isEqualTo(100);
        assertThat(sample.runningNow()).isEqualTo(4);
        assertThat(sample.waitingRequests()).isEqualTo(1);
        assertThat(sample.preemptions()).isNaN();
        assertThat(sample.fault()).isNull();
        assertThat(sample.time()).isBetween(start, end);
        assertThat(sample.windowSeconds())
                .isBetween(0.0, Duration.between(start, end).toNanos() * 1e-9);
        assertThat(snapshot.time()).isBetween(sample.time(), end);
        assertThat(snapshot.instances()).extracting("id").containsExactly("a", "starting");
        assertThat(snapshot.instances().get(0).accelerator()).isEqualTo("h100");
        assertThat(snapshot.flow("chat")).isNotNull();
        assertThat(snapshot.groups()).isEmpty();
        assertThat(source.reports(FLEET).get("a").dialect()).isEqualTo(Dialect.VLLM);
        assertThat(source.reports(FLEET)).doesNotContainKey("starting");
    }

    /** Each of eight engines takes 200 ms, and one never answers: together they take one time-out, not the sum. */
    @Test
    void allAreScrapedAtOnce() throws IOException {
        for (int i = 0; i < 8; i++) {
            live.serve("e" + i, exchange -> {
                try {
                    live.closing.await(200, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                answer(exchange, 200, page(7));
            });
        }
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            live.engines.add(4, EngineEndpoint.of(instance("silent"), uri("http", silent.getLocalPort(), "")));
            EngineMetricsSource source = live.source(Duration.ofMillis(1500));
            long start = System.nanoTime();
            source.observe(FLEET, NOW);
            assertThat((System.nanoTime() - start) * 1e-9).isBetween(1.5, 2.8);
            assertThat(source.reports(FLEET)).hasSize(9);
            source.reports(FLEET)
                    .forEach((id, report) ->
                            assertThat(report.fault() == null).as(id).isEqualTo(!id.equals("silent")));
        }
    }

    @Test
    void aRestartInBetweenIsNotMeasured() {
        long[] tokens = {5000, 5100, 30, 130};
        AtomicInteger scrapes = new AtomicInteger();
        live.serve("a", exchange -> answer(exchange, 200, page(tokens[scrapes.getAndIncrement()])));
        EngineMetricsSource source = live.source(Duration.ofSeconds(5));
        source.observe(FLEET, NOW);
        assertHealthy(source.observe(FLEET, NOW), "a");
        InstanceSample restarted = sample(source.observe(FLEET, NOW), "a");

        assertThat(restarted.outputTokens()).isNaN();
        assertThat(restarted.meanRunning()).isNaN();
        assertThat(restarted.runningNow()).isEqualTo(4);
        assertThat(restarted.fault()).isNull();
        assertThat(source.reports(FLEET).get("a").restarts()).isEqualTo(1);
        assertHealthy(source.observe(FLEET, NOW), "a");
        assertThat(source.reports(FLEET).get("a").restarts()).isEqualTo(1);
    }

    @Test
    void labelsWithQuotesAndNewlines() {
        AtomicLong tokens = new AtomicLong();
        String labels = "{engine=\"0\",model_name=\"a \\\"quoted\\\"\\nname} 9\\\\\"}";
        live.serve(
                "a",
                exchange -> answer(
                        exchange,
                        200,
                        "vllm:num_requests_running" + labels + " 4\nvllm:generation_tokens_total" + labels + " "
                                + tokens.addAndGet(100) + "\n"));
        EngineMetricsSource source = live.source(Duration.ofSeconds(5));
        source.observe(FLEET, NOW);
        assertHealthy(source.observe(FLEET, NOW), "a");
    }

    @Test
    void anEngineThatLeftIsForgotten() {
        live.serveHealthy("a");
        EngineMetricsSource source = live.source(Duration.ofSeconds(5));
        source.observe(FLEET, NOW);
        List<EngineEndpoint> away = List.copyOf(live.engines);
        live.engines.clear();
        assertThat(source.observe(FLEET, NOW).instances()).isEmpty();
        assertThat(source.reports(FLEET)).isEmpty();
        live.engines.addAll(away);
        live.engines.addAll(away); // listed twice by mistake: scraped once
        FleetSnapshot snapshot = source.observe(FLEET, NOW);
        assertThat(snapshot.instances()).hasSize(2);
        assertThat(sample(snapshot, "a")).isNull();
        assertHealthy(source.observe(FLEET, NOW), "a");
    }

    @Test
    void tierSharesOfTheRouterDivideTheEngine() {
        live.serveHealthy("a");
        live.serveHealthy("b");
        live.serveHealthy("c");
        AtomicReference<Map<String, Long>> shares = new AtomicReference<>(Map.of("chat", 1L, "batch", 1L));
        TierShare share = id -> {
            if (id.equals("b")) {
                throw new IllegalStateException("unknown instance");
            }
            return id.equals("c") ? Map.of() : shares.get();
        };
        EngineMetricsSource source = new EngineMetricsSource(
                live.host, share, ScrapeConfig.DEFAULT.withTimeout(Duration.ofSeconds(5)), CLOCK);
        source.observe(FLEET, NOW);
        shares.set(Map.of("chat", 1L, "batch", 5L));
        InstanceSample sample = sample(source.observe(FLEET, NOW), "a");

        assertThat(sample.usage("chat").outputTokens()).isEqualTo(25);
        assertThat(sample.usage("batch").outputTokens()).isEqualTo(75);
        assertThat(sample.usage("batch").runningNow()).isEqualTo(3);
        assertThat(fault(source, "b")).contains("tier shares").contains("unknown instance");
        assertThat(fault(source, "c")).isEqualTo("tier shares: none");
    }
}
