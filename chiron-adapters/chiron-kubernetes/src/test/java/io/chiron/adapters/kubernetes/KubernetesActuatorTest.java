package io.chiron.adapters.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiron.api.Action;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.fabric8.kubernetes.api.model.Event;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens in the cluster, over faults of the API server and of the operator. */
class KubernetesActuatorTest {
    private static final Reason REASON = Reason.of(ReasonCode.INTERACTIVE_BACKPRESSURE)
            .with("wantInstances", 2.4)
            .rejecting("waiting");

    private Cluster cluster = new Cluster(WorkloadKind.DEPLOYMENT, 2);
    private final List<Action> routed = new ArrayList<>();
    private KubernetesActuator actuator = actuator(WorkloadKind.DEPLOYMENT);

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aLaunchBecomesAPodThatEchoesItAndIsCountedOnce() {
        actuator.upkeep();
        actuator.apply(launch("l1", Pool.BATCH));
        actuator.apply(launch("l1", Pool.BATCH));
        assertThat(cluster.replicas()).isEqualTo(3);

        cluster.pass(2);
        cluster.settle();
        actuator.upkeep();
        InstanceSnapshot made = instances().get(2);
        assertThat(made.launchId()).isEqualTo("l1");
        assertThat(made.pool()).isEqualTo(Pool.BATCH);
        assertThat(made.phase()).isEqualTo(Phase.STARTING);
        assertThat(made.readyAt()).isEqualTo(cluster.now().plusSeconds(60));
        assertThat(instances().subList(0, 2)).allMatch(each -> each.launchId() == null && each.pool() == Pool.MIXED);

        cluster.pass(45);
        cluster.ready(made.id());
        PodInstance ready = list().get(2);
        assertThat(ready.instance().phase()).isEqualTo(Phase.READY);
        assertThat(ready.startUpSeconds()).isEqualTo(45);
        assertThat(ready.instance().readyAt()).isEqualTo(cluster.now());
    }

    @Test
    void severalLaunchesAreHandedOutOldestFirst() {
        actuator.upkeep();
        actuator.apply(launch("l1", Pool.INTERACTIVE));
        actuator.apply(launch("l2", Pool.BATCH));
        cluster.settle();
        actuator.upkeep();
        actuator.upkeep();
        assertThat(instances().subList(2, 4))
                .extracting(InstanceSnapshot::launchId, InstanceSnapshot::pool)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("l1", Pool.INTERACTIVE),
                        org.assertj.core.groups.Tuple.tuple("l2", Pool.BATCH));
    }

    @Test
    void aRestartInTheMiddleOfAScaleUpFinishesItOnce() {
        actuator.upkeep();
        cluster.refuse("PUT", "/scale", 500); // the process dies after the ledger and before the workload
        assertThatThrownBy(() -> actuator.apply(launch("l1", Pool.MIXED))).hasMessageContaining("500");
        assertThat(cluster.replicas()).isEqualTo(2);

        cluster.pass(10);
        actuator = actuator(WorkloadKind.DEPLOYMENT);
        actuator.upkeep();
        assertThat(cluster.replicas()).isEqualTo(3);
        actuator.apply(launch("l1", Pool.MIXED));
        assertThat(cluster.replicas()).isEqualTo(3);
    }

    @Test
    void aRestartAfterAScaleUpWhoseAnswerWasLostChangesNothing() {
        actuator.upkeep();
        cluster.loseAnswer("PUT", "/scale");
        assertThatThrownBy(() -> actuator.apply(launch("l1", Pool.MIXED))).isInstanceOf(IllegalStateException.class);
        assertThat(cluster.replicas()).isEqualTo(3);

        actuator = actuator(WorkloadKind.DEPLOYMENT);
        actuator.apply(launch("l1", Pool.MIXED));
        actuator.upkeep();
        assertThat(cluster.replicas()).isEqualTo(3);
    }

    @Test
    void aNewOperatorCountsTheLaunchesOfTheOneBeforeThatNoPodHasComeOfYet() {
        actuator.upkeep();
        actuator.apply(launch("l1", Pool.BATCH));
        cluster.pass(5);

        PodInstances restarted =
                new PodInstances(cluster.client, Cluster.workload(WorkloadKind.DEPLOYMENT), cluster.clock());
        assertThat(restarted.list()).hasSize(3);
        assertThat(restarted.list().get(2).instance())
                .isEqualTo(InstanceSnapshot.of("launch l1", Pool.BATCH, Phase.STARTING, Cluster.START.plusSeconds(60)));

        cluster.settle();
        assertThat(restarted.list()).extracting(each -> each.instance().id()).doesNotContain("launch l1");
    }

    @Test
    void aConflictIsReadAgainAndTheChangeMadeOnWhatIsThereNow() {
        actuator.upkeep();
        cluster.refuse("PUT", "/scale", 409);
        cluster.refuse("PUT", "/configmaps/chiron-vllm", 409);
        actuator.apply(launch("l1", Pool.MIXED));
        assertThat(cluster.replicas()).isEqualTo(3);
    }

    @Test
    void conflictsWithoutEndAreHandedBack() {
        actuator.upkeep();
        for (int i = 0; i < 10; i++) {
            cluster.refuse("PUT", "/configmaps/chiron-vllm", 409);
        }
        assertThatThrownBy(() -> actuator.apply(launch("l1", Pool.MIXED)))
                .hasMessageContaining("somebody else changes it at the same time");
        cluster.refuseNothing();
        actuator.apply(launch("l1", Pool.MIXED));
        assertThat(cluster.replicas()).isEqualTo(3);
    }

    @Test
    void throttlingIsHandedBackAtOnceAndTheLaunchIsMadeOnce() {
        actuator.upkeep();
        cluster.requests.clear();
        cluster.refuse("PUT", "/scale", 429);
        assertThatThrownBy(() -> actuator.apply(launch("l1", Pool.MIXED)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Launch on Deployment serving/vllm: the API server is throttling");
        assertThat(cluster.requests)
                .as("no retry of its own")
                .filteredOn(r -> r.startsWith("PUT"))
                .hasSize(2);
        actuator.apply(launch("l1", Pool.MIXED));
        assertThat(cluster.replicas()).isEqualTo(3);
    }

    @Test
    void whatIsRefusedAgainAndAgainDoesNotPileUp() {
        actuator.upkeep();
        for (int i = 0; i < 5; i++) {
            cluster.refuse("PUT", "/scale", 403);
            String id = "l" + i;
            assertThatThrownBy(() -> actuator.apply(launch(id, Pool.MIXED))).hasMessageContaining("forbids");
        }
        actuator.upkeep();
        assertThat(cluster.replicas()).isEqualTo(3);
    }

    @Test
    void aForbiddenRequestSaysWhatToGrant() {
        cluster.refuse("GET", "/scale", 403);
        assertThatThrownBy(() -> actuator.apply(launch("l1", Pool.MIXED)))
                .hasMessageContaining("Launch on Deployment serving/vllm: the API server forbids it")
                .hasMessageContaining("rbac.yaml");
        cluster.refuse("GET", "/pods", 403);
        assertThatThrownBy(this::list).hasMessageContaining("list on Deployment serving/vllm");
        cluster.refuse("POST", "/events", 403);
        actuator.apply(launch("l1", Pool.MIXED));
        assertThat(cluster.replicas())
                .as("an event that is forbidden stops nothing")
                .isEqualTo(3);
        assertThat(actuator.lostEvents()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5})
    void aManualEditIsFollowedAndTold(int byHand) {
        actuator.upkeep();
        actuator.apply(launch("l1", Pool.MIXED));
        cluster.settle();
        actuator.upkeep();
        cluster.scaleByHand(byHand);
        cluster.settle();
        actuator.upkeep();
        assertThat(cluster.replicas()).isEqualTo(byHand);
        assertThat(instances()).hasSize(byHand);
        assertThat(cluster.events()).extracting(Event::getReason).containsOnlyOnce("ScaledElsewhere");

        actuator.apply(launch("l2", Pool.MIXED));
        assertThat(cluster.replicas()).isEqualTo(byHand + 1);
    }

    @Test
    void theChosenPodGoesOnce() {
        cluster.readyAll();
        actuator.upkeep();
        String victim = cluster.names().get(0);
        actuator.apply(new Action.Drain("m", victim, REASON));
        assertThat(instances().get(0).phase()).isEqualTo(Phase.DRAINING);
        actuator.apply(new Action.Retire("m", victim, REASON));
        actuator.apply(new Action.Retire("m", victim, REASON));
        assertThat(cluster.replicas()).isEqualTo(1);
        cluster.settle();
        assertThat(cluster.names()).hasSize(1).doesNotContain(victim);
        actuator.apply(new Action.Retire("m", victim, REASON));
        assertThat(cluster.replicas()).isEqualTo(1);
    }

    @Test
    void retiringIsRefusedWhileAnotherPodWouldGo() {
        cluster.readyAll();
        actuator.upkeep();
        String victim = cluster.names().get(0);
        actuator.apply(launch("l1", Pool.MIXED));
        cluster.settle();
        assertThatThrownBy(() -> actuator.apply(new Action.Retire("m", victim, REASON)))
                .hasMessageContaining("it removes pods that are not ready first, such as vllm-c");
        assertThat(cluster.replicas()).isEqualTo(3);

        cluster.readyAll();
        actuator.apply(new Action.Retire("m", victim, REASON));
        cluster.settle();
        assertThat(cluster.names()).hasSize(2).doesNotContain(victim);
    }

    @Test
    void aStatefulSetDrainsAndRetiresItsHighestIndex() {
        use(WorkloadKind.STATEFUL_SET, 3);
        actuator.apply(new Action.Drain("m", "vllm-0", REASON));
        actuator.apply(new Action.Drain("m", "vllm-0", REASON));
        assertThat(instances())
                .extracting(InstanceSnapshot::phase)
                .containsExactly(Phase.READY, Phase.READY, Phase.DRAINING);
        assertThatThrownBy(() -> actuator.apply(new Action.Retire("m", "vllm-0", REASON)))
                .hasMessageContaining("it removes the highest index first, such as vllm-1");
        actuator.apply(new Action.Retire("m", "vllm-2", REASON));
        cluster.settle();
        assertThat(cluster.names()).containsExactly("vllm-0", "vllm-1");
        actuator.upkeep();
        actuator.apply(new Action.Drain("m", "vllm-0", REASON));
        assertThat(instances()).extracting(InstanceSnapshot::phase).containsExactly(Phase.READY, Phase.DRAINING);
    }

    @Test
    void aLeaderWorkerSetIsScaledByGroups() {
        use(WorkloadKind.LEADER_WORKER_SET, 1);
        actuator.apply(launch("l1", Pool.MIXED));
        cluster.settle();
        actuator.upkeep();
        assertThat(instances()).extracting(InstanceSnapshot::launchId).containsExactly(null, "l1");
    }

    @Test
    void rolesAndDrainsAreLabelsAndTheRestIsTheRouters() {
        cluster.readyAll();
        actuator.upkeep();
        String pod = cluster.names().get(0);
        actuator.apply(new Action.Reassign("m", pod, Pool.INTERACTIVE, REASON));
        assertThat(cluster.pod(pod).getMetadata().getLabels())
                .containsEntry(Marks.POOL, "interactive")
                .containsEntry(Marks.STATE, "serving");
        actuator.apply(new Action.Drain("m", pod, REASON));
        assertThat(cluster.pod(pod).getMetadata().getLabels()).containsEntry(Marks.STATE, "draining");
        actuator.apply(new Action.CancelDrain("m", pod, REASON));
        assertThat(instances().get(0).phase()).isEqualTo(Phase.READY);
        actuator.apply(new Action.Evict("m", pod, "jobs", 2, REASON));
        assertThat(routed).hasSize(1);
        actuator.apply(new Action.Drain("m", "nobody", REASON));
        actuator.apply(new Action.Retire("m", "nobody", REASON));
        assertThat(cluster.replicas()).isEqualTo(2);
    }

    @Test
    void everyActionTellsItsReasonOnTheObject() {
        actuator.upkeep();
        actuator.apply(launch("l1", Pool.MIXED));
        actuator.apply(launch("l1", Pool.MIXED));
        assertThat(cluster.events()).hasSize(1);
        Event event = cluster.events().get(0);
        assertThat(event.getInvolvedObject().getKind()).isEqualTo("Deployment");
        assertThat(event.getMessage())
                .isEqualTo(
                        "MIXED instance, 3 wanted: INTERACTIVE_BACKPRESSURE wantInstances=2.400, instead of waiting");
    }

    @Test
    void aPodThatNoNodeHasRoomForIsTold() {
        cluster.condition(cluster.names().get(1), "PodScheduled", "False", "Unschedulable", "0/3 nodes: no gpu");
        PodInstance stuck = list().get(1);
        assertThat(stuck.trouble()).isEqualTo("Unschedulable: 0/3 nodes: no gpu");
        assertThat(stuck.instance().phase()).isEqualTo(Phase.STARTING);
        assertThat(stuck.instance().readyAt()).isEqualTo(Cluster.START);
    }

    @Test
    void aLedgerThatSomebodyBrokeStartsAnew() {
        actuator.upkeep();
        cluster.client
                .configMaps()
                .inNamespace("serving")
                .withName("chiron-vllm")
                .edit(map -> {
                    map.getData().put("wanted", "many");
                    return map;
                });
        actuator.apply(launch("l1", Pool.MIXED));
        assertThat(cluster.replicas()).isEqualTo(3);
        assertThat(cluster.events()).extracting(Event::getReason).contains("LedgerReset");
    }

    @Test
    void anAdvisoryWorkloadIsNeverScaled() {
        actuator = new KubernetesActuator(cluster.client, advisory(), routed::add, cluster.clock());
        cluster.readyAll();
        actuator.upkeep();
        actuator.apply(launch("l1", Pool.BATCH));
        actuator.apply(new Action.Retire("m", cluster.names().get(0), REASON));
        assertThat(cluster.replicas()).isEqualTo(2);
        assertThat(cluster.requests).noneMatch(request -> request.startsWith("PUT") && request.contains("/scale"));

        cluster.scaleByHand(3); // KEDA has followed
        cluster.settle();
        actuator.upkeep();
        assertThat(instances()).extracting(InstanceSnapshot::launchId).contains("l1");
        assertThat(cluster.events()).extracting(Event::getReason).doesNotContain("ScaledElsewhere");
    }

    private static Workload advisory() {
        Workload direct = Cluster.workload(WorkloadKind.DEPLOYMENT);
        return new Workload(
                direct.kind(),
                direct.namespace(),
                direct.name(),
                direct.podLabels(),
                direct.accelerator(),
                direct.startUp(),
                true);
    }

    private void use(WorkloadKind kind, int replicas) {
        cluster.close();
        cluster = new Cluster(kind, replicas);
        cluster.readyAll();
        actuator = actuator(kind);
        actuator.upkeep();
        kindInUse = kind;
    }

    private WorkloadKind kindInUse = WorkloadKind.DEPLOYMENT;

    private KubernetesActuator actuator(WorkloadKind kind) {
        return new KubernetesActuator(cluster.client, Cluster.workload(kind), routed::add, cluster.clock());
    }

    private List<PodInstance> list() {
        return new PodInstances(cluster.client, Cluster.workload(kindInUse), cluster.clock()).list();
    }

    private List<InstanceSnapshot> instances() {
        return list().stream().map(PodInstance::instance).toList();
    }

    private static Action.Launch launch(String id, Pool pool) {
        return new Action.Launch("m", id, pool, "default", REASON);
    }
}
