package io.chiron.adapters.kubernetes;

import io.chiron.api.Checks;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
    private final LeaseLock lock;
    private final Duration lease;
    private final ScheduledExecutorService executor;
    private final Runnable changed;
    private volatile boolean leads;
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
        this.lock = new LeaseLock(
                Checks.notBlank("leadership.namespace", namespace),
                Checks.notBlank("leadership.name", name),
                Checks.notBlank("leadership.identity", identity));
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
                                .withLock(lock)
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
        return leads;
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
        }
        set(false);
    }

    private void set(boolean value) {
        boolean before;
        synchronized (lock) {
            before = leads;
            leads = value;
        }
        if (before != value) {
            changed.run();
        }
    }
}
