package io.chiron.examples.router.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.core.waiting.LengthStats;
import io.chiron.examples.router.host.FakeEngine.Script;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The router on engines that misbehave, and for clients that do. */
@Timeout(60)
class RouterNodeTest {
    private static final String PAGE = "vllm:num_requests_running 0\nvllm:generation_tokens_total 1\n";
    private static final String WHOLE = "{\"prompt\":\"hello\",\"max_tokens\":3}";
    private static final String STREAM = "{\"prompt\":\"hello\",\"max_tokens\":3,\"stream\":true}";

    private final HttpClient client = HttpClient.newHttpClient();
    private FakeEngine engine;
    private RouterNode node;

    @AfterEach
    void end() {
        node.close();
        engine.close();
    }

    @Test
    void streamsTokensAndAnswersWhole() throws Exception {
        start(PAGE, (exchange, turn) -> FakeEngine.stream(exchange, 3, false));

        String streamed = send("interactive", STREAM).body();
        String whole = send("batch", WHOLE).body();
        String batchStream = send("batch", STREAM).body();

        assertThat(streamed).contains("\"t0\"", "\"t1\"", "\"t2\"").endsWith("data: [DONE]\n\n");
        assertThat(whole).contains("\"text\":\"t0t1t2\"", "\"completion_tokens\":3", "\"finish_reason\":\"length\"");
        assertThat(batchStream).contains("\"t2\"").endsWith("data: [DONE]\n\n");
        assertThat(get("/metrics")).contains("chiron_router_finished_total{class=\"batch\"} 2");
        assertThat(get("/")).contains("<title>Chiron router</title>");
        assertThat(get("/fleet.json")).contains("\"id\":\"u1\"");
        assertThat(get("/healthz")).isEqualTo("ok\n");
    }

    @Test
    void aStreamWhoseEngineDiesGetsAnErrorEvent() throws Exception {
        start(PAGE, (exchange, turn) -> FakeEngine.stream(exchange, 2, true));

        String body = send("interactive", STREAM).body();

        assertThat(body).contains("\"t1\"", "the engine failed").doesNotContain("[DONE]");
        assertThat(node.unfinished()).isZero();
    }

    @Test
    void aBatchRequestWhoseEngineDiesBeginsAnewAndIsAnsweredOnce() throws Exception {
        start(PAGE, (exchange, turn) -> FakeEngine.stream(exchange, 3, turn <= 8));

        HttpResponse<String> answer = send("batch", WHOLE);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"text\":\"t0t1t2\"");
        assertThat(engine.asked).hasValue(9);
        assertThat(node.stats().requeues()).isEqualTo(8);
        assertThat(node.stats().tokens()).isEqualTo(new Stats.Tokens(3, 27));
    }

    @Test
    void anInteractiveRequestThatHasNotBegunIsTriedElsewhereButNotForEver() throws Exception {
        start(PAGE, (exchange, turn) -> FakeEngine.text(exchange, 500, "{\"error\":{\"message\":\"no memory\"}}"));

        HttpResponse<String> answer = send("interactive", WHOLE);

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).contains("no memory");
        assertThat(engine.asked).hasValue(5);
    }

    @Test
    void whatTheEngineRefusesIsTheClientsFault() throws Exception {
        start(PAGE, (exchange, turn) -> FakeEngine.text(exchange, 400, "{\"error\":{\"message\":\"max_tokens = 9\"}}"));

        HttpResponse<String> answer = send("batch", WHOLE);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("max_tokens = 9");
        assertThat(engine.asked).hasValue(1);
    }

    @Test
    void aBodyOf100MegabytesIsRefusedUnread() throws Exception {
        start(PAGE, (exchange, turn) -> FakeEngine.stream(exchange, 3, false));
        AtomicBoolean readToTheEnd = new AtomicBoolean();
        InputStream endless = new InputStream() {
            private long left = 100 << 20;

            @Override
            public int read() {
                readToTheEnd.set(left == 0);
                return left-- > 0 ? ' ' : -1;
            }
        };

        // Chunked: the length is not told beforehand.
        int status = status(BodyPublishers.ofInputStream(() -> endless));

        assertThat(status).isIn(413, -1);
        assertThat(readToTheEnd).isFalse();
        assertThat(engine.asked).hasValue(0);
        assertThat(declared(100 << 20)).contains("413");
        assertThat(send("interactive", WHOLE).statusCode()).isEqualTo(200);
    }

    @Test
    void badFieldsAreNamedWithWhatIsAllowed() throws Exception {
        start(PAGE, (exchange, turn) -> FakeEngine.stream(exchange, 3, false));

        assertThat(send("urgent", WHOLE).body()).contains("X-Chiron-Class", "urgent", "interactive, batch");
        assertThat(send("batch", "{\"prompt\":7}").body()).contains("prompt = 7 is not allowed; allowed: a text");
        assertThat(send("batch", "{\"prompt\":\"a\",\"n\":2}").body()).contains("n = 2 is not allowed");
        assertThat(send("batch", "[").body()).contains("not a JSON object");
        HttpRequest late = request("batch", WHOLE)
                .header("X-Chiron-Deadline-Seconds", "-1")
                .build();
        assertThat(client.send(late, HttpResponse.BodyHandlers.ofString()).body())
                .contains("X-Chiron-Deadline-Seconds = -1.0 is not allowed");
        assertThat(engine.asked).hasValue(0);
    }

    @Test
    void aClientThatStopsReadingIsGivenUp() throws Exception {
        CountDownLatch cut = new CountDownLatch(1);
        String event = "{\"choices\":[{\"text\":\"" + "x".repeat(100_000) + "\",\"finish_reason\":null}]}";
        start(PAGE, (exchange, turn) -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                for (int i = 0; i < 2_000; i++) {
                    FakeEngine.event(exchange.getResponseBody(), event);
                }
            } finally {
                cut.countDown();
            }
        });

        try (Socket lazy = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            lazy.setReceiveBufferSize(1024);
            lazy.getOutputStream().write(raw(STREAM.length(), STREAM));

            assertThat(cut.await(30, TimeUnit.SECONDS)).isTrue();
            until(() -> node.unfinished() == 0);
        }
        assertThat(get("/metrics")).contains("chiron_router_left_total{class=\"interactive\"} 1");
    }

    @Test
    void aPageOfHtmlInsteadOfMetricsHoldsTheLimits() throws Exception {
        start("<html><body>hello</body></html>", (exchange, turn) -> FakeEngine.stream(exchange, 3, false));

        assertThat(send("interactive", WHOLE).statusCode()).isEqualTo(200);
        assertThat(get("/fleet.json")).contains("\"softInteractive\":4");
    }

    @Test
    void drainingFinishesWhatWasAcceptedAndRefusesTheRest() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        start(PAGE, (exchange, turn) -> {
            running.countDown();
            try {
                go.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            FakeEngine.stream(exchange, 3, false);
        });
        CompletableFuture<HttpResponse<String>> accepted =
                client.sendAsync(request("batch", WHOLE).build(), HttpResponse.BodyHandlers.ofString());
        running.await();

        // On a thread of its own: what waits in the common pool, which may have one thread, holds up the HTTP client.
        CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return node.drain(Duration.ofSeconds(30));
                    } catch (InterruptedException stopped) {
                        return false;
                    }
                },
                work -> new Thread(work, "drain").start());
        until(() -> get("/healthz").contains("shutting down"));
        HttpResponse<String> refused = send("batch", WHOLE);
        go.countDown();

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(accepted.get().body()).contains("\"text\":\"t0t1t2\"");
        assertThat(drained.get()).isTrue();
    }

    @Test
    void anEngineThatIsGoneAndComesBackServesAgain() throws Exception {
        start(PAGE, (exchange, turn) -> FakeEngine.stream(exchange, 3, false));
        engine.close();

        CompletableFuture<HttpResponse<String>> waits =
                client.sendAsync(request("batch", WHOLE).build(), HttpResponse.BodyHandlers.ofString());
        until(() -> node.ready() == 0);

        assertThat(get("/healthz")).contains("no engine is ready");
        assertThat(waits).isNotDone();
        assertThat(node.unfinished()).isEqualTo(1);
    }

    private void start(String metrics, Script script) throws Exception {
        engine = new FakeEngine(metrics, script);
        RouterSettings settings = new RouterSettings(
                RouterSettings.tiers(
                        Duration.ofSeconds(2), Duration.ofMillis(100), Duration.ofHours(1), Duration.ofSeconds(1)),
                1000,
                1 << 20,
                4,
                4,
                32,
                0.15,
                LengthStats.guess(64, 64, 1),
                null);
        node = RouterNode.onUpstreams(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), settings, List.of(engine.uri()));
        until(() -> get("/fleet.json").contains("softInteractive") && node.ready() == 1);
    }

    private HttpRequest.Builder request(String requestClass, String body) {
        return HttpRequest.newBuilder(uri("/v1/completions"))
                .header("X-Chiron-Class", requestClass)
                .POST(BodyPublishers.ofString(body));
    }

    private HttpResponse<String> send(String requestClass, String body) throws Exception {
        return client.send(request(requestClass, body).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The status, or -1 if the connection was closed while the body was sent. */
    private int status(BodyPublisher body) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(uri("/v1/completions")).POST(body).build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        } catch (java.io.IOException closed) {
            return -1;
        }
    }

    /** What is answered to a length alone. */
    private String declared(int length) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(raw(length, ""));
            out.flush();
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8);
        }
    }

    private static byte[] raw(int length, String body) {
        return ("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private String get(String path) {
        try {
            return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return "";
        } catch (java.io.IOException failed) {
            return failed.toString();
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + node.port() + path);
    }

    /** The time-out of the test interrupts a wait for what never comes. */
    private static void until(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(2_000_000);
            if (Thread.interrupted()) {
                throw new InterruptedException("never came");
            }
        }
    }
}
