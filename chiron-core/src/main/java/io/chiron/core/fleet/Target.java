package io.chiron.core.fleet;

import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * A wanted number of instances. Immutable.
 *
 * @param reason why
 * @param held what was held instead, and why; null if nothing was
 */
record Target(int instances, Reason reason, @Nullable Reason held) {
    /**
     * What both classes want together, up at once and down only when nothing speaks against it.
     *
     * @param heldWant the largest want of the hold window
     */
    static Target of(Evidence evidence, Want interactive, BatchPlan batch, double heldWant) {
        FleetInput input = evidence.input();
        Roster roster = evidence.roster();
        @Nullable ReasonCode blind = evidence.blind();
        int minimum = Math.max(input.limits().minInstances(), poolMinimum(input));
        int counted = roster.counted();
        // Roles that nobody may change have to be launched, whatever else there is.
        int missing = input.config().reassign()
                ? 0
                : missingRoles(roster, interactive.front(), evidence.warm() && batch.wanted() > 0);
        int wanted = Math.max(minimum, Math.max(interactive.instances(), batch.wanted()));
        int up = missing > 0 ? Math.max(wanted, counted + missing) : wanted;
        int down = Math.max(minimum, Math.max((int) Math.round(heldWant), batch.retirable()));
        boolean mayShrink = evidence.mayShrink();
        Reason reason = reasonFor(interactive, batch, wanted, minimum, evidence);
        Reason facts = numbers(ReasonCode.STEADY, batch, evidence);
        if (interactive.careful() > interactive.capacity()) {
            facts = facts.with("carefulWant", interactive.careful());
        }
        int most = input.limits().maxInstances();
        // At the maximum others make room for them, no more at a time than there are already.
        int others = roster.front() < interactive.front() ? roster.ofPool(Pool.BATCH) : counted;
        int makeRoom = counted < most
                ? 0
                : Math.min(Math.min(missing, others), Math.min(Math.max(1, roster.front()), counted - minimum));
        if (counted > most) {
            return new Target(
                    most, because(facts, ReasonCode.ABOVE_MAXIMUM, "keeping " + counted + " instances"), null);
        }
        if (makeRoom > 0 && mayShrink) {
            Reason why = because(reason, ReasonCode.INTERACTIVE_BACKPRESSURE, "keeping roles that are wanted less");
            return new Target(counted - makeRoom, why, null);
        }
        if (up > counted) {
            String instead = reason.rejected().isEmpty() ? "staying at " + counted + " instances" : reason.rejected();
            return new Target(up, reason.rejecting(instead), null);
        }
        if (down < counted && mayShrink) {
            return new Target(down, because(facts, ReasonCode.SURPLUS, "keeping " + counted + " instances"), null);
        }
        if (up < counted) {
            ReasonCode code = blind != null ? blind : mayShrink ? ReasonCode.HOLD_WINDOW : ReasonCode.WARM_UP;
            String instead = "retiring " + (counted - up) + " of " + counted + " instances";
            return new Target(counted, reason, because(facts, code, instead));
        }
        return new Target(counted, reason, blind != null ? because(facts, blind, "any change") : facts);
    }

    /** Instances that must come so that each class that has work has a role that serves it. */
    private static int missingRoles(Roster roster, int front, boolean batchWork) {
        boolean nothingForBatch = batchWork && roster.counted() == roster.ofPool(Pool.INTERACTIVE);
        return Math.max(nothingForBatch ? 1 : 0, front - roster.front());
    }

    private static Reason reasonFor(Want interactive, BatchPlan batch, int up, int minimum, Evidence evidence) {
        ReasonCode code;
        if (interactive.instances() >= up) {
            code = interactive.code();
        } else if (batch.wanted() >= up) {
            code = batch.infeasible() > 0 && batch.backpressure() == 0
                    ? ReasonCode.BATCH_LATE
                    : ReasonCode.BATCH_BACKPRESSURE;
        } else {
            code = up == minimum && evidence.roster().counted() < minimum
                    ? ReasonCode.BELOW_MINIMUM
                    : ReasonCode.STEADY;
        }
        Reason reason = numbers(code, batch, evidence);
        return batch.deferred()
                ? reason.rejecting("one more launch for batch work: it still comes in time later")
                : reason;
    }

    /** The numbers that led to a decision on the size of the fleet. */
    static Reason numbers(ReasonCode code, BatchPlan batch, Evidence evidence) {
        InteractiveNeed need = evidence.need();
        Reason full = Reason.of(code)
                .with("instances", evidence.roster().counted())
                .with("leadSeconds", evidence.leadSeconds());
        if (need.known()) {
            full = full.with("interactiveReference", need.reference())
                    .with("headroom", need.headroom())
                    .with("interactiveWant", need.want())
                    .with("interactiveMean", need.mean());
            if (need.trend().perSecond() != 0) {
                full = full.with("interactiveLevel", need.trend().level())
                        .with("interactiveTrendPerSecond", need.trend().perSecond());
            }
        }
        if (!Double.isNaN(batch.tightestSeconds())) {
            full = full.with("bbp", batch.backpressure())
                    .with("infeasibleGroups", batch.infeasible())
                    .with("needTokens", Math.rint(batch.needTokens()))
                    .with("supplyTokens", Math.rint(batch.supplyTokens()))
                    .with("deadlineInSeconds", batch.tightestSeconds());
        }
        return full;
    }

    private static Reason because(Reason facts, ReasonCode code, String rejected) {
        return new Reason(code, facts.numbers(), rejected);
    }

    private static int poolMinimum(FleetInput input) {
        int sum = 0;
        for (Pool pool : Pool.values()) {
            sum += input.limits().range(pool).min();
        }
        return sum;
    }
}
