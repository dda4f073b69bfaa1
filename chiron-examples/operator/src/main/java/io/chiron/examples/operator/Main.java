package io.chiron.examples.operator;

import io.chiron.adapters.kubernetes.KubernetesActuator;
import io.chiron.adapters.kubernetes.Leadership;
import io.chiron.adapters.kubernetes.PodInstances;
import io.chiron.api.Checks;
import io.chiron.core.PollingSource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line. */
@Command(
        name = "chiron-operator",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Scales a fleet of vLLM pods on Kubernetes by their metrics pages.")
public final class Main implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    @Option(names = "--config", required = true, paramLabel = "FILE.yaml", description = "what to do")
    @Nullable
    Path file;

    @Option(names = "--dry-run", description = "decide and tell, and change nothing")
    boolean dryRun;

    @Option(
            names = "--pages",
            paramLabel = "FOLDER",
            description = "with --dry-run: recorded pages instead of a cluster, a folder for each instance")
    @Nullable
    Path pages;

    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final InstantSource clock = InstantSource.system();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private volatile Instant lastTick = clock.instant();

    private Main() {}

    /** Runs until it is told to stop. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** Bad input gives exit code 2 and one line on its error stream, what cannot be read or reached exit code 1. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setParameterExceptionHandler((thrown, args) -> report(thrown.getCommandLine(), thrown.getMessage(), 2));
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            if (thrown instanceof IllegalArgumentException) {
                return report(command, thrown.getMessage(), 2);
            }
            if (thrown instanceof IOException) {
                return report(command, thrown.toString(), 1);
            }
            throw thrown;
        });
        return line;
    }

    private static int report(CommandLine command, @Nullable String message, int exitCode) {
        command.getErr().println("error: " + String.valueOf(message).strip().replaceAll("\\R\\s*", " "));
        return exitCode;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (file == null) {
            throw Checks.outOfRange("--config", "nothing", "a file");
        }
        if (pages != null && !dryRun) {
            throw Checks.outOfRange("--pages", pages, "only with --dry-run");
        }
        OperatorConfig config = ConfigFile.read(file);
        if (dryRun) {
            config = config.withDryRun();
        }
        if (pages != null) {
            replay(config, pages);
        } else {
            operate(config);
        }
        return 0;
    }

    private void replay(OperatorConfig config, Path folder) throws IOException, InterruptedException {
        try (RecordedPages recorded = new RecordedPages(folder, config.engine(), clock.instant());
                MetricsPage page = metricsPage(config)) {
            LOG.info("metrics on port {}", page.port());
            Operator operator = new Operator(
                    config,
                    new Operator.Surroundings(recorded, source -> source, action -> {}, () -> false, clock),
                    registry,
                    System.out::println);
            do {
                lastTick = operator.tick().time();
            } while (recorded.advance() && !stop.await(config.period().toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    private void operate(OperatorConfig config) throws IOException, InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::shutDown));
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(3);
        try (KubernetesClient client = client();
                MetricsPage page = metricsPage(config);
                Leadership leadership = new Leadership(
                        client,
                        config.workload().namespace(),
                        "chiron-" + config.workload().name(),
                        identity(),
                        config.lease(),
                        threads,
                        () -> LOG.info("leadership has changed"))) {
            LOG.info("metrics on port {}", page.port());
            if (!config.dryRun()) {
                leadership.start();
            }
            KubernetesActuator actuator = new KubernetesActuator(
                    client, config.workload(), action -> LOG.debug("for a router: {}", action), clock);
            Operator operator = new Operator(
                    config,
                    new Operator.Surroundings(
                            new ClusterEngines(
                                    new PodInstances(client, config.workload(), clock),
                                    actuator,
                                    leadership::leads,
                                    config.engine()),
                            source -> new PollingSource(source, threads),
                            actuator,
                            leadership::leads,
                            clock),
                    registry,
                    line -> LOG.info("{}", line));
            do {
                lastTick = operator.tick().time();
            } while (!stop.await(config.period().toMillis(), TimeUnit.MILLISECONDS));
        } finally {
            threads.shutdownNow();
            stopped.countDown();
        }
    }

    /** The process ends with this: the Lease is to be given up first. */
    private void shutDown() {
        stop.countDown();
        try {
            if (!stopped.await(10, TimeUnit.SECONDS)) {
                LOG.warn("the last tick has not ended; the Lease will run out");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private MetricsPage metricsPage(OperatorConfig config) throws IOException {
        Duration deadAfter = config.period().multipliedBy(10);
        return new MetricsPage(
                config.metricsPort(), registry, () -> lastTick.plus(deadAfter).isAfter(clock.instant()));
    }

    /** Tries nothing twice: the core does, with its own back-off, and no tick waits for it. */
    private static KubernetesClient client() {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.autoConfigure(null))
                        .withRequestRetryBackoffLimit(0)
                        .withRequestTimeout(3000)
                        .withConnectionTimeout(3000)
                        .build())
                .build();
    }

    private static String identity() throws IOException {
        String pod = System.getenv("POD_NAME");
        return pod == null || pod.isBlank()
                ? InetAddress.getLocalHost().getHostName() + "-"
                        + ProcessHandle.current().pid()
                : pod;
    }
}
