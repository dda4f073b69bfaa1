package io.chiron.examples.operator;

import com.sun.net.httpserver.HttpServer;
import io.chiron.adapters.enginemetrics.Dialect;
import io.chiron.adapters.enginemetrics.EngineEndpoint;
import io.chiron.api.Checks;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Instances whose pages were recorded: a folder for each, its files in the order of their names, served on loopback. */
final class RecordedPages implements Supplier<List<EngineEndpoint>>, AutoCloseable {
    private final Map<String, List<Path>> pages;
    private final OperatorConfig.Engine engine;
    private final Instant since;
    private final HttpServer server;
    private final AtomicInteger step = new AtomicInteger();

    /** @throws IllegalArgumentException if there is nothing in {@code folder} */
    RecordedPages(Path folder, OperatorConfig.Engine engine, Instant now) throws IOException {
        this.pages = read(folder);
        this.engine = engine;
        this.since = now.minusSeconds(3600);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pages.forEach((id, files) -> server.createContext("/" + id, exchange -> {
            byte[] body = Files.readAllBytes(files.get(Math.min(step.get(), files.size() - 1)));
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        }));
        server.start();
    }

    /** Goes on to the next page of every instance; false if there is none. */
    boolean advance() {
        int next = step.incrementAndGet();
        return pages.values().stream().anyMatch(files -> next < files.size());
    }

    @Override
    public List<EngineEndpoint> get() {
        List<EngineEndpoint> endpoints = new ArrayList<>();
        for (String id : pages.keySet()) {
            endpoints.add(new EngineEndpoint(
                    InstanceSnapshot.of(id, Pool.MIXED, Phase.READY, since),
                    URI.create("http://" + server.getAddress().getHostString() + ":"
                            + server.getAddress().getPort() + "/" + id),
                    Dialect.AUTO,
                    engine.kvCapacityTokens(),
                    engine.iterationBudgetTokens()));
        }
        return endpoints;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static Map<String, List<Path>> read(Path folder) throws IOException {
        Map<String, List<Path>> pages = new TreeMap<>();
        if (Files.isDirectory(folder)) {
            for (Path pod : list(folder)) {
                List<Path> files = Files.isDirectory(pod) ? list(pod) : List.of();
                if (!files.isEmpty()) {
                    pages.put(pod.getFileName().toString(), files);
                }
            }
        }
        if (pages.isEmpty()) {
            throw Checks.outOfRange("--pages", folder, "a folder with a folder of pages for each instance");
        }
        return pages;
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }
}
