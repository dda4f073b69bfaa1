package io.chiron.core.fleet;

import io.chiron.api.ReasonCode;
import io.chiron.core.fleet.FleetConfig.InteractiveRule;
import org.jspecify.annotations.Nullable;

/**
 * What interactive demand wants (design 6). Immutable.
 *
 * @param capacity in instances of the reference kind
 * @param careful the same before instances are given up, see {@link Explored}
 * @param instances instances in all that it asks for
 * @param keep instances in all that are not to be given up for it, at least as many
 * @param front instances in a role that serves it
 * @param code the rule that said so
 */
record Want(double capacity, double careful, int instances, int keep, int front, ReasonCode code) {
    Want(double capacity, int instances, int front, ReasonCode code) {
        this(capacity, capacity, instances, instances, front, code);
    }

    /** A want is not known to a per cent: no instance is launched for less. */
    private static final double ROUNDING = 1.01;

    /** Relative change of the busy share that the paper's rule ignores: it moves in steps of whole instances. */
    private static final double BUSY_DEAD_BAND = 0.1;

    static Want of(Evidence evidence) {
        Roster roster = evidence.roster();
        @Nullable Fleet fleet = evidence.fleet();
        InteractiveNeed need = evidence.need();
        int counted = roster.counted();
        int front = roster.front();
        FleetConfig config = evidence.input().config();
        boolean busyRule = config.interactiveRule() == InteractiveRule.BUSY_INSTANCES;
        boolean waits = evidence.interactiveWaits();
        if (front == 0 && (fleet == null || busyRule) && waits) {
            // From zero nothing can be measured: one instance to begin with.
            return new Want(1, 1, 1, ReasonCode.INTERACTIVE_BACKPRESSURE);
        }
        if (busyRule) {
            double ratio = evidence.busy() / config.busyTarget();
            boolean holds = Math.abs(ratio - 1) <= BUSY_DEAD_BAND || (!evidence.trusted() && !waits);
            int wanted = holds ? front : (int) Math.ceil(ratio * front);
            return new Want(wanted, wanted, wanted, ReasonCode.INTERACTIVE_BACKPRESSURE);
        }
        if (fleet == null || !need.known()) {
            return new Want(counted, Math.min(counted, front), front, ReasonCode.WARM_UP);
        }
        if (!evidence.trusted()) {
            // Before the model is trusted only work that really waits is evidence.
            double capacity = Math.max(need.backlog(), need.mean());
            int forBacklog = need.backlog() > 0 ? fleet.instancesFor(capacity) : 0;
            return new Want(
                    capacity,
                    Math.max(counted, forBacklog),
                    Math.max(front, forBacklog),
                    ReasonCode.INTERACTIVE_BACKPRESSURE);
        }
        double want = need.want();
        int instances = fleet.instancesFor(want / ROUNDING);
        // A falling load does not stay where it would show that the curve was wrong.
        double careful = instances == 0 || need.trend().falls()
                ? want
                : evidence.explored()
                        .careful(
                                want,
                                need.mean() / fleet.capacity(instances),
                                need.slackSeconds(),
                                evidence.leadSeconds());
        int keep = Math.max(instances, fleet.instancesFor(careful / ROUNDING));
        return new Want(want, careful, instances, keep, instances, ReasonCode.INTERACTIVE_BACKPRESSURE);
    }
}
