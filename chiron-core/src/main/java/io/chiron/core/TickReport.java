package io.chiron.core;

import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.ReasonCode;
import io.chiron.core.fleet.FleetPlan;
import io.chiron.core.local.LocalDecision;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one tick saw, decided and did. Immutable.
 *
 * @param time of the tick
 * @param snapshot what the source gave, a stale one too; null if it gave nothing
 * @param blindness why nothing new was learned ({@link ReasonCode#BLIND}, {@link ReasonCode#STALE}); null if there was a
 *     fresh snapshot
 * @param local the batch limits of every instance, with reasons
 * @param plan the newest plan of the fleet rule; null before its first run
 * @param planned true if the fleet rule ran in this tick
 * @param decisions everything decided, taken or held
 * @param failures actions that the actuator refused, and what the source threw
 * @param dryRun true if nothing was handed to the actuator
 */
public record TickReport(
        Instant time,
        @Nullable FleetSnapshot snapshot,
        @Nullable ReasonCode blindness,
        Map<String, LocalDecision> local,
        @Nullable FleetPlan plan,
        boolean planned,
        List<Decision> decisions,
        List<String> failures,
        boolean dryRun) {
    public TickReport {
        decisions = List.copyOf(decisions);
        failures = List.copyOf(failures);
    }
}
