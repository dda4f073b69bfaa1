package io.chiron.examples.router;

import io.chiron.api.Checks;
import io.chiron.examples.router.host.RouterNode;
import io.chiron.examples.router.host.RouterSettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line; without a command it serves. */
@Command(
        name = "chiron-router",
        mixinStandardHelpOptions = true,
        description =
                "Routes requests of OpenAI's API to engines under Chiron: to engines by URL, or to small embedded ones.",
        subcommands = {EngineCommand.class, DemoCommand.class, SoakCommand.class, FidelityCommand.class})
public final class Main implements Callable<Integer> {
    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    String host = "";

    @Option(
            names = "--port",
            defaultValue = "8080",
            description = "Port to listen on; 0 takes any that is free (default: ${DEFAULT-VALUE}).")
    int port;

    @Option(
            names = "--upstream",
            description =
                    "An engine by URL, such as http://10.0.0.7:8000; may be repeated. Without it engines are embedded.")
    List<String> upstreams = new ArrayList<>();

    @Option(
            names = "--engines",
            defaultValue = "2",
            description = "Fewest embedded engines (default: ${DEFAULT-VALUE}).")
    int engines;

    @Option(names = "--max-engines", description = "Most embedded engines (default: as --engines).")
    int maxEngines;

    @Option(
            names = "--drain",
            defaultValue = "60",
            description = "Longest time for requests to end after SIGTERM, seconds (default: ${DEFAULT-VALUE}).")
    int drainSeconds;

    @Mixin
    RouterOptions options = new RouterOptions();

    private Main() {}

    @Override
    public Integer call() throws InterruptedException {
        Checks.inRange("--port", port, 0, 65_535);
        Checks.inRange("--drain", drainSeconds, 0, 86_400);
        Checks.inRange("--engines", engines, 1, 64);
        int most = maxEngines == 0 ? engines : Checks.inRange("--max-engines", maxEngines, engines, 64);
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw Checks.outOfRange("--host", host, "an address of this machine");
        }
        RouterSettings settings = options.settings();
        RouterNode node = upstreams.isEmpty()
                ? RouterNode.embedded(address, settings, options.engines(), engines, most)
                : RouterNode.onUpstreams(
                        address,
                        settings,
                        upstreams.stream().map(Main::upstream).toList());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(node, Duration.ofSeconds(drainSeconds)), "drain"));
        System.out.println("router listens on http://" + host + ":" + node.port() + "/");
        Thread.currentThread().join();
        return 0;
    }

    private static void end(RouterNode node, Duration drain) {
        try {
            System.out.println("draining " + node.unfinished() + " requests");
            System.out.println(node.drain(drain) ? "drained" : "out of time: the rest was refused");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        node.close();
    }

    private static URI upstream(String text) {
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException notUri) {
            // Reported below, in one form.
        }
        throw Checks.outOfRange("--upstream", text, "a URL of http or https with a host");
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** All commands; bad input gives exit code 2 and one line on its error stream. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        BadInput.reportedBy(line);
        return line;
    }
}
