package io.chiron.examples.router.host;

import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One engine as the router knows it. Confined to the host's lock. */
final class Instance {
    final String id;
    final @Nullable String launchId;
    final Meter meter;
    /** Null for an engine by URL. */
    final @Nullable EngineProcess process;

    final Set<Attempt> attempts = new LinkedHashSet<>();

    Pool pool;
    Phase phase = Phase.STARTING;

    @Nullable
    Instant readyAt;

    private @Nullable URI base;

    Instance(String id, @Nullable String launchId, Pool pool, @Nullable EngineProcess process, Meter meter) {
        this.id = id;
        this.launchId = launchId;
        this.pool = pool;
        this.process = process;
        this.meter = meter;
    }

    /** It has an address and does not serve yet. */
    void await(URI uri) {
        base = uri;
    }

    void ready(URI uri, Instant now) {
        base = uri;
        readyAt = now;
        phase = Phase.READY;
    }

    URI uri(String path) {
        URI root = base;
        if (root == null) {
            throw new IllegalStateException(id + " is not ready");
        }
        return URI.create(root.toString().replaceAll("/+$", "") + path);
    }

    /** Without a sample. */
    InstanceSnapshot snapshot() {
        return InstanceSnapshot.of(id, pool, phase, readyAt).withLaunchId(launchId);
    }

    /** What runs here, so that it may be ended. */
    List<Attempt> running() {
        return new ArrayList<>(attempts);
    }
}
