package io.chiron.api;

import java.util.List;
import java.util.Objects;

/** One thing for the host to do, with its reason. Applying one twice is the same as once. Immutable. */
public sealed interface Action {
    /** The fleet it concerns. */
    String fleet();

    /** Why. */
    Reason reason();

    /** An action on one instance that exists. */
    sealed interface OnInstance extends Action {
        /** The instance it concerns. */
        String instance();
    }

    /**
     * Cap the concurrent sequences of an instance.
     *
     * @param limits one per tier; an actuator with one knob applies the hard limit of the binding tier
     * @param bindingTier the tier whose SLO is the tightest among what runs now
     */
    record SetBatchLimits(String fleet, String instance, List<TierLimit> limits, String bindingTier, Reason reason)
            implements OnInstance {
        public SetBatchLimits {
            Checks.notBlank("action.fleet", fleet);
            Checks.notBlank("action.instance", instance);
            limits = List.copyOf(limits);
            Objects.requireNonNull(bindingTier, "action.bindingTier");
            Objects.requireNonNull(reason, "action.reason");
        }
    }

    /**
     * Start an instance.
     *
     * @param launchId echoed by {@link InstanceSnapshot#launchId()}; an actuator starts one instance per id
     */
    record Launch(String fleet, String launchId, Pool pool, String accelerator, Reason reason) implements Action {
        public Launch {
            Checks.notBlank("action.fleet", fleet);
            Checks.notBlank("action.launchId", launchId);
            Objects.requireNonNull(pool, "action.pool");
            Checks.notBlank("action.accelerator", accelerator);
            Objects.requireNonNull(reason, "action.reason");
        }
    }

    /** Change the role of an instance: free and at once. */
    record Reassign(String fleet, String instance, Pool pool, Reason reason) implements OnInstance {
        public Reassign {
            Checks.notBlank("action.fleet", fleet);
            Checks.notBlank("action.instance", instance);
            Objects.requireNonNull(pool, "action.pool");
            Objects.requireNonNull(reason, "action.reason");
        }
    }

    /** Stop giving work to an instance; what runs may finish. */
    record Drain(String fleet, String instance, Reason reason) implements OnInstance {
        public Drain {
            Checks.notBlank("action.fleet", fleet);
            Checks.notBlank("action.instance", instance);
            Objects.requireNonNull(reason, "action.reason");
        }
    }

    /** Give work to a draining instance again. */
    record CancelDrain(String fleet, String instance, Reason reason) implements OnInstance {
        public CancelDrain {
            Checks.notBlank("action.fleet", fleet);
            Checks.notBlank("action.instance", instance);
            Objects.requireNonNull(reason, "action.reason");
        }
    }

    /** End an instance that is empty, starting, or failed. */
    record Retire(String fleet, String instance, Reason reason) implements OnInstance {
        public Retire {
            Checks.notBlank("action.fleet", fleet);
            Checks.notBlank("action.instance", instance);
            Objects.requireNonNull(reason, "action.reason");
        }
    }

    /**
     * Take running requests of a tier off an instance, back to the queue; the router picks which.
     *
     * @param count at least 1
     */
    record Evict(String fleet, String instance, String tier, int count, Reason reason) implements OnInstance {
        public Evict {
            Checks.notBlank("action.fleet", fleet);
            Checks.notBlank("action.instance", instance);
            Checks.notBlank("action.tier", tier);
            Checks.inRange("action.count", count, 1, 1_000_000);
            Objects.requireNonNull(reason, "action.reason");
        }
    }
}
