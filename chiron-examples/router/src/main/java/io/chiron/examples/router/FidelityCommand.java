package io.chiron.examples.router;

import io.chiron.api.Checks;
import io.chiron.examples.router.host.EngineOptions;
import io.chiron.examples.router.host.EngineProcess;
import io.chiron.examples.router.load.Fidelity;
import io.chiron.examples.router.load.SimulatorJar;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The simulator beside a real engine. */
@Command(
        name = "fidelity",
        aliases = "--fidelity",
        mixinStandardHelpOptions = true,
        description = "Fits the simulator to an embedded engine and compares both under loads that were not fitted.")
final class FidelityCommand implements Callable<Integer> {
    private static final int READY_SECONDS = 120;
    private static final int SLOTS = 32;
    private static final int CONTEXT_TOKENS = 256;

    @Option(names = "--simulator", description = "Runnable jar of the simulator (default: ${DEFAULT-VALUE}).")
    Path simulator = Path.of("chiron-examples/simulator/target/chiron-simulator.jar");

    @Option(names = "--rounds", defaultValue = "3", description = "Of about 80 seconds (default: ${DEFAULT-VALUE}).")
    int rounds;

    @Option(
            names = "--most",
            defaultValue = "0.15",
            description = "Median error of TTFT, ITL and tokens/s that is good enough (default: ${DEFAULT-VALUE}).")
    double most;

    @Option(names = "--out", description = "Folder for the files (default: a new temporary one).")
    @Nullable
    Path folder;

    @Option(
            names = "--model",
            description = "GGUF file of the engine; a small random one is written if it is not there.")
    Path model = EngineCommand.defaultModel();

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Checks.inRange("--rounds", rounds, 1, 1000);
        Checks.inRange("--most", most, 0, 10);
        if (!Files.isRegularFile(simulator)) {
            throw Checks.outOfRange("--simulator", simulator, "a file");
        }
        Path files = folder == null ? Files.createTempDirectory("fidelity") : Files.createDirectories(folder);
        Path iterations = files.resolve("iterations.csv");
        EngineOptions options = new EngineOptions(model, SLOTS, CONTEXT_TOKENS, false);
        CompletableFuture<URI> ready = new CompletableFuture<>();
        EngineProcess engine = EngineProcess.start(
                options.arguments("--iterations=" + iterations),
                EngineOptions.LISTENING,
                ready::complete,
                () -> ready.completeExceptionally(new IllegalStateException("the engine has ended")));
        try {
            Fidelity fidelity = new Fidelity(
                    ready.get(READY_SECONDS, TimeUnit.SECONDS),
                    iterations,
                    new SimulatorJar(simulator, files, options.kvCapacityTokens()),
                    Objects.requireNonNull(spec).commandLine().getOut());
            return fidelity.run(rounds, most) ? 0 : 1;
        } finally {
            engine.kill();
        }
    }
}
