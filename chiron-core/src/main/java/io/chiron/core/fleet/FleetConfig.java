package io.chiron.core.fleet;

import io.chiron.api.Checks;
import java.util.Objects;

/**
 * Settings of the fleet rule. Immutable.
 *
 * @param interactiveRule how interactive demand becomes instances
 * @param busyTarget Θ of the paper's rule: wanted share of busy instances; (0, 1]
 * @param batchLaunch when instances for batch work are launched
 * @param grouping how the batch queue is grouped
 * @param groups most groups of the k-means grouping; [1, 64]
 * @param reassign whether roles change with the load
 * @param steadyReplay whether steady load is planned by replaying its own past
 * @param holdSeconds least time that a larger want holds a smaller one back, seconds; [0, 86,400]
 * @param initialLeadSeconds lead time assumed until one is measured, seconds; [0, 86,400]
 * @param warmUpSeconds time without launches on the learned model, seconds; [0, 86,400]
 * @param maxFlowAgeSeconds age at which a flow or sample is stale, seconds; (0, 86,400]
 * @param needDeviations deviations of output length added to the batch need; [0, 10]
 */
public record FleetConfig(
        InteractiveRule interactiveRule,
        double busyTarget,
        BatchLaunch batchLaunch,
        Grouping grouping,
        int groups,
        boolean reassign,
        boolean steadyReplay,
        double holdSeconds,
        double initialLeadSeconds,
        double warmUpSeconds,
        double maxFlowAgeSeconds,
        double needDeviations) {

    /** How interactive demand becomes a number of instances. */
    public enum InteractiveRule {
        /** Work (engine-seconds) against capacity, with learned headroom: ours. */
        WORK,
        /** Instances that run interactive work against all that may, with target Θ: the paper's IBP. */
        BUSY_INSTANCES
    }

    /** When instances for batch work are launched. */
    public enum BatchLaunch {
        /** As soon as a deadline would be missed without them: the paper. */
        EAGER,
        /** The fractional last instance waits while it safely can. */
        JUST_IN_TIME
    }

    /** How the batch queue is grouped. */
    public enum Grouping {
        /** As the router grouped it: buckets that grow with the slack. */
        SLACK,
        /** By k-means on the deadline: the paper's. */
        K_MEANS
    }

    /** What {@link #builder()} starts from. */
    public static final FleetConfig DEFAULTS = new FleetConfig(
            InteractiveRule.WORK, 1.0 / 3, BatchLaunch.EAGER, Grouping.SLACK, 16, true, true, 180, 60, 90, 45, 1.64);

    public FleetConfig {
        Objects.requireNonNull(interactiveRule, "fleet.interactiveRule");
        if (!(busyTarget > 0 && busyTarget <= 1)) {
            throw Checks.outOfRange("fleet.busyTarget", busyTarget, "(0, 1]");
        }
        Objects.requireNonNull(batchLaunch, "fleet.batchLaunch");
        Objects.requireNonNull(grouping, "fleet.grouping");
        Checks.inRange("fleet.groups", groups, 1, 64);
        Checks.inRange("fleet.holdSeconds", holdSeconds, 0, 86_400);
        Checks.inRange("fleet.initialLeadSeconds", initialLeadSeconds, 0, 86_400);
        Checks.inRange("fleet.warmUpSeconds", warmUpSeconds, 0, 86_400);
        Checks.inRange(
                "fleet.maxFlowAgeSeconds", Checks.positive("fleet.maxFlowAgeSeconds", maxFlowAgeSeconds), 0, 86_400);
        Checks.inRange("fleet.needDeviations", needDeviations, 0, 10);
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings; confined to one thread. */
    public static final class Builder {
        private InteractiveRule interactiveRule = DEFAULTS.interactiveRule;
        private double busyTarget = DEFAULTS.busyTarget;
        private BatchLaunch batchLaunch = DEFAULTS.batchLaunch;
        private Grouping grouping = DEFAULTS.grouping;
        private int groups = DEFAULTS.groups;
        private boolean reassign = DEFAULTS.reassign;
        private boolean steadyReplay = DEFAULTS.steadyReplay;
        private double holdSeconds = DEFAULTS.holdSeconds;
        private double initialLeadSeconds = DEFAULTS.initialLeadSeconds;
        private double warmUpSeconds = DEFAULTS.warmUpSeconds;
        private double maxFlowAgeSeconds = DEFAULTS.maxFlowAgeSeconds;
        private double needDeviations = DEFAULTS.needDeviations;

        private Builder() {}

        public Builder interactiveRule(InteractiveRule value) {
            interactiveRule = value;
            return this;
        }

        public Builder busyTarget(double value) {
            busyTarget = value;
            return this;
        }

        public Builder batchLaunch(BatchLaunch value) {
            batchLaunch = value;
            return this;
        }

        public Builder grouping(Grouping value) {
            grouping = value;
            return this;
        }

        public Builder groups(int value) {
            groups = value;
            return this;
        }

        public Builder reassign(boolean value) {
            reassign = value;
            return this;
        }

        public Builder steadyReplay(boolean value) {
            steadyReplay = value;
            return this;
        }

        public Builder holdSeconds(double value) {
            holdSeconds = value;
            return this;
        }

        public Builder initialLeadSeconds(double value) {
            initialLeadSeconds = value;
            return this;
        }

        public Builder warmUpSeconds(double value) {
            warmUpSeconds = value;
            return this;
        }

        public Builder maxFlowAgeSeconds(double value) {
            maxFlowAgeSeconds = value;
            return this;
        }

        public Builder needDeviations(double value) {
            needDeviations = value;
            return this;
        }

        public FleetConfig build() {
            return new FleetConfig(
                    interactiveRule,
                    busyTarget,
                    batchLaunch,
                    grouping,
                    groups,
                    reassign,
                    steadyReplay,
                    holdSeconds,
                    initialLeadSeconds,
                    warmUpSeconds,
                    maxFlowAgeSeconds,
                    needDeviations);
        }
    }
}
