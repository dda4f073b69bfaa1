package io.chiron.examples.router.host;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine that does as it is told. */
final class FakeEngine implements AutoCloseable {
    /** What it does with a completion. */
    interface Script {
        void answer(HttpExchange exchange, int turn) throws IOException;
    }

    final AtomicInteger asked = new AtomicInteger();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    FakeEngine(String metrics, Script script) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/health", exchange -> text(exchange, 200, "ok"));
        server.createContext("/metrics", exchange -> text(exchange, 200, metrics));
        server.createContext("/v1/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            script.answer(exchange, asked.incrementAndGet());
        });
        server.start();
    }

    static void text(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** Streams some tokens; then ends well, or dies. */
    static void stream(HttpExchange exchange, int tokens, boolean dies) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        for (int i = 0; i < tokens; i++) {
            event(out, "{\"choices\":[{\"index\":0,\"text\":\"t" + i + "\",\"finish_reason\":null}]}");
        }
        if (dies) {
            // Neither a last chunk nor a length: the reader sees the connection break.
            throw new IOException("dies");
        }
        event(out, "{\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":\"length\"}]}");
        event(out, "[DONE]");
        exchange.close();
    }

    static void event(OutputStream out, String data) throws IOException {
        out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
