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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of the local loop is worth telling the host. Immutable.
 *
 * @param decisions new limits as actions, and what was held where that was not so before
 * @param told what each instance has been told then
 */
record LimitNews(List<Decision> decisions, Map<String, State.Told> told) {
    /** Smaller changes of a limit are not worth a call to the host; the routing table has them anyway. */
    private static final double TOLD_SHARE = 0.02;

    /** {@code limits} are the local loop's decisions by position of their instance. */
    static LimitNews of(
            ChironConfig current,
            State before,
            FleetSnapshot snapshot,
            List<@Nullable LocalDecision> limits,
            Instant now) {
        List<Decision> decisions = new ArrayList<>();
        Map<String, State.Told> news = new HashMap<>();
        InOrder<State.Told> toldBefore = new InOrder<>(before.told());
        int decided = 0;
        for (int i = 0; i < limits.size(); i++) {
            LocalDecision decision = limits.get(i);
            if (decision == null) {
                continue;
            }
            decided++;
            State.Told last = toldBefore.get(decision.instance());
            if (last == null
                    || startedSince(last.time(), snapshot.instances().get(i), now)
                    || differs(last, decision)) {
                news.put(decision.instance(), new State.Told(decision.limits(), decision.bindingTier(), now));
                decisions.add(Decision.taken(
                        now,
                        new Action.SetBatchLimits(
                                current.fleet(),
                                decision.instance(),
                                tierLimits(current.tiers(), decision.limits()),
                                current.tiers().get(decision.bindingTier()).name(),
                                decision.reason())));
            } else if (decision.held() && isNew(decision, before)) {
                decisions.add(Decision.held(now, current.fleet(), "setBatchLimits", decision.reason()));
            }
        }
        // Mostly the same instances know the same limits: what they were told is kept as it is.
        boolean same = news.isEmpty() && decided == before.told().size();
        return new LimitNews(decisions, same ? before.told() : told(limits, before, news));
    }

    private static boolean isNew(LocalDecision held, State before) {
        LocalDecision previous = before.local().decision(held.instance());
        return previous == null || previous.reason().code() != held.reason().code();
    }

    private static Map<String, State.Told> told(
            List<@Nullable LocalDecision> limits, State before, Map<String, State.Told> news) {
        Map<String, State.Told> told = new LinkedHashMap<>(limits.size() * 2);
        for (LocalDecision decision : limits) {
            State.Told last = decision == null
                    ? null
                    : news.getOrDefault(decision.instance(), before.told().get(decision.instance()));
            if (decision != null && last != null) {
                told.put(decision.instance(), last);
            }
        }
        return told;
    }

    /** True if an engine came up under an id that was told of limits before: it does not know them. */
    private static boolean startedSince(Instant told, InstanceSnapshot instance, Instant now) {
        Instant readyAt = instance.readyAt();
        return instance.phase() == Phase.READY && readyAt != null && readyAt.isAfter(told) && !readyAt.isAfter(now);
    }

    /** Worth a call to the host: another tier binds, or a limit has moved by more than rounding. */
    private static boolean differs(State.Told last, LocalDecision next) {
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
