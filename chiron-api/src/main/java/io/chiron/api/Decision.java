package io.chiron.api;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One decision of a tick, taken or held, with its reason: what the log line, the metric, the dry run and the replay show.
 * Immutable.
 *
 * @param time of the tick
 * @param fleet the fleet it concerns
 * @param what what was decided on, such as {@code launch} or {@code setBatchLimits}
 * @param action what to do; null if the decision is to hold
 * @param reason why
 */
public record Decision(
        Instant time, String fleet, String what, @Nullable Action action, Reason reason) {
    public Decision {
        Objects.requireNonNull(time, "decision.time");
        Checks.notBlank("decision.fleet", fleet);
        Checks.notBlank("decision.what", what);
        Objects.requireNonNull(reason, "decision.reason");
    }

    /** A decision to act. */
    public static Decision taken(Instant time, Action action) {
        String name = action.getClass().getSimpleName();
        String what = Character.toLowerCase(name.charAt(0)) + name.substring(1);
        return new Decision(time, action.fleet(), what, action, action.reason());
    }

    /** A decision to leave things as they are. */
    public static Decision held(Instant time, String fleet, String what, Reason reason) {
        return new Decision(time, fleet, what, null, reason);
    }

    /** True if nothing is to be done. */
    public boolean isHeld() {
        return action == null;
    }
}
