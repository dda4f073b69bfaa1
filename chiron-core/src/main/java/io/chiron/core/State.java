package io.chiron.core;

import io.chiron.core.fleet.FleetPlan;
import io.chiron.core.fleet.FleetState;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.LocalState;
import io.chiron.core.routing.RoutingTable;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a fleet's controller remembers between ticks. Immutable; replaced as a whole.
 *
 * @param learned lengths, rates and waits per tier
 * @param local the local loop's memory
 * @param told what each instance was last told
 * @param fleet the fleet rule's memory
 * @param plan its newest plan
 * @param outbox refused actions
 * @param table what the router reads
 * @param iterationSeconds mean ITL of the fleet at the last tick, seconds
 * @param lastTick time of the last tick
 * @param lastSnapshot time of the last snapshot that was learned from
 * @param lastListed time of the last tick that saw an instance
 * @param lastGlobal time of the last run of the fleet rule
 * @param trouble what was wrong in the last tick, so that a change can be told
 */
record State(
        Learned learned,
        LocalState local,
        Map<String, Told> told,
        FleetState fleet,
        @Nullable FleetPlan plan,
        Outbox outbox,
        RoutingTable table,
        double iterationSeconds,
        @Nullable Instant lastTick,
        @Nullable Instant lastSnapshot,
        @Nullable Instant lastListed,
        @Nullable Instant lastGlobal,
        String trouble) {
    /** What an instance was told, and when. */
    record Told(BatchLimits limits, int bindingTier, Instant time) {}

    /** This state of a host that no action has reached: every limit is news, no launch is on its way. */
    State untold() {
        return new State(
                learned,
                local,
                Map.of(),
                fleet.withoutLaunches(fleet.launchesUnseen()),
                plan,
                Outbox.empty(),
                table,
                iterationSeconds,
                lastTick,
                lastSnapshot,
                lastListed,
                lastGlobal,
                trouble);
    }

    static State initial(ChironConfig config) {
        return new State(
                Learned.nothing(config.tiers().size(), config.expectedLengths()),
                LocalState.initial(),
                Map.of(),
                FleetState.initial(),
                null,
                Outbox.empty(),
                // Before the first tick nothing is known of any instance, and every request costs the same.
                new RoutingTable(
                        List.of(),
                        Collections.nCopies(config.tiers().size(), new RoutingTable.TierCost(0, 1, Double.NaN))),
                0,
                null,
                null,
                null,
                null,
                "");
    }
}
