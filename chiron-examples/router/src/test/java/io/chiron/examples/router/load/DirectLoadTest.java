package io.chiron.examples.router.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.chiron.examples.router.http.Answer;
import io.chiron.examples.router.load.DirectLoad.Outcome;
import io.chiron.examples.router.load.DirectLoad.Sent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DirectLoadTest {
    private static final int CAP = 2;

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    /** Requests end in pairs: with less than the cap in flight none would. */
    private final CyclicBarrier pair = new CyclicBarrier(CAP);

    @Test
    void asManyAreInFlightAsTheCapAllowsAndEachTokenCounts() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/v1/completions", this::answer);
        server.start();
        try {
            URI engine = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            Outcome outcome = new DirectLoad(engine, CAP)
                    .run(List.of(new Sent(0, 3), new Sent(0, 4), new Sent(0, 5), new Sent(0.01, 2)));
            assertThat(most).hasValue(CAP);
            assertThat(outcome.tokens()).isEqualTo(14);
            assertThat(outcome.promptTokens()).isEqualTo(7);
            assertThat(outcome.httpSeconds()).isPositive();
            assertThat(outcome.medianTtftSeconds()).isPositive();
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode body = Answer.JSON.readTree(exchange.getRequestBody());
        int tokens = body.path("max_tokens").asInt();
        if (tokens == 0) {
            exchange.sendResponseHeaders(400, -1);
            exchange.close();
            return;
        }
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        exchange.sendResponseHeaders(200, 0);
        for (int i = 0; i < tokens; i++) {
            event(exchange, "{\"choices\":[{\"text\":\"t\",\"finish_reason\":null}]}");
        }
        meet();
        running.decrementAndGet();
        event(exchange, "{\"choices\":[{\"text\":\"\",\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens\":7}}");
        event(exchange, "[DONE]");
        exchange.close();
    }

    private void meet() throws IOException {
        try {
            pair.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException alone) {
            throw new IOException(alone);
        }
    }

    private static void event(HttpExchange exchange, String data) throws IOException {
        exchange.getResponseBody().write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
    }
}
