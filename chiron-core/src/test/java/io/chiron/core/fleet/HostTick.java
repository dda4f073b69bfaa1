package io.chiron.core.fleet;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.ReasonCode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one run of the fleet rule saw and said, and what the host looks like afterwards. */
record HostTick(FleetInput input, LeadTimes leadsBefore, FleetStep step, List<InstanceSnapshot> after) {
    FleetSnapshot snapshot() {
        return input.snapshot();
    }

    Roster roster() {
        double initial = input.config().initialLeadSeconds();
        LeadTimes leads = leadsBefore.observe(snapshot().instances(), input.now(), leadsBefore.seconds(initial));
        return Roster.of(snapshot().instances(), leads, leads.seconds(initial), input.now());
    }

    <A extends Action> List<A> actions(Class<A> type) {
        return Fleets.actions(step, type);
    }

    /** How long wants are remembered. */
    double hold() {
        return Math.max(input.config().holdSeconds(), 1.5 * step.plan().leadSeconds());
    }

    /** Counted instances that this tick gives up. */
    List<InstanceSnapshot> retired() {
        Roster roster = roster();
        List<InstanceSnapshot> gone = new ArrayList<>();
        for (Decision decision : step.decisions()) {
            if (decision.action() instanceof Action.Retire || decision.action() instanceof Action.Drain) {
                InstanceSnapshot instance = instance(((Action.OnInstance) decision.action()).instance());
                if (roster.ready().contains(instance) || roster.starting().contains(instance)) {
                    gone.add(instance);
                }
            }
        }
        return gone;
    }

    /** True if instances go because interactive work has none, the maximum is reached and roles are fixed. */
    boolean makesRoom() {
        return !input.config().reassign()
                && step.decisions().stream()
                        .anyMatch(decision -> (decision.action() instanceof Action.Drain
                                        || decision.action() instanceof Action.Retire)
                                && decision.reason().code() == ReasonCode.INTERACTIVE_BACKPRESSURE);
    }

    /** Roles of what serves or will, after the tick's actions. */
    Map<Pool, Integer> roles() {
        Map<String, Pool> roles = new TreeMap<>();
        Roster roster = roster();
        roster.ready().forEach(each -> roles.put(each.id(), each.pool()));
        roster.starting().forEach(each -> roles.put(each.id(), each.pool()));
        actions(Action.CancelDrain.class)
                .forEach(each ->
                        roles.put(each.instance(), instance(each.instance()).pool()));
        retired().forEach(each -> roles.remove(each.id()));
        actions(Action.Reassign.class).forEach(each -> roles.put(each.instance(), each.pool()));
        EnumMap<Pool, Integer> counts = new EnumMap<>(Pool.class);
        for (Pool pool : Pool.values()) {
            counts.put(pool, 0);
        }
        roles.values().forEach(pool -> counts.merge(pool, 1, Integer::sum));
        roster.unseen().forEach(each -> counts.merge(each.pool(), 1, Integer::sum));
        actions(Action.Launch.class).forEach(each -> counts.merge(each.pool(), 1, Integer::sum));
        return counts;
    }

    InstanceSnapshot instance(String id) {
        return snapshot().instances().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
