package io.chiron.core;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.SloTier;
import io.chiron.api.TierLimit;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.LocalDecision;
import io.chiron.core.local.LocalStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which decisions of the local loop are worth telling the host. */
final class LimitNews {
    /** Smaller changes of a limit are not worth a call to the host; the routing table has them anyway. */
    private static final double TOLD_SHARE = 0.02;

    private LimitNews() {}

    /**
     * New limits as actions, and what was held where that was not so before.
     *
     * @param told filled with what each instance has been told then
     */
    static List<Decision> of(
            ChironConfig current,
            State before,
            FleetSnapshot snapshot,
            LocalStep step,
            Map<String, State.Told> told,
            Instant now) {
        List<Decision> decisions = new ArrayList<>();
        for (InstanceSnapshot instance : snapshot.instances()) {
            LocalDecision decision = step.decisions().get(instance.id());
            if (decision == null) {
                continue;
            }
            State.Told last = before.told().get(decision.instance());
            LocalDecision previous = before.local().decision(decision.instance());
            boolean tell =
                    last == null || startedSince(last.time(), instance, now) || differs(last.decision(), decision);
            told.put(decision.instance(), tell || last == null ? new State.Told(decision, now) : last);
            if (tell) {
                decisions.add(Decision.taken(
                        now,
                        new Action.SetBatchLimits(
                                current.fleet(),
                                decision.instance(),
                                tierLimits(current.tiers(), decision.limits()),
                                current.tiers().get(decision.bindingTier()).name(),
                                decision.reason())));
            } else if (decision.held()
                    && (previous == null
                            || previous.reason().code() != decision.reason().code())) {
                decisions.add(Decision.held(now, current.fleet(), "setBatchLimits", decision.reason()));
            }
        }
        return decisions;
    }

    /** True if an engine came up under an id that was told of limits before: it does not know them. */
    private static boolean startedSince(Instant told, InstanceSnapshot instance, Instant now) {
        Instant readyAt = instance.readyAt();
        return instance.phase() == Phase.READY && readyAt != null && readyAt.isAfter(told) && !readyAt.isAfter(now);
    }

    /** Worth a call to the host: another tier binds, or a limit has moved by more than rounding. */
    private static boolean differs(LocalDecision last, LocalDecision next) {
        if (last.bindingTier() != next.bindingTier()) {
            return true;
        }
        for (int i = 0; i < next.limits().tiers(); i++) {
            if (moved(last.limits().soft(i, i), next.limits().soft(i, i))
                    || moved(last.limits().hard(i, i), next.limits().hard(i, i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean moved(int from, int to) {
        return Math.abs(to - from) > TOLD_SHARE * from;
    }

    private static List<TierLimit> tierLimits(List<SloTier> tiers, BatchLimits limits) {
        List<TierLimit> all = new ArrayList<>();
        for (int i = 0; i < tiers.size(); i++) {
            all.add(new TierLimit(tiers.get(i).name(), limits.soft(i, i), limits.hard(i, i)));
        }
        return all;
    }
}
