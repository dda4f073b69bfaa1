package io.chiron.adapters.kubernetes;

import io.chiron.api.Checks;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Which of several replicas acts: the one that holds a Lease. Who loses it, or cannot renew it in time, stands again.
 * Thread-safe.
 *
 * <p>A leader that stood still for longer than the lease may act once more before it notices: the ledger's preconditions keep
 * that from counting a launch twice.
 */
public final class Leadership implements AutoCloseable {
    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final String identity;
    private final Duration lease;
    private final ScheduledExecutorService executor;
    private final Runnable changed;
    private final AtomicBoolean leads = new AtomicBoolean();
    private volatile boolean closed;
    private @Nullable CompletableFuture<?> running;

    /**
     * Stands for leadership from now on.
     *
     * @param name of the Lease
     * @param identity of this replica, such as its pod's name; unique
     * @param lease how long a leader may be silent; [1 s, 10 minutes]; 15 s is usual
     * @param executor runs the election; not closed here
     * @param changed called after each change of {@link #leads()}, on that executor
     */
    public Leadership(
            KubernetesClient client,
            String namespace,
            String name,
            String identity,
            Duration lease,
            ScheduledExecutorService executor,
            Runnable changed) {
        this.client = Objects.requireNonNull(client, "client");
        this.namespace = Checks.notBlank("leadership.namespace", namespace);
        this.name = Checks.notBlank("leadership.name", name);
        this.identity = Checks.notBlank("leadership.identity", identity);
        this.lease = Checks.positive("leadership.lease", lease, Duration.ofMinutes(10));
        if (lease.compareTo(Duration.ofSeconds(1)) < 0) {
            throw Checks.outOfRange("leadership.lease", lease, "[1s, 10m]");
        }
        this.executor = Objects.requireNonNull(executor, "executor");
        this.changed = Objects.requireNonNull(changed, "changed");
    }

    /** Begins; returns at once. */
    public synchronized void start() {
        if (closed) {
            return;
        }
        running = new LeaderElector(
                        client,
                        new LeaderElectionConfigBuilder()
                                .withName("chiron")
                                .withLock(new LeaseLock(namespace, name, identity))
                                .withLeaseDuration(lease)
                                .withRenewDeadline(lease.multipliedBy(2).dividedBy(3))
                                .withRetryPeriod(lease.dividedBy(8))
                                .withReleaseOnCancel(true)
                                .withLeaderCallbacks(
                                        new LeaderCallbacks(() -> set(true), () -> set(false), holder -> {}))
                                .build(),
                        executor)
                .start();
        var unused = running.whenComplete((nothing, thrown) -> {
            set(false);
            if (!closed) {
                var unusedToo =
                        executor.schedule(this::start, lease.dividedBy(8).toMillis(), TimeUnit.MILLISECONDS);
            }
        });
    }

    /** True while this replica is to act. */
    public boolean leads() {
        return leads.get();
    }

    /** Gives the Lease up, so that another replica need not wait for it to run out. */
    @Override
    public void close() {
        CompletableFuture<?> election;
        synchronized (this) {
            closed = true;
            election = running;
        }
        if (election != null) {
            election.cancel(true);
            release();
        }
        set(false);
    }

    /** The client's own release leaves the holder's name in place, and others waiting for the Lease to run out. */
    private void release() {
        try {
            Resource<Lease> held = client.leases().inNamespace(namespace).withName(name);
            Lease now = held.get();
            if (now != null
                    && now.getSpec() != null
                    && identity.equals(now.getSpec().getHolderIdentity())) {
                held.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"holderIdentity\":null}}");
            }
        } catch (KubernetesClientException refused) {
            // It runs out by itself.
        }
    }

    private void set(boolean value) {
        if (leads.getAndSet(value) != value) {
            changed.run();
        }
    }
}
