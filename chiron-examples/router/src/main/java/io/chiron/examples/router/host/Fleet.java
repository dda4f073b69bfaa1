package io.chiron.examples.router.host;

import io.chiron.adapters.enginemetrics.EngineEndpoint;
import io.chiron.adapters.enginemetrics.EngineHost;
import io.chiron.adapters.enginemetrics.EngineMetricsSource;
import io.chiron.adapters.enginemetrics.ScrapeConfig;
import io.chiron.api.Action;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.RequestGroup;
import io.chiron.api.ScalingActuator;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.core.PollingSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The instances as Chiron sees them, and what it may do with them. */
final class Fleet implements ScalingActuator, EngineHost {
    private final Host host;
    private final RouterSettings settings;
    private final @Nullable EngineOptions embedded;
    private final HttpClient probes =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private int launched;

    /** @param embedded how engines are started; null where they are given by URL */
    Fleet(Host host, RouterSettings settings, @Nullable EngineOptions embedded) {
        this.host = host;
        this.settings = settings;
        this.embedded = embedded;
        host.onFailure(this::failed);
    }

    /** An engine by URL, which is asked for its health until it is well. */
    void upstream(URI base) {
        Instance instance = new Instance("u" + ++launched, null, Pool.MIXED, null, meter(0));
        instance.await(base);
        host.add(instance);
    }

    /** What Chiron observes: streams measured here, or the pages of engines by URL. */
    MetricSource source(Executor polling) {
        if (embedded != null) {
            return (fleet, now) -> observe(fleet, now);
        }
        return new PollingSource(
                new EngineMetricsSource(this, this::shares, ScrapeConfig.DEFAULT, Clock.systemUTC()), polling);
    }

    private FleetSnapshot observe(String fleet, Instant now) {
        List<InstanceSnapshot> snapshots = new ArrayList<>();
        synchronized (host) {
            for (Instance instance : host.instances()) {
                snapshots.add(instance.snapshot()
                        .withSample(
                                instance.phase == Phase.STARTING
                                        ? null
                                        : instance.meter.sample(now, System.nanoTime())));
            }
            return new FleetSnapshot(fleet, now, snapshots, host.flows(now), host.groups(now));
        }
    }

    @Override
    public List<EngineEndpoint> engines(String fleet) {
        List<EngineEndpoint> endpoints = new ArrayList<>();
        for (Instance instance : host.instances()) {
            boolean serves = instance.phase != Phase.STARTING;
            endpoints.add(EngineEndpoint.of(instance.snapshot(), serves ? instance.uri("/metrics") : null));
        }
        return endpoints;
    }

    @Override
    public List<TierFlow> flows(String fleet, Instant now) {
        return host.flows(now);
    }

    @Override
    public List<RequestGroup> groups(String fleet, Instant now) {
        return host.groups(now);
    }

    private Map<String, Long> shares(String instance) {
        Map<String, Long> shares = new LinkedHashMap<>();
        for (SloTier tier : settings.tiers()) {
            shares.put(tier.name(), (long) host.inFlight(instance, tier.name()));
        }
        return shares;
    }

    @Override
    public void apply(Action action) {
        synchronized (host) {
            if (action instanceof Action.Launch launch) {
                launch(launch.launchId(), launch.pool());
                return;
            }
            Instance instance = host.instance(((Action.OnInstance) action).instance());
            if (instance == null) {
                return;
            }
            if (action instanceof Action.Reassign reassign) {
                instance.pool = reassign.pool();
            } else if (action instanceof Action.Drain) {
                instance.phase = instance.phase == Phase.READY ? Phase.DRAINING : instance.phase;
            } else if (action instanceof Action.CancelDrain) {
                instance.phase = instance.phase == Phase.DRAINING ? Phase.READY : instance.phase;
            } else if (action instanceof Action.Evict evict) {
                host.evict(evict.instance(), evict.tier(), evict.count());
            } else if (action instanceof Action.Retire && instance.process != null) {
                host.fail(instance);
            }
        }
    }

    private void launch(String launchId, Pool pool) {
        EngineOptions options = embedded;
        boolean known = host.instances().stream().anyMatch(each -> launchId.equals(each.launchId));
        if (options == null || known) {
            return;
        }
        String id = "e" + ++launched;
        EngineProcess process = EngineProcess.start(
                options.arguments(), EngineOptions.LISTENING, uri -> ready(id, uri), () -> exited(id));
        host.add(new Instance(id, launchId, pool, process, meter(options.kvCapacityTokens())));
    }

    private Meter meter(int kvCapacityTokens) {
        return new Meter(settings.tiers(), kvCapacityTokens, System.nanoTime());
    }

    private void ready(String id, URI uri) {
        synchronized (host) {
            Instance instance = host.instance(id);
            if (instance != null) {
                instance.ready(uri, Instant.now());
            }
        }
    }

    private void exited(String id) {
        Instance instance = host.instance(id);
        if (instance != null) {
            host.fail(instance);
        }
    }

    /** Called under the host's lock. An embedded engine is gone; one by URL may come back. */
    private void failed(Instance instance) {
        if (instance.process != null) {
            instance.process.kill();
            host.remove(instance);
        } else {
            instance.phase = Phase.STARTING;
            instance.readyAt = null;
        }
    }

    /** Asks engines by URL that do not serve whether they do now. */
    void probe() {
        for (Instance instance : host.instances()) {
            if (instance.process == null && instance.phase == Phase.STARTING) {
                HttpRequest request = HttpRequest.newBuilder(instance.uri("/health"))
                        .timeout(Duration.ofSeconds(2))
                        .build();
                var unused = probes.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                        .thenAccept(response -> {
                            if (response.statusCode() == 200) {
                                synchronized (host) {
                                    instance.phase = Phase.READY;
                                    instance.readyAt = Instant.now();
                                }
                            }
                        });
            }
        }
    }

    /** Ends the embedded engines. */
    void close() {
        for (Instance instance : host.instances()) {
            if (instance.process != null) {
                instance.process.kill();
            }
        }
    }
}
