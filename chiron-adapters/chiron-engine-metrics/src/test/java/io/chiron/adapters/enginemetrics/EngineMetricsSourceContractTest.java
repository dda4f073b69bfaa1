package io.chiron.adapters.enginemetrics;

import com.sun.net.httpserver.HttpServer;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.RequestClass;
import io.chiron.api.RequestGroup;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.core.PollingSource;
import io.chiron.testkit.MetricSourceContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;

/** As a tick wants it: behind the polling source. While it is broken, the engine answers with an error. */
class EngineMetricsSourceContractTest extends MetricSourceContract {
    private static final Slo SLO = new Slo(Duration.ofSeconds(10), Duration.ofMillis(200));

    private final ExecutorService poller = Executors.newSingleThreadExecutor();
    private final HttpServer server = server();
    private final AtomicLong tokens = new AtomicLong();
    private volatile boolean broken;
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final MetricSource source = polled();

    private HttpServer server() {
        try {
            HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            http.createContext("/", exchange -> {
                byte[] page = ("vllm:num_requests_running 4\nvllm:num_requests_waiting 1\nvllm:generation_tokens_total "
                                + tokens.addAndGet(100) + "\n")
                        .getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(broken ? 503 : 200, page.length);
                exchange.getResponseBody().write(page);
                exchange.close();
            });
            http.start();
            return http;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MetricSource polled() {
        InstanceSnapshot instance = InstanceSnapshot.of("i0", Pool.MIXED, Phase.READY, null);
        URI page = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/metrics");
        EngineHost host = new EngineHost() {
            @Override
            public List<EngineEndpoint> engines(String fleet) {
                return fleet.equals(fleet()) ? List.of(EngineEndpoint.of(instance, page)) : List.of();
            }

            @Override
            public List<TierFlow> flows(String fleet, Instant at) {
                return List.of(TierFlow.idle("chat", at));
            }

            @Override
            public List<RequestGroup> groups(String fleet, Instant at) {
                return List.of();
            }
        };
        InstantSource clock = () -> now;
        return new PollingSource(
                new EngineMetricsSource(host, TierShare.single("chat"), ScrapeConfig.DEFAULT, clock), poller);
    }

    @AfterEach
    void stop() {
        server.stop(0);
        poller.shutdownNow();
    }

    @Override
    protected MetricSource source() {
        return source;
    }

    @Override
    protected String fleet() {
        return "llama";
    }

    @Override
    protected List<SloTier> tiers() {
        return List.of(new SloTier("chat", RequestClass.INTERACTIVE, SLO));
    }

    @Override
    protected Instant now() {
        return now;
    }

    /** Two polls have ended: one began before this second, the other in it. */
    @Override
    protected void pass() {
        now = now.plusSeconds(1);
        for (int i = 0; i < 2; i++) {
            source.observe(fleet(), now);
            try {
                poller.submit(() -> {}).get();
            } catch (InterruptedException | ExecutionException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Override
    protected void breakDown() {
        broken = true;
    }

    @Override
    protected void repair() {
        broken = false;
    }
}
