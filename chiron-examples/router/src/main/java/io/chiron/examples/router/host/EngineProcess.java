package io.chiron.examples.router.host;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** An embedded engine: a child process of the same program, so that it can die alone. */
public final class EngineProcess {
    /** The child ends when its standard input does, so none is left behind, however the parent ends. */
    private final Process process;

    private EngineProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts an engine.
     *
     * @param arguments of the command line of this program
     * @param listening what it prints before its port
     * @param ready told its address once it serves
     * @param ended told when it is gone
     */
    public static EngineProcess start(List<String> arguments, String listening, Consumer<URI> ready, Runnable ended) {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                // What is compiled better is compiled beside the engine's own work, on the same cores, for a minute.
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.chiron.examples.router.Main"));
        command.addAll(arguments);
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException failed) {
            throw new IllegalStateException("cannot start an engine: " + failed.getMessage(), failed);
        }
        Thread output = new Thread(() -> follow(process, listening, ready), "engine-" + process.pid());
        output.setDaemon(true);
        output.start();
        CompletableFuture<Void> unused = process.onExit().thenRun(ended);
        return new EngineProcess(process);
    }

    private static void follow(Process process, String listening, Consumer<URI> ready) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            while (line != null) {
                if (line.startsWith(listening)) {
                    ready.accept(URI.create("http://127.0.0.1:"
                            + line.substring(listening.length()).strip()));
                }
                line = lines.readLine();
            }
        } catch (IOException ended) {
            // The exit of the process says it.
        }
    }

    long pid() {
        return process.pid();
    }

    /** Ends it at once: it has nothing to save. */
    public void kill() {
        process.destroyForcibly();
    }
}
