package io.chiron.core.fleet;

import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.ReasonCode;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.api.Times;
import io.chiron.core.local.TierProfile;
import org.jspecify.annotations.Nullable;

/**
 * What one run of the fleet rule goes by. Immutable.
 *
 * @param input what was observed, limits and settings
 * @param roster the instances by what can be counted on
 * @param fleet their capacity; null while no curve is learned
 * @param need what interactive demand asks for
 * @param explored how full instances have been
 * @param blind why measurements are not to be trusted; null if they are
 * @param ageSeconds how long the fleet has been watched
 * @param leadSeconds lead time to plan with
 */
record Evidence(
        FleetInput input,
        Roster roster,
        @Nullable Fleet fleet,
        InteractiveNeed need,
        Explored explored,
        @Nullable ReasonCode blind,
        double ageSeconds,
        double leadSeconds) {

    static Evidence of(
            FleetInput input,
            Roster roster,
            @Nullable Fleet fleet,
            InteractiveNeed need,
            Explored explored,
            double ageSeconds,
            double leadSeconds) {
        return new Evidence(input, roster, fleet, need, explored, blindness(input), ageSeconds, leadSeconds);
    }

    /** True once there are samples enough to launch on the learned model. */
    boolean warm() {
        return ageSeconds >= input.config().warmUpSeconds();
    }

    /** True if what the learned model says may be acted on. */
    boolean trusted() {
        return warm() && blind == null;
    }

    /** How long a larger want holds a smaller one back. */
    double holdSeconds() {
        return Math.max(input.config().holdSeconds(), 1.5 * leadSeconds);
    }

    boolean mayShrink() {
        return trusted() && fleet != null && ageSeconds >= holdSeconds();
    }

    /** IBP in the paper's sense: busy instances among those that may serve interactive work; 0 if there are none. */
    double busy() {
        int front = roster.front();
        int busy = 0;
        for (InstanceSnapshot instance : roster.ready()) {
            if (instance.pool() != Pool.BATCH && Roster.running(instance, input.tiers(), true) > 0) {
                busy++;
            }
        }
        return front == 0 ? 0 : (double) busy / front;
    }

    /** True if a fresh flow says that interactive requests wait. */
    boolean interactiveWaits() {
        for (TierProfile profile : input.tiers()) {
            TierFlow flow = input.snapshot().flow(profile.tier().name());
            if (profile.tier().interactive() && flow != null && isFresh(flow, input) && flow.waitingRequests() > 0) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable ReasonCode blindness(FleetInput input) {
        boolean batchTier = false;
        for (TierProfile profile : input.tiers()) {
            SloTier tier = profile.tier();
            batchTier |= !tier.interactive();
            TierFlow flow = input.snapshot().flow(tier.name());
            if (tier.interactive() && flow == null) {
                return ReasonCode.BLIND;
            }
            if (flow != null && !isFresh(flow, input)) {
                return ReasonCode.STALE;
            }
        }
        return batchTier && input.snapshot().groups() == null ? ReasonCode.BLIND : null;
    }

    private static boolean isFresh(TierFlow flow, FleetInput input) {
        return Math.abs(Times.secondsBetween(flow.time(), input.now()))
                <= input.config().maxFlowAgeSeconds();
    }
}
