package io.chiron.api;

/** Why a decision was taken, or held. */
public enum ReasonCode {
    /** The batch limits follow the learned iteration curve or the measured backpressure. */
    LOCAL_BACKPRESSURE,
    /** The ITL SLO cannot be met by any batch at steady prefill: the limit is the minimum. */
    ITL_UNATTAINABLE,
    /** Interactive demand with headroom exceeds the capacity. */
    INTERACTIVE_BACKPRESSURE,
    /** A batch group would miss its deadline. */
    BATCH_BACKPRESSURE,
    /** Late batch work is left and nothing serves it. */
    BATCH_LATE,
    /** Fewer instances than the configured minimum. */
    BELOW_MINIMUM,
    /** More instances than the configured maximum or quota. */
    ABOVE_MAXIMUM,
    /** More instances than any class needs, for the whole hold window. */
    SURPLUS,
    /** The pool's share of the load changed; a role change costs nothing. */
    POOL_BALANCE,
    /** The drained instance has finished its work. */
    DRAINED,
    /** The instance was not ready by twice its lead time. */
    STUCK,
    /** The instance has failed. */
    FAILED,
    /** Held: the want is met. */
    STEADY,
    /** Held: a larger want lies inside the hold window. */
    HOLD_WINDOW,
    /** Held: an instance was launched too recently to be worth retiring. */
    MINIMUM_LIFE,
    /** Held: quota, maximum or the limit per step forbids it. */
    AT_LIMIT,
    /** Held: the fleet has too few samples to trust the learned model. */
    WARM_UP,
    /** Held: the measurements are too old to shrink on. */
    STALE,
    /** Held: there are no measurements. */
    BLIND,
    /** Held: a measured value cannot be true. */
    BAD_SAMPLE,
    /** Held: a group cannot be saved by any launch. */
    INFEASIBLE
}
