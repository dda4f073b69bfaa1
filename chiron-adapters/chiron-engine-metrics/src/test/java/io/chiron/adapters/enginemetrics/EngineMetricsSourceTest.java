package io.chiron.adapters.enginemetrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.RequestGroup;
import io.chiron.api.TierFlow;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Live pages on loopback. */
@Timeout(20)
class EngineMetricsSourceTest {
    private static final String FLEET = "llama";
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Instant NOW = Instant.EPOCH; // observe() takes the time of its pages from the clock

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<EngineEndpoint> engines = new ArrayList<>();
    private HttpServer server;

    /** The host of the test: the engines above, and flows without traffic. */
    private final EngineHost host = new EngineHost() {
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

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private EngineMetricsSource source(Duration timeout) {
        return source(ScrapeConfig.DEFAULT.withTimeout(timeout));
    }

    private EngineMetricsSource source(ScrapeConfig config) {
        return new EngineMetricsSource(host, TierShare.single("chat"), config, CLOCK);
    }

    private void serve(String id, HttpHandler handler) {
        server.createContext("/" + id, handler);
        engines.add(
                EngineEndpoint.of(instance(id), uri("http", server.getAddress().getPort(), id)));
    }

    private static InstanceSnapshot instance(String id) {
        return InstanceSnapshot.of(id, Pool.MIXED, Phase.READY, null).withAccelerator("h100");
    }

    private static URI uri(String scheme, int port, String id) {
        return URI.create(scheme + "://127.0.0.1:" + port + "/" + id);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String page(long tokens) {
        return "vllm:num_requests_running 4\nvllm:num_requests_waiting 1\nvllm:generation_tokens_total " + tokens
                + "\n";
    }

    /** A healthy engine that makes 100 tokens per scrape. */
    private void serveHealthy(String id) {
        AtomicLong tokens = new AtomicLong();
        serve(id, exchange -> answer(exchange, 200, page(tokens.addAndGet(100))));
    }

    private static InstanceSample sample(FleetSnapshot snapshot, String id) {
        return snapshot.instances().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow()
                .sample();
    }

    private void assertHealthy(FleetSnapshot snapshot, String id) {
        assertThat(sample(snapshot, id).outputTokens()).isEqualTo(100);
    }

    private static String fault(EngineMetricsSource source, String id) {
        return source.reports(FLEET).get(id).fault();
    }

    @Test
    void measuresFromTheSecondPageOn() {
        serveHealthy("a");
        engines.add(new EngineEndpoint(
                InstanceSnapshot.of("starting", Pool.BATCH, Phase.STARTING, null), null, Dialect.AUTO, 1, 1));
        EngineMetricsSource source = source(Duration.ofSeconds(5));
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

    @Test
    void aPageOfAGigabyteIsCutAtTheBound() throws InterruptedException {
        byte[] chunk = "vllm:num_requests_running 4\n".repeat(40_000).getBytes(StandardCharsets.UTF_8);
        AtomicLong written = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(1);
        serve("huge", exchange -> {
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
        serveHealthy("good");
        EngineMetricsSource source =
                source(ScrapeConfig.DEFAULT.withTimeout(Duration.ofSeconds(8)).withMaxPageBytes(1 << 20));
        source.observe(FLEET, NOW);
        assertThat(fault(source, "huge")).isEqualTo("the page is larger than 1048576 bytes");
        assertThat(ended.await(8, TimeUnit.SECONDS)).isTrue(); // the connection was closed, nothing reads on
        assertThat(written.get()).isLessThan(100 << 20);
        assertHealthy(source.observe(FLEET, NOW), "good");
    }

    @Test
    void aPageThatNeverEndsRunsIntoTheTimeout() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        serve("endless", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, 0);
                while (!closing.await(5, TimeUnit.MILLISECONDS)) {
                    exchange.getResponseBody().write("vllm:num_requests_running 4\n".getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                }
            } catch (IOException e) {
                closed.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        serveHealthy("good");
        EngineMetricsSource source = source(Duration.ofMillis(700));
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
            engines.add(EngineEndpoint.of(instance("silent"), uri("http", silent.getLocalPort(), "")));
            EngineMetricsSource source = source(Duration.ofMillis(200));
            source.observe(FLEET, NOW);
            assertThat(fault(source, "silent")).isEqualTo("no complete page within 200 ms");
        }
    }

    /** Each of eight engines takes 200 ms, and one never answers: together they take one time-out, not the sum. */
    @Test
    void allAreScrapedAtOnce() throws IOException {
        for (int i = 0; i < 8; i++) {
            serve("e" + i, exchange -> {
                try {
                    closing.await(200, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                answer(exchange, 200, page(7));
            });
        }
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            engines.add(4, EngineEndpoint.of(instance("silent"), uri("http", silent.getLocalPort(), "")));
            EngineMetricsSource source = source(Duration.ofMillis(1500));
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
    void whatIsNoPageIsAFaultWithWords() throws IOException {
        serve("html", exchange -> answer(exchange, 200, "<html><body>Sign in</body></html>"));
        serve("error", exchange -> answer(exchange, 500, page(1)));
        serve("moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/good");
            answer(exchange, 302, "");
        });
        serve("empty", exchange -> answer(exchange, 200, ""));
        serve("other", exchange -> answer(exchange, 200, "go_goroutines 7\n"));
        serve("short", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(page(1).getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        engines.add(EngineEndpoint.of(instance("gone"), uri("http", free, "")));
        serveHealthy("good");

        EngineMetricsSource source = source(Duration.ofSeconds(5));
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
        serve("a", exchange -> {
            int n = scrapes.incrementAndGet();
            answer(exchange, n == 3 ? 503 : 200, page(100L * n));
        });
        EngineMetricsSource source = source(Duration.ofSeconds(5));
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

    @Test
    void aRestartInBetweenIsNotMeasured() {
        long[] tokens = {5000, 5100, 30, 130};
        AtomicInteger scrapes = new AtomicInteger();
        serve("a", exchange -> answer(exchange, 200, page(tokens[scrapes.getAndIncrement()])));
        EngineMetricsSource source = source(Duration.ofSeconds(5));
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
        serve(
                "a",
                exchange -> answer(
                        exchange,
                        200,
                        "vllm:num_requests_running" + labels + " 4\nvllm:generation_tokens_total" + labels + " "
                                + tokens.addAndGet(100) + "\n"));
        EngineMetricsSource source = source(Duration.ofSeconds(5));
        source.observe(FLEET, NOW);
        assertHealthy(source.observe(FLEET, NOW), "a");
    }

    @Test
    void anEngineThatLeftIsForgotten() {
        serveHealthy("a");
        EngineMetricsSource source = source(Duration.ofSeconds(5));
        source.observe(FLEET, NOW);
        List<EngineEndpoint> away = List.copyOf(engines);
        engines.clear();
        assertThat(source.observe(FLEET, NOW).instances()).isEmpty();
        assertThat(source.reports(FLEET)).isEmpty();
        engines.addAll(away);
        engines.addAll(away); // listed twice by mistake: scraped once
        FleetSnapshot snapshot = source.observe(FLEET, NOW);
        assertThat(snapshot.instances()).hasSize(2);
        assertThat(sample(snapshot, "a")).isNull();
        assertHealthy(source.observe(FLEET, NOW), "a");
    }

    @Test
    void tierSharesOfTheRouterDivideTheEngine() {
        serveHealthy("a");
        serveHealthy("b");
        serveHealthy("c");
        AtomicReference<Map<String, Long>> shares = new AtomicReference<>(Map.of("chat", 1L, "batch", 1L));
        TierShare share = id -> {
            if (id.equals("b")) {
                throw new IllegalStateException("unknown instance");
            }
            return id.equals("c") ? Map.of() : shares.get();
        };
        EngineMetricsSource source =
                new EngineMetricsSource(host, share, ScrapeConfig.DEFAULT.withTimeout(Duration.ofSeconds(5)), CLOCK);
        source.observe(FLEET, NOW);
        shares.set(Map.of("chat", 1L, "batch", 5L));
        InstanceSample sample = sample(source.observe(FLEET, NOW), "a");

        assertThat(sample.usage("chat").outputTokens()).isEqualTo(25);
        assertThat(sample.usage("batch").outputTokens()).isEqualTo(75);
        assertThat(sample.usage("batch").runningNow()).isEqualTo(3);
        assertThat(fault(source, "b")).contains("tier shares").contains("unknown instance");
        assertThat(fault(source, "c")).isEqualTo("tier shares: none");
    }

    @Test
    void sendsTheTokenAndNeverTellsIt() {
        AtomicReference<String> seen = new AtomicReference<>();
        serve("a", exchange -> {
            seen.set(exchange.getRequestHeaders().getFirst("Authorization"));
            answer(exchange, 200, page(1));
        });
        AtomicReference<String> token = new AtomicReference<>("s3cret");
        EngineMetricsSource source =
                source(ScrapeConfig.DEFAULT.withTimeout(Duration.ofSeconds(5)).withBearerToken(token::get));
        source.observe(FLEET, NOW);
        assertThat(seen.get()).isEqualTo("Bearer s3cret");
        token.set(null);
        source.observe(FLEET, NOW);
        assertThat(seen.get()).isNull();
        token.set("s3cret\r\nX: y");
        source.observe(FLEET, NOW);
        assertThat(fault(source, "a")).contains("bearer token").doesNotContain("s3cret");
    }

    @Test
    void verifiesTls(@TempDir Path dir) throws Exception {
        SSLContext tls = selfSigned(dir);
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        secure.setExecutor(threads);
        secure.createContext("/", exchange -> answer(exchange, 200, page(1)));
        secure.start();
        try {
            engines.add(EngineEndpoint.of(
                    instance("a"), uri("https", secure.getAddress().getPort(), "")));
            ScrapeConfig config = ScrapeConfig.DEFAULT.withTimeout(Duration.ofSeconds(5));
            EngineMetricsSource trusting = source(config.withTls(tls));
            trusting.observe(FLEET, NOW);
            assertThat(fault(trusting, "a")).isNull();
            EngineMetricsSource unknowing = source(config);
            unknowing.observe(FLEET, NOW);
            assertThat(fault(unknowing, "a")).containsIgnoringCase("certif");
        } finally {
            secure.stop(0);
        }
    }

    private static SSLContext selfSigned(Path dir) throws Exception {
        Path store = dir.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("out").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, "changeit".toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void refusesAnAddressThatIsNone() {
        assertThatThrownBy(() -> EngineEndpoint.of(instance("a"), URI.create("ftp://host/metrics")))
                .hasMessageContaining("endpoint.uri");
        assertThatThrownBy(() -> EngineEndpoint.of(instance("a"), URI.create("/metrics")))
                .hasMessageContaining("endpoint.uri");
        assertThatThrownBy(() -> ScrapeConfig.DEFAULT.withTimeout(Duration.ZERO))
                .hasMessageContaining("scrape.timeout");
    }
}
