package io.chiron.core.fleet;

import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the fleet rule remembers from run to run. Immutable; opaque to hosts. */
public final class FleetState {
    final PlannedLimits limits;
    final InteractiveDemand demand;
    final LeadTimes leads;
    final SilentDrains silent;
    final Delivered delivered;
    final Explored explored;
    final HoldWindow hold;
    final Patience patience;
    final HoldWindow batchHold;
    final HoldWindow frontHold;
    final int interactivePool;
    final @Nullable Instant since;
    final @Nullable Instant last;

    FleetState(
            PlannedLimits limits,
            InteractiveDemand demand,
            LeadTimes leads,
            SilentDrains silent,
            Delivered delivered,
            Explored explored,
            HoldWindow hold,
            Patience patience,
            HoldWindow batchHold,
            HoldWindow frontHold,
            int interactivePool,
            @Nullable Instant since,
            @Nullable Instant last) {
        this.limits = limits;
        this.demand = demand;
        this.leads = leads;
        this.silent = silent;
        this.delivered = delivered;
        this.explored = explored;
        this.hold = hold;
        this.patience = patience;
        this.batchHold = batchHold;
        this.frontHold = frontHold;
        this.interactivePool = interactivePool;
        this.since = since;
        this.last = last;
    }

    /** The state of a fleet that was never looked at. */
    public static FleetState initial() {
        return new FleetState(
                PlannedLimits.none(),
                InteractiveDemand.empty(),
                LeadTimes.empty(),
                SilentDrains.none(),
                Delivered.nothing(),
                Explored.nothing(),
                HoldWindow.empty(),
                Patience.empty(),
                HoldWindow.empty(),
                HoldWindow.empty(),
                0,
                null,
                null);
    }

    /** This state without launches that the host never took, by their ids. */
    public FleetState withoutLaunches(Set<String> launchIds) {
        return with(leads.without(launchIds));
    }

    /** This state without the refused launches for which the limits have no room any more. */
    public FleetState withRoomFor(Set<String> refusedLaunches, FleetSnapshot snapshot, FleetLimits limits) {
        return refusedLaunches.isEmpty()
                ? this
                : with(leads.withRoomFor(refusedLaunches, snapshot.instances(), limits));
    }

    private FleetState with(LeadTimes newLeads) {
        return new FleetState(
                limits,
                demand,
                newLeads,
                silent,
                delivered,
                explored,
                hold,
                patience,
                batchHold,
                frontHold,
                interactivePool,
                since,
                last);
    }

    /** Ids of launches that no snapshot shows yet. */
    public Set<String> launchesUnseen() {
        TreeSet<String> ids = new TreeSet<>();
        leads.pending().forEach((id, launch) -> {
            if (launch.instance().isEmpty()) {
                ids.add(id);
            }
        });
        return ids;
    }
}
