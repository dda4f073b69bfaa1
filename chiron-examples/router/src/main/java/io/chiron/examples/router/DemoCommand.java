package io.chiron.examples.router;

import io.chiron.api.Checks;
import io.chiron.examples.router.host.RouterNode;
import io.chiron.examples.router.load.Demo;
import io.chiron.examples.router.load.LoadGenerator.Load;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Chiron's limit beside fixed caps, on two embedded engines. */
@Command(
        name = "demo",
        aliases = "--demo",
        mixinStandardHelpOptions = true,
        description = "Runs two embedded engines under interactive and batch load, and compares with fixed caps.")
final class DemoCommand implements Callable<Integer> {
    private static final int READY_SECONDS = 120;
    private static final int EXPECTED_PROMPT_TOKENS = 4;
    private static final double SETTLE_SECONDS = 6;

    @Option(
            names = "--seconds",
            defaultValue = "180",
            description = "Under Chiron at first (default: ${DEFAULT-VALUE}).")
    double seconds;

    @Option(
            names = "--turn-seconds",
            defaultValue = "10",
            description = "Under Chiron and each cap in each round (default: ${DEFAULT-VALUE}).")
    double turnSeconds;

    @Option(names = "--rounds", defaultValue = "4", description = "Of turns (default: ${DEFAULT-VALUE}).")
    int rounds;

    @Option(names = "--warm-up", defaultValue = "30", description = "Before all, seconds (default: ${DEFAULT-VALUE}).")
    double warmUpSeconds;

    @Option(
            names = "--caps",
            split = ",",
            defaultValue = "1,2,3,4,6,8,10,12,14,16,20,24,32",
            description = "Fixed caps to compare with (default: ${DEFAULT-VALUE}).")
    List<Integer> caps = new ArrayList<>();

    @Option(
            names = "--rate",
            defaultValue = "3",
            description = "Interactive requests per second (default: ${DEFAULT-VALUE}).")
    double rate;

    @Option(names = "--output", defaultValue = "64", description = "Mean output tokens (default: ${DEFAULT-VALUE}).")
    int outputTokens;

    @Mixin
    RouterOptions options = new RouterOptions();

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Checks.inRange("--seconds", seconds, 1, 86_400);
        Checks.inRange("--turn-seconds", turnSeconds, 1, 86_400);
        Checks.inRange("--rounds", rounds, 1, 1000);
        Checks.inRange("--warm-up", warmUpSeconds, 0, 3_600);
        Checks.inRange("--rate", rate, 0, 1000);
        Checks.inRange("--output", outputTokens, 2, 128);
        for (int cap : caps) {
            Checks.inRange("--caps", cap, 1, options.maxBatch);
        }
        // One SLO for both classes, so that one limit is to be found.
        options.batchItlMillis = options.itlMillis;
        // A host knows about how long its requests are; the prompts of this one are a few words.
        options.expectedPromptTokens = EXPECTED_PROMPT_TOKENS;
        options.expectedOutputTokens = outputTokens;
        Load load = new Load(rate, 4 * options.maxBatch, outputTokens);
        try (RouterNode node = start(options, 2)) {
            Demo.Plan plan = new Demo.Plan(caps, warmUpSeconds, seconds, rounds, turnSeconds, SETTLE_SECONDS, load);
            Demo demo = new Demo(
                    node,
                    options.settings(),
                    plan,
                    Objects.requireNonNull(spec).commandLine().getOut());
            return demo.run() ? 0 : 1;
        }
    }

    /** A router on embedded engines that are ready. */
    static RouterNode start(RouterOptions options, int engines) throws InterruptedException {
        RouterNode node = RouterNode.embedded(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                options.settings(),
                options.engines(),
                engines,
                engines);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (node.ready() < engines) {
            if (System.nanoTime() > end) {
                node.close();
                throw new IllegalStateException("the engines were not ready within " + READY_SECONDS + " s");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return node;
    }
}
