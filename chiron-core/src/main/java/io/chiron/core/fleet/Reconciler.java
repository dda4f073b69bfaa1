package io.chiron.core.fleet;

import io.chiron.api.Decision;
import io.chiron.api.Pool;
import java.util.List;
import java.util.Map;

/**
 * From wants to actions, in the order that costs least (design 8): keep, un-drain, launch, retire, and reassign what
 * stays. Quota, minimum and maximum hold at every instant, in transit too.
 */
final class Reconciler {
    private Reconciler() {}

    /** What is there and what is wanted. */
    record Job(
            Roster roster,
            LeadTimes leads,
            SilentDrains silent,
            Target target,
            Map<Pool, Integer> pools,
            int interactiveWant,
            List<String> launchOrder,
            FleetInput input,
            double leadSeconds) {}

    /** What to do, and the launches that are on their way then. */
    record Result(List<Decision> decisions, LeadTimes leads) {}

    static Result reconcile(Job job) {
        Draft draft = new Draft(job);
        Arrivals arrivals = new Arrivals(draft);
        Departures departures = new Departures(draft);
        int change = job.target().instances() - job.roster().counted();
        int left = arrivals.cancelDrains(change);
        departures.clearAway();
        if (change > 0) {
            arrivals.launch(left);
        } else if (change < 0) {
            departures.retire(-change);
        } else if (job.target().held() != null) {
            draft.hold("scale", job.target().held());
        }
        if (job.input().config().reassign()) {
            new Roles(draft).reassign();
        }
        return draft.result();
    }
}
