package io.chiron.examples.simulator.policy;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.ScalingActuator;
import io.chiron.examples.simulator.run.Scenario;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Carries out a wanted number of replicas as a Kubernetes workload does: starting ones go first, then the newest, each
 * drained before it ends. Those that still drain hold their GPUs: a launch waits while the quota is used up.
 */
final class Replicas {
    private final ScalingActuator actuator;
    private final int quota;
    private int launches;
    /** Those that there should be, until something else is wanted. */
    private int kept;

    Replicas(ScalingActuator actuator, int quota) {
        this.actuator = actuator;
        this.quota = quota;
    }

    /** Those that serve or will. */
    static List<InstanceSnapshot> counted(List<InstanceSnapshot> instances) {
        List<InstanceSnapshot> counted = new ArrayList<>();
        for (InstanceSnapshot instance : instances) {
            if (instance.phase() == Phase.READY || instance.phase() == Phase.STARTING) {
                counted.add(instance);
            }
        }
        return counted;
    }

    /** Ends the instances that have finished draining. */
    void retireDrained(List<InstanceSnapshot> instances, Instant now, List<Decision> decisions) {
        for (InstanceSnapshot instance : instances) {
            InstanceSample sample = instance.sample();
            if (instance.phase() == Phase.DRAINING
                    && sample != null
                    && sample.runningNow() == 0
                    && sample.waitingRequests() == 0) {
                act(new Action.Retire(Scenario.FLEET, instance.id(), Reason.of(ReasonCode.DRAINED)), now, decisions);
            }
        }
    }

    /** Notes those that there are now: the number to keep. */
    void keep(List<InstanceSnapshot> instances) {
        kept = counted(instances).size();
    }

    /** Replaces what was lost, as the controller of a set of replicas does by itself; true if something was. */
    boolean replaceLost(List<InstanceSnapshot> instances, Instant now, List<Decision> decisions) {
        int lost = kept - counted(instances).size();
        if (lost > 0) {
            scaleTo(kept, instances, Reason.of(ReasonCode.FAILED).with("lost", lost), now, decisions);
        }
        return lost > 0;
    }

    /** Launches or drains until {@code wanted} are left. */
    void scaleTo(int wanted, List<InstanceSnapshot> instances, Reason reason, Instant now, List<Decision> decisions) {
        List<InstanceSnapshot> counted = counted(instances);
        int room = Math.min(wanted, counted.size() + quota - instances.size());
        for (int i = counted.size(); i < room; i++) {
            String id = "replica-" + ++launches;
            act(
                    new Action.Launch(Scenario.FLEET, id, Pool.MIXED, InstanceSnapshot.DEFAULT_ACCELERATOR, reason),
                    now,
                    decisions);
        }
        counted.sort(Comparator.comparing((InstanceSnapshot each) -> each.phase() == Phase.STARTING ? 0 : 1)
                .thenComparing(each -> each.readyAt() == null ? now : each.readyAt(), Comparator.reverseOrder()));
        for (int i = 0; i < counted.size() - wanted; i++) {
            InstanceSnapshot victim = counted.get(i);
            act(
                    victim.phase() == Phase.STARTING
                            ? new Action.Retire(Scenario.FLEET, victim.id(), reason)
                            : new Action.Drain(Scenario.FLEET, victim.id(), reason),
                    now,
                    decisions);
        }
    }

    private void act(Action action, Instant now, List<Decision> decisions) {
        actuator.apply(action);
        decisions.add(Decision.taken(now, action));
    }
}
