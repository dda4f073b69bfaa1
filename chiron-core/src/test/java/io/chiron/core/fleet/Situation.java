package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.KIND;
import static io.chiron.core.fleet.Fleets.START;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the reconciler finds at {@link Fleets#START}, with a lead time of 20 s, and what it decides then. */
final class Situation {
    static final double LEAD_SECONDS = 20;

    final List<InstanceSnapshot> instances = new ArrayList<>();
    FleetLimits limits = FleetLimits.of(0, 20);
    FleetConfig config = FleetConfig.DEFAULTS;
    LeadTimes leads = LeadTimes.empty();
    SilentDrains silent = SilentDrains.none();
    List<String> launchOrder = List.of(KIND);
    int interactiveWant;

    @Nullable
    Reason heldBack;

    private List<Decision> decisions = List.of();

    Situation with(InstanceSnapshot instance) {
        instances.add(instance);
        return this;
    }

    Situation with(List<InstanceSnapshot> more) {
        instances.addAll(more);
        return this;
    }

    /** A launch of ours that nobody has seen yet. */
    Situation launched(String id, Pool pool, double secondsAgo) {
        leads = leads.asked(Map.of(id, LeadTimes.Pending.of(pool, KIND, Fleets.at(-secondsAgo))), 1);
        return this;
    }

    /** All mixed. */
    Situation want(int target) {
        return want(target, Map.of(Pool.MIXED, target));
    }

    Situation want(int target, Map<Pool, Integer> pools) {
        Roster roster = Roster.of(instances, leads, LEAD_SECONDS, START);
        FleetInput input = Fleets.input(Fleets.snapshot(START, instances, 0, 0, List.of()), limits, config, START);
        decisions = Reconciler.reconcile(new Reconciler.Job(
                        roster,
                        leads,
                        silent,
                        new Target(target, Reason.of(ReasonCode.SURPLUS), heldBack),
                        pools,
                        interactiveWant,
                        launchOrder,
                        input,
                        LEAD_SECONDS))
                .decisions();
        return this;
    }

    <A extends Action> List<A> actions(Class<A> type) {
        List<A> found = new ArrayList<>();
        for (Decision decision : decisions) {
            if (type.isInstance(decision.action())) {
                found.add(type.cast(decision.action()));
            }
        }
        return found;
    }

    /** The instances that an action of this kind is for, in order. */
    List<String> of(Class<? extends Action.OnInstance> type) {
        return actions(type).stream().map(Action.OnInstance::instance).toList();
    }

    /** Pools of what is launched, in order. */
    List<Pool> launches() {
        return actions(Action.Launch.class).stream().map(Action.Launch::pool).toList();
    }

    /** Why something was held back. */
    List<Reason> held(String what) {
        return decisions.stream()
                .filter(decision -> decision.isHeld() && decision.what().equals(what))
                .map(Decision::reason)
                .toList();
    }
}
