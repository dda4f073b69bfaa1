package io.chiron.adapters.enginemetrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.RequestGroup;
import io.chiron.api.TierFlow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Engines on loopback whose pages a test writes, and a host that has them. */
final class LoopbackEngines implements AutoCloseable {
    static final String FLEET = "llama";
    static final InstantSource CLOCK = InstantSource.system();
    static final Instant NOW = Instant.EPOCH; // observe() takes the time of its pages from the clock

    final ExecutorService threads = Executors.newCachedThreadPool();
    final CountDownLatch closing = new CountDownLatch(1);
    final List<EngineEndpoint> engines = new ArrayList<>();
    private final HttpServer server;

    /** The host of the test: the engines above, and flows without traffic. */
    final EngineHost host = new EngineHost() {
        @Override
        public List<EngineEndpoint> engines(String fleet) {
            return engines;
        }

        @Override
        public List<TierFlow> flows(String fleet, Instant now) {
            return List.of(TierFlow.idle("chat", now));
        }

        @Override
        public List<RequestGroup> groups(String fleet, Instant now) {
            return List.of();
        }
    };

    LoopbackEngines() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.start();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    EngineMetricsSource source(Duration timeout) {
        return source(ScrapeConfig.DEFAULT.withTimeout(timeout));
    }

    EngineMetricsSource source(ScrapeConfig config) {
        return new EngineMetricsSource(host, TierShare.single("chat"), config, CLOCK);
    }

    void serve(String id, HttpHandler handler) {
        server.createContext("/" + id, handler);
        engines.add(
                EngineEndpoint.of(instance(id), uri("http", server.getAddress().getPort(), id)));
    }

    static InstanceSnapshot instance(String id) {
        return InstanceSnapshot.of(id, Pool.MIXED, Phase.READY, null).withAccelerator("h100");
    }

    static URI uri(String scheme, int port, String id) {
        return URI.create(scheme + "://127.0.0.1:" + port + "/" + id);
    }

    static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    static String page(long tokens) {
        return "vllm:num_requests_running 4\nvllm:num_requests_waiting 1\nvllm:generation_tokens_total " + tokens
                + "\n";
    }

    /** A healthy engine that makes 100 tokens per scrape. */
    void serveHealthy(String id) {
        AtomicLong tokens = new AtomicLong();
        serve(id, exchange -> answer(exchange, 200, page(tokens.addAndGet(100))));
    }

    static InstanceSample sample(FleetSnapshot snapshot, String id) {
        return snapshot.instances().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow()
                .sample();
    }

    static void assertHealthy(FleetSnapshot snapshot, String id) {
        assertThat(sample(snapshot, id).outputTokens()).isEqualTo(100);
    }

    static String fault(EngineMetricsSource source, String id) {
        return source.reports(FLEET).get(id).fault();
    }
}
