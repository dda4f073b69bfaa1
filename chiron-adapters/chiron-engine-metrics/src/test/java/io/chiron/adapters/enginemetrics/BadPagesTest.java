package io.chiron.adapters.enginemetrics;

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
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Engines that answer with what is no page, without end, or not at all: named, bounded, and harmless to the others. */
@Timeout(20)
class BadPagesTest {
    private final LoopbackEngines live = new LoopbackEngines();

    @AfterEach
    void stop() {
        live.close();
    }

    @Test
    void aPageOfAGigabyteIsCutAtTheBound() throws InterruptedException {
        byte[] chunk = "vllm:num_requests_running 4\n".repeat(40_000).getBytes(StandardCharsets.UTF_8);
        AtomicLong written = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(1);
        live.serve("huge", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, 0);
                while (written.get() < 1L << 30) {
                    exchange.getResponseBody().write(chunk);
                    written.addAndGet(chunk.length);
                }
            } finally {
                ended.countDown();
            }
        });
        live.serveHealthy("good");
        EngineMetricsSource source = live.source(
                ScrapeConfig.DEFAULT.withTimeout(Duration.ofSeconds(8)).withMaxPageBytes(1 << 20));
        source.observe(FLEET, NOW);
        assertThat(fault(source, "huge")).isEqualTo("the page is larger than 1048576 bytes");
        assertThat(ended.await(8, TimeUnit.SECONDS)).isTrue(); // the connection was closed, nothing reads on
        assertThat(written.get()).isLessThan(100 << 20);
        assertHealthy(source.observe(FLEET, NOW), "good");
    }

    @Test
    void aPageThatNeverEndsRunsIntoTheTimeout() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        live.serve("endless", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, 0);
                while (!live.closing.await(5, TimeUnit.MILLISECONDS)) {
                    exchange.getResponseBody().write("vllm:num_requests_running 4\n".getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                }
            } catch (IOException e) {
                closed.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        live.serveHealthy("good");
        EngineMetricsSource source = live.source(Duration.ofMillis(700));
        long start = System.nanoTime();
        source.observe(FLEET, NOW);
        assertHealthy(source.observe(FLEET, NOW), "good");
        assertThat((System.nanoTime() - start) * 1e-9).isBetween(1.4, 5.0);
        assertThat(fault(source, "endless")).isEqualTo("no complete page within 700 ms");
        assertThat(closed.await(8, TimeUnit.SECONDS)).isTrue(); // the connection is not left open
    }

    @Test
    void anEngineThatNeverAnswersRunsIntoTheTimeout() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            live.engines.add(EngineEndpoint.of(instance("silent"), uri("http", silent.getLocalPort(), "")));
            EngineMetricsSource source = live.source(Duration.ofMillis(200));
            source.observe(FLEET, NOW);
            assertThat(fault(source, "silent")).isEqualTo("no complete page within 200 ms");
        }
    }

    @Test
    void whatIsNoPageIsAFaultWithWords() throws IOException {
        live.serve("html", exchange -> answer(exchange, 200, "<html><body>Sign in</body></html>"));
        live.serve("error", exchange -> answer(exchange, 500, page(1)));
        live.serve("moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/good");
            answer(exchange, 302, "");
        });
        live.serve("empty", exchange -> answer(exchange, 200, ""));
        live.serve("other", exchange -> answer(exchange, 200, "go_goroutines 7\n"));
        live.serve("short", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(page(1).getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        live.engines.add(EngineEndpoint.of(instance("gone"), uri("http", free, "")));
        live.serveHealthy("good");

        EngineMetricsSource source = live.source(Duration.ofSeconds(5));
        source.observe(FLEET, NOW);
        FleetSnapshot snapshot = source.observe(FLEET, NOW);

        assertThat(fault(source, "html")).isEqualTo("the page is HTML or XML, not metrics");
        assertThat(fault(source, "error")).isEqualTo("HTTP 500");
        assertThat(fault(source, "moved")).isEqualTo("HTTP 302");
        assertThat(fault(source, "empty")).isEqualTo("the page has no series");
        assertThat(fault(source, "other")).isEqualTo("the page has the running requests of no known engine");
        assertThat(fault(source, "short")).isNotBlank();
        assertThat(fault(source, "gone")).isEqualTo("cannot connect");
        assertThat(fault(source, "good")).isNull();
        assertHealthy(snapshot, "good");
        assertThat(snapshot.instances())
                .hasSize(8)
                .filteredOn(one -> one.sample() != null)
                .hasSize(1);
    }

    @Test
    void aBadPageLeavesTheLastSampleWhichGrowsOld() {
        AtomicInteger scrapes = new AtomicInteger();
        live.serve("a", exchange -> {
            int n = scrapes.incrementAndGet();
            answer(exchange, n == 3 ? 503 : 200, page(100L * n));
        });
        EngineMetricsSource source = live.source(Duration.ofSeconds(5));
        source.observe(FLEET, NOW);
        InstanceSample second = sample(source.observe(FLEET, NOW), "a");
        InstanceSample third = sample(source.observe(FLEET, NOW), "a");
        EngineReport report = source.reports(FLEET).get("a");
        InstanceSample fourth = sample(source.observe(FLEET, NOW), "a");

        assertThat(third).isSameAs(second);
        assertThat(report.fault()).isEqualTo("HTTP 503");
        assertThat(report.time()).isAfter(third.time());
        assertThat(report.dialect()).isEqualTo(Dialect.VLLM);
        assertThat(fourth.outputTokens()).isEqualTo(200); // since the last page that could be read
        assertThat(fourth.windowSeconds())
                .isGreaterThan(Duration.between(second.time(), report.time()).toNanos() * 1e-9);
    }
}
