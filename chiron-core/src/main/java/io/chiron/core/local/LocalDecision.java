package io.chiron.core.local;

import io.chiron.api.Checks;
import io.chiron.api.Reason;
import java.util.Objects;

/**
 * The batch limits of one instance and why. Immutable.
 *
 * @param instance id of the instance
 * @param limits its limits, per pair of tiers
 * @param bindingTier index of the tier with the tightest ITL SLO among what runs; of the loosest if nothing runs
 * @param changed true if limits or binding tier differ from the decision before
 * @param held true if there was no new sample to be used: the limits are those before, or the fleet's for a new instance
 * @param bound which bound gave the soft limit of the binding tier for its own lengths
 * @param backpressure LBP of the last used sample
 * @param reason the rule's numbers; for a held decision what was wrong with the sample
 */
public record LocalDecision(
        String instance,
        BatchLimits limits,
        int bindingTier,
        boolean changed,
        boolean held,
        Bound bound,
        Backpressure backpressure,
        Reason reason) {

    /** What a limit is bound by. */
    public enum Bound {
        /** The ITL SLO. */
        ITL,
        /** KV cache, with what preemptions taught. */
        MEMORY,
        /** Tokens of one iteration. */
        TOKEN_BUDGET,
        /** What has been seen so far. */
        TRUST_REGION,
        /** The configured maximum. */
        MAXIMUM,
        /** The configured minimum. */
        MINIMUM
    }

    public LocalDecision {
        Checks.notBlank("decision.instance", instance);
        Objects.requireNonNull(limits, "decision.limits");
        Checks.inRange("decision.bindingTier", bindingTier, 0, limits.tiers() - 1);
        Objects.requireNonNull(bound, "decision.bound");
        Objects.requireNonNull(backpressure, "decision.backpressure");
        Objects.requireNonNull(reason, "decision.reason");
    }

    /** The soft limit that binds now, in sequences with the lengths of the binding tier. */
    public int softLimit() {
        return limits.soft(bindingTier, bindingTier);
    }

    /** The hard limit that binds now, in sequences with the lengths of the binding tier. */
    public int hardLimit() {
        return limits.hard(bindingTier, bindingTier);
    }
}
