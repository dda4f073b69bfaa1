package io.chiron.adapters.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two replicas of an operator, one of which acts. */
class LeadershipTest {
    private static final Duration LEASE = Duration.ofSeconds(2);

    private final Cluster cluster = new Cluster(WorkloadKind.DEPLOYMENT, 1);
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(4);

    @AfterEach
    void close() {
        executor.shutdownNow();
        cluster.close();
    }

    @Test
    void oneOfTwoLeadsAndTheOtherTakesOver() throws InterruptedException {
        Semaphore firstChanged = new Semaphore(0);
        Semaphore secondChanged = new Semaphore(0);
        Leadership first = stand("a", firstChanged);
        assertThat(firstChanged.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        Leadership second = stand("b", secondChanged);

        // Longer than a try and shorter than the lease.
        assertThat(secondChanged.tryAcquire(1, TimeUnit.SECONDS)).isFalse();
        assertThat(first.leads()).isTrue();
        assertThat(second.leads()).isFalse();

        first.close();
        assertThat(first.leads()).isFalse();
        assertThat(cluster.client
                        .leases()
                        .inNamespace("serving")
                        .withName("chiron")
                        .get()
                        .getSpec()
                        .getHolderIdentity())
                .as("given up, not left to run out")
                .isNotEqualTo("a");
        assertThat(secondChanged.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        assertThat(second.leads()).isTrue();
        second.close();
    }

    @Test
    void aReplicaThatMayNotTouchTheLeaseNeverLeads() throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            cluster.refuse("GET", "/leases", 403);
        }
        Semaphore changed = new Semaphore(0);
        Leadership leadership = stand("a", changed);
        assertThat(changed.tryAcquire(1, TimeUnit.SECONDS)).isFalse();

        cluster.refuseNothing();
        assertThat(changed.tryAcquire(20, TimeUnit.SECONDS))
                .as("it tries again")
                .isTrue();
        leadership.close();
    }

    @Test
    void aLeaseThatIsTooShortIsRefused() {
        assertThatThrownBy(() -> new Leadership(
                        cluster.client, "serving", "chiron", "a", Duration.ofMillis(10), executor, () -> {}))
                .hasMessage("leadership.lease = PT0.01S is not allowed; allowed: [1s, 10m]");
    }

    private Leadership stand(String identity, Semaphore changed) {
        Leadership leadership =
                new Leadership(cluster.client, "serving", "chiron", identity, LEASE, executor, changed::release);
        leadership.start();
        return leadership;
    }
}
