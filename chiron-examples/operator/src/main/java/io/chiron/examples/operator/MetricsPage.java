package io.chiron.examples.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** What the operator shows of itself: {@code /metrics} and {@code /healthz}. */
final class MetricsPage implements AutoCloseable {
    private final HttpServer server;

    MetricsPage(int port, PrometheusMeterRegistry registry, BooleanSupplier alive) throws IOException {
        server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/metrics", exchange -> answer(exchange, 200, registry.scrape()));
        server.createContext("/healthz", exchange -> {
            boolean well = alive.getAsBoolean();
            answer(exchange, well ? 200 : 503, well ? "ok\n" : "no tick for ten periods\n");
        });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
