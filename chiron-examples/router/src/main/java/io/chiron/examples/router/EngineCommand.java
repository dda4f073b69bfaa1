package io.chiron.examples.router;

import io.chiron.api.Checks;
import io.chiron.examples.router.engine.EngineCounters;
import io.chiron.examples.router.engine.EngineServer;
import io.chiron.examples.router.engine.IterationLog;
import io.chiron.examples.router.engine.LlamaEngine;
import io.chiron.examples.router.engine.RandomModel;
import io.chiron.examples.router.host.EngineOptions;
import io.chiron.examples.router.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One engine as a process: the router's own children, or an upstream to try a router on. */
@Command(
        name = "engine",
        mixinStandardHelpOptions = true,
        description = "Serves one llama.cpp engine on a small model with random weights, on the loopback interface.")
final class EngineCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            defaultValue = "0",
            description = "Port; 0 takes any that is free (default: ${DEFAULT-VALUE}).")
    int port;

    @Option(
            names = "--model",
            description = "GGUF file; written first if it is not there (default: in the temporary folder).")
    Path model = defaultModel();

    @Option(names = "--slots", defaultValue = "32", description = "Most sequences at once (default: ${DEFAULT-VALUE}).")
    int slots;

    @Option(
            names = "--context",
            defaultValue = "256",
            description = "Tokens of prompt and output of one sequence (default: ${DEFAULT-VALUE}).")
    int contextTokens;

    @Option(names = "--threads", defaultValue = "1", description = "Threads that compute (default: ${DEFAULT-VALUE}).")
    int threads;

    @Option(
            names = "--iterations",
            description = "Writes what each iteration computed and how long it took there, as CSV for 'calibrate'.")
    @Nullable
    Path iterations;

    @Option(names = "--tiny", hidden = true)
    boolean tiny;

    @Option(names = "--with-parent", hidden = true)
    boolean withParent;

    static Path defaultModel() {
        return Path.of(System.getProperty("java.io.tmpdir"), "chiron-router", "random-24x256.gguf");
    }

    @Override
    public Integer call() throws Exception {
        Checks.inRange("--port", port, 0, 65_535);
        if (withParent) {
            endWithParent();
        }
        RandomModel.writeIfAbsent(model, tiny ? RandomModel.Shape.TINY : RandomModel.Shape.WIDE);
        LlamaEngine.Settings settings = new LlamaEngine.Settings(model, slots, contextTokens, threads);
        IterationLog log = iterations == null ? IterationLog.NONE : IterationLog.to(iterations);
        EngineCounters counters = new EngineCounters(settings.kvCapacityTokens());
        EngineServer handler = new EngineServer(LlamaEngine.load(settings, counters, log), counters);
        HttpServer server = new HttpServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), handler);
        System.out.println(EngineOptions.LISTENING + server.port());
        Thread.currentThread().join();
        return 0;
    }

    /** A parent that dies, however, closes the pipe: no engine is left behind. */
    private static void endWithParent() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nothing is ever sent.
                        }
                    } catch (IOException closed) {
                        // The same.
                    }
                    Runtime.getRuntime().halt(0);
                },
                "parent");
        watch.setDaemon(true);
        watch.start();
    }
}
