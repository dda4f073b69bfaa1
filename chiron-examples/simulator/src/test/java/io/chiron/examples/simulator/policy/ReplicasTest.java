package io.chiron.examples.simulator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.TierUsage;
import io.chiron.examples.simulator.run.SimClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a wanted number of replicas is carried out. */
final class ReplicasTest {
    private static final Instant NOW = SimClock.instant(100);
    private static final Reason REASON = Reason.of(ReasonCode.SURPLUS);

    private final List<Action> applied = new ArrayList<>();
    private final Replicas replicas = new Replicas(applied::add, 5);

    private static InstanceSnapshot instance(String id, Phase phase, double readySeconds) {
        return InstanceSnapshot.of(id, Pool.MIXED, phase, SimClock.instant(readySeconds));
    }

    private List<String> scale(int wanted, InstanceSnapshot... instances) {
        List<Decision> decisions = new ArrayList<>();
        replicas.scaleTo(wanted, List.of(instances), REASON, NOW, decisions);
        assertThat(decisions).extracting(Decision::action).isEqualTo(applied);
        return applied.stream()
                .map(each -> each instanceof Action.OnInstance on
                        ? each.getClass().getSimpleName() + " " + on.instance()
                        : each.getClass().getSimpleName())
                .toList();
    }

    @Test
    void launchesWhatIsMissing() {
        assertThat(scale(3, instance("a", Phase.READY, 0), instance("b", Phase.STARTING, 120)))
                .containsExactly("Launch");
    }

    @Test
    void drainingOnesHoldTheQuota() {
        assertThat(scale(
                        5,
                        instance("a", Phase.READY, 0),
                        instance("b", Phase.READY, 0),
                        instance("c", Phase.DRAINING, 0)))
                .containsExactly("Launch", "Launch");
    }

    @Test
    void startingOnesGoFirstThenTheNewest() {
        assertThat(scale(
                        1,
                        instance("old", Phase.READY, 0),
                        instance("new", Phase.READY, 50),
                        instance("starting", Phase.STARTING, 120)))
                .containsExactly("Retire starting", "Drain new");
    }

    @Test
    void aDrainedReplicaEndsOnceItIsEmpty() {
        InstanceSample empty = InstanceSample.builder(NOW, 1)
                .tiers(List.of(new TierUsage("interactive", 0, 0, 0)))
                .waitingRequests(0)
                .build();
        InstanceSample busy = InstanceSample.builder(NOW, 1)
                .tiers(List.of(new TierUsage("interactive", 1, 1, 9)))
                .waitingRequests(0)
                .build();
        replicas.retireDrained(
                List.of(
                        instance("done", Phase.DRAINING, 0).withSample(empty),
                        instance("busy", Phase.DRAINING, 0).withSample(busy),
                        instance("ready", Phase.READY, 0).withSample(empty)),
                NOW,
                new ArrayList<>());
        assertThat(applied).hasSize(1);
        assertThat(((Action.OnInstance) applied.get(0)).instance()).isEqualTo("done");
    }
}
