package io.chiron.adapters.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Action;
import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestClass;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.api.TierUsage;
import io.chiron.core.Chiron;
import io.chiron.core.ChironConfig;
import io.chiron.core.TickReport;
import io.chiron.core.fleet.FleetConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The core on a cluster: a fleet whose minimum is 3, from one pod. */
class OperatedFleetTest {
    private static final SloTier CHAT =
            new SloTier("chat", RequestClass.INTERACTIVE, new Slo(Duration.ofSeconds(10), Duration.ofMillis(200)));

    private final Cluster cluster = new Cluster(WorkloadKind.DEPLOYMENT, 1);
    private final Workload workload = Cluster.workload(WorkloadKind.DEPLOYMENT);

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void theFleetGrowsToItsMinimumAndShrinksToItsMaximum() {
        Replica replica = new Replica(3, 8);
        run(replica, 120);
        assertThat(cluster.replicas()).isEqualTo(3);
        assertThat(cluster.pods()).allMatch(PodView::ready);

        replica.chiron.reconfigure(config(0, 2, false));
        run(replica, 120);
        assertThat(cluster.replicas()).isEqualTo(2);
        assertThat(cluster.names()).hasSize(2);
    }

    @Test
    void aRestartInTheMiddleOfAScaleUpLaunchesNothingTwice() {
        Replica first = new Replica(3, 8);
        // The controllers are slow: launches are in the count, and no pod has come of them.
        while (cluster.replicas() < 3) {
            first.tick();
            cluster.pass(1);
        }
        Replica second = new Replica(3, 8);
        for (int i = 0; i < 20; i++) {
            second.tick();
            cluster.pass(1);
            assertThat(cluster.replicas()).isEqualTo(3);
        }
        run(second, 60);
        assertThat(cluster.replicas()).isEqualTo(3);
    }

    @Test
    void whileTheApiServerDoesNotAnswerNothingChangesAndThenItGoesOn() {
        Replica replica = new Replica(3, 8);
        run(replica, 30);
        int before = cluster.replicas();
        for (int i = 0; i < 1000; i++) {
            cluster.refuse("GET", "/pods", 503);
        }
        for (int i = 0; i < 60; i++) {
            TickReport report = replica.tick();
            assertThat(report.blindness()).isEqualTo(ReasonCode.BLIND);
            assertThat(report.failures().get(0)).contains("list on Deployment serving/vllm");
            cluster.pass(1);
        }
        assertThat(cluster.replicas()).isEqualTo(before);
        cluster.refuseNothing();
        run(replica, 90);
        assertThat(cluster.replicas()).isEqualTo(3);
    }

    @Test
    void aForbiddenScaleIsReportedAndTriedAgainWithBackOff() {
        Replica replica = new Replica(3, 8);
        for (int i = 0; i < 1000; i++) {
            cluster.refuse("PUT", "/scale", 403);
        }
        replica.tick();
        cluster.requests.clear();
        int told = 0;
        for (int i = 0; i < 60; i++) {
            cluster.pass(1);
            told += replica.tick().failures().stream().anyMatch(failure -> failure.contains("rbac.yaml")) ? 1 : 0;
        }
        assertThat(told).isBetween(2, 20);
        assertThat(cluster.requests.stream().filter(each -> each.startsWith("PUT") && each.endsWith("/scale")))
                .hasSizeBetween(2, 100);
        cluster.refuseNothing();
        run(replica, 60);
        assertThat(cluster.replicas())
                .as("at most the one launch that the core had given up")
                .isBetween(3, 4);
    }

    @Test
    void ofTwoReplicasOnlyTheLeaderActsAndTheOtherTakesOver() {
        Replica first = new Replica(3, 8);
        Replica second = new Replica(3, 8);
        second.lead(false);
        for (int i = 0; i < 60; i++) {
            first.tick();
            TickReport report = second.tick();
            assertThat(report.dryRun()).isTrue();
            cluster.settle();
            cluster.pass(1);
            cluster.readyAll();
        }
        assertThat(cluster.replicas()).isEqualTo(3);
        assertThat(second.applied).isZero();

        first.lead(false);
        second.lead(true);
        cluster.scaleByHand(1);
        cluster.settle();
        for (int i = 0; i < 60; i++) {
            second.tick();
            first.tick();
            cluster.settle();
            cluster.pass(1);
            cluster.readyAll();
        }
        assertThat(cluster.replicas()).isEqualTo(3);
        assertThat(second.applied).isPositive();
    }

    @Test
    void twoReplicasThatBothBelieveTheyLeadStayWithinTheMaximum() {
        Replica first = new Replica(3, 3);
        Replica second = new Replica(3, 3);
        for (int i = 0; i < 60; i++) {
            first.tick();
            cluster.settle();
            second.tick();
            cluster.settle();
            cluster.pass(1);
            cluster.readyAll();
            assertThat(cluster.replicas()).isLessThanOrEqualTo(3);
        }
        assertThat(cluster.replicas()).isEqualTo(3);
    }

    /** Ticks once a second, with the controllers at work and pods that are ready 5 s after they are made. */
    private void run(Replica replica, int seconds) {
        for (int i = 0; i < seconds; i++) {
            replica.tick();
            cluster.settle();
            cluster.pass(1);
            if (i % 5 == 4) {
                cluster.readyAll();
            }
        }
    }

    private static ChironConfig config(int min, int max, boolean dryRun) {
        return ChironConfig.builder("m", List.of(CHAT), FleetLimits.of(min, max))
                .fleetRule(FleetConfig.builder()
                        .warmUpSeconds(0)
                        .holdSeconds(10)
                        .initialLeadSeconds(10)
                        .build())
                .dryRun(dryRun)
                .build();
    }

    /** One operator. */
    private final class Replica {
        private final PodInstances pods = new PodInstances(cluster.client, workload, cluster.clock());
        private final KubernetesActuator actuator =
                new KubernetesActuator(cluster.client, workload, action -> {}, cluster.clock());
        private final AtomicBoolean leads = new AtomicBoolean(true);
        private final int min;
        private final int max;
        private final Chiron chiron;
        private int applied;
        private int upkeepRefused;

        Replica(int min, int max) {
            this.min = min;
            this.max = max;
            chiron = new Chiron(config(min, max, false), (fleet, now) -> observe(now), this::apply);
        }

        void lead(boolean value) {
            leads.set(value);
            chiron.reconfigure(config(min, max, !value));
        }

        TickReport tick() {
            return chiron.tick(cluster.now());
        }

        private void apply(Action action) {
            actuator.apply(action);
            applied++;
        }

        private FleetSnapshot observe(Instant now) {
            if (leads.get()) {
                try {
                    actuator.upkeep();
                } catch (IllegalStateException refused) {
                    upkeepRefused++; // what can be seen is worth more than nothing
                }
            }
            List<InstanceSnapshot> instances = pods.list().stream()
                    .map(PodInstance::instance)
                    .map(each -> each.phase() == Phase.STARTING ? each : each.withSample(idle(now)))
                    .toList();
            return new FleetSnapshot("m", now, instances, List.of(TierFlow.idle("chat", now)), List.of());
        }

        private static InstanceSample idle(Instant now) {
            return InstanceSample.builder(now, 1)
                    .tiers(List.of(new TierUsage("chat", 0, 0, 0)))
                    .iterations(0)
                    .prefillTokens(0)
                    .kv(0, 100_000)
                    .preemptions(0)
                    .savedKvTokens(0)
                    .waitingRequests(0)
                    .build();
        }
    }
}
