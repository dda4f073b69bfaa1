package io.chiron.examples.router;

import io.chiron.api.Checks;
import io.chiron.examples.router.host.RouterNode;
import io.chiron.examples.router.load.LoadGenerator.Load;
import io.chiron.examples.router.load.Soak;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether anything is lost when engines die. */
@Command(
        name = "soak",
        aliases = "--soak",
        mixinStandardHelpOptions = true,
        description = "Runs two embedded engines under mixed load and kills one of them now and then.")
final class SoakCommand implements Callable<Integer> {
    @Option(names = "--seconds", defaultValue = "1200", description = "How long (default: ${DEFAULT-VALUE}).")
    long seconds;

    @Option(
            names = "--kill-every",
            defaultValue = "120",
            description = "Time between two kills, seconds (default: ${DEFAULT-VALUE}).")
    long killEverySeconds;

    @Option(
            names = "--rate",
            defaultValue = "0.3",
            description = "Interactive requests per second (default: ${DEFAULT-VALUE}).")
    double rate;

    @Option(names = "--burst", defaultValue = "12", description = "Batch requests at once (default: ${DEFAULT-VALUE}).")
    int burst;

    @Option(
            names = "--burst-every",
            defaultValue = "20",
            description = "Time between two of those, seconds (default: ${DEFAULT-VALUE}).")
    long burstEverySeconds;

    @Option(names = "--output", defaultValue = "32", description = "Mean output tokens (default: ${DEFAULT-VALUE}).")
    int outputTokens;

    @Mixin
    RouterOptions options = new RouterOptions();

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Checks.inRange("--seconds", seconds, 1, 604_800);
        Checks.inRange("--kill-every", killEverySeconds, 1, 604_800);
        Checks.inRange("--rate", rate, 0, 1000);
        Checks.inRange("--burst", burst, 0, 100_000);
        Checks.inRange("--burst-every", burstEverySeconds, 1, 604_800);
        Checks.inRange("--output", outputTokens, 2, 128);
        try (RouterNode node = DemoCommand.start(options, 2)) {
            Load load = new Load(rate, 0, outputTokens);
            Soak soak = new Soak(
                    node,
                    new Soak.Plan(load, burst, burstEverySeconds, killEverySeconds, seconds),
                    Objects.requireNonNull(spec).commandLine().getOut());
            return soak.run() ? 0 : 1;
        }
    }
}
