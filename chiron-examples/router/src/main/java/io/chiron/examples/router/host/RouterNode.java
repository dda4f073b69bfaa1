package io.chiron.examples.router.host;

import io.chiron.api.FleetLimits;
import io.chiron.api.Phase;
import io.chiron.core.Chiron;
import io.chiron.core.ChironConfig;
import io.chiron.core.TickReport;
import io.chiron.core.local.CurveRule;
import io.chiron.core.local.LocalConfig;
import io.chiron.examples.router.http.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running router: server, host, fleet, and Chiron, which ticks once a second. */
public final class RouterNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouterNode.class);
    private static final String FLEET = "default";

    private final Stats stats = new Stats();
    private final Host host;
    private final Fleet fleet;
    private final Chiron chiron;
    private final Page page;
    private final HttpServer server;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> daemon(task));
    private final ScheduledExecutorService poller = Executors.newSingleThreadScheduledExecutor(task -> daemon(task));
    private volatile @Nullable TickReport last;

    private RouterNode(
            InetSocketAddress address,
            RouterSettings settings,
            FleetLimits limits,
            @Nullable EngineOptions embedded,
            List<URI> upstreams) {
        host = new Host(settings, stats);
        fleet = new Fleet(host, settings, embedded);
        upstreams.forEach(fleet::upstream);
        ChironConfig config = ChironConfig.builder(FLEET, settings.tiers(), limits)
                .batchSizeRule(new CurveRule(LocalConfig.builder()
                        .startBatch(settings.startBatch())
                        .maxBatch(settings.maxBatch())
                        .margin(settings.margin())
                        .build()))
                .expectedLengths(settings.expectedLengths())
                .build();
        chiron = new Chiron(config, fleet.source(poller), fleet);
        page = new Page(host, settings, stats);
        server = new HttpServer(address, new RouterHandler(host, settings, page));
        var unused = ticker.scheduleAtFixedRate(this::tick, 0, 1, TimeUnit.SECONDS);
    }

    /** A router that starts its own engines. */
    public static RouterNode embedded(
            InetSocketAddress address, RouterSettings settings, EngineOptions engines, int minEngines, int maxEngines) {
        return new RouterNode(address, settings, FleetLimits.of(minEngines, maxEngines), engines, List.of());
    }

    /** A router on engines that are there. */
    public static RouterNode onUpstreams(InetSocketAddress address, RouterSettings settings, List<URI> upstreams) {
        int count = upstreams.size();
        return new RouterNode(address, settings, FleetLimits.of(count, count), null, upstreams);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "chiron");
        thread.setDaemon(true);
        return thread;
    }

    private void tick() {
        try {
            fleet.probe();
            TickReport report = chiron.tick(Instant.now());
            last = report;
            host.publish(chiron.routingTable());
            page.ticked(report);
        } catch (RuntimeException unexpected) {
            // The next tick may do better; what runs goes on.
            LOG.error("tick failed", unexpected);
        }
    }

    /** The port that it listens on. */
    public int port() {
        return server.port();
    }

    public Stats stats() {
        return stats;
    }

    /** The newest tick; null before the first. */
    public @Nullable TickReport lastTick() {
        return last;
    }

    /** Instances that serve. */
    public int ready() {
        return (int) host.instances().stream()
                .filter(instance -> instance.phase == Phase.READY)
                .count();
    }

    /** Ports of the embedded engines that serve. */
    public List<Integer> enginePorts() {
        return host.instances().stream()
                .filter(instance -> instance.process != null && instance.phase == Phase.READY)
                .map(instance -> instance.uri("/").getPort())
                .toList();
    }

    /** Process ids of the embedded engines. */
    public List<Long> enginePids() {
        return host.instances().stream()
                .filter(instance -> instance.process != null)
                .map(instance -> instance.process.pid())
                .toList();
    }

    /** Requests that were accepted and have no answer yet. */
    public int unfinished() {
        return host.unfinished();
    }

    /**
     * Refuses new requests and waits until every accepted one has its answer. What has none when time is up is told so.
     *
     * @return true if all were served
     */
    public boolean drain(Duration most) throws InterruptedException {
        host.drain();
        long end = System.nanoTime() + most.toNanos();
        while (host.unfinished() > 0 && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        boolean served = host.unfinished() == 0;
        host.abandon();
        return served;
    }

    /** Replaces Chiron's limits by a fixed cap, or gives them back. */
    public void fixedCap(@Nullable Integer cap) {
        host.fixedCap(cap);
    }

    @Override
    public void close() {
        ticker.shutdownNow();
        poller.shutdownNow();
        server.close();
        fleet.close();
    }
}
