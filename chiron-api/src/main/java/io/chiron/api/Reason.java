package io.chiron.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Why something was decided: one record for the log line, the metric, the dry run and the replay. Immutable.
 *
 * @param code the rule that decided
 * @param numbers the numbers that led to it, by name with unit, in order of reading
 * @param rejected the alternative that was not taken and why; empty if there was none
 */
public record Reason(ReasonCode code, Map<String, Double> numbers, String rejected) {
    public Reason {
        Objects.requireNonNull(code, "reason.code");
        numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
        Objects.requireNonNull(rejected, "reason.rejected");
    }

    /** A reason without numbers or alternative. */
    public static Reason of(ReasonCode code) {
        return new Reason(code, Map.of(), "");
    }

    /** This reason with one more number. */
    public Reason with(String name, double value) {
        LinkedHashMap<String, Double> more = new LinkedHashMap<>(numbers);
        more.put(name, value);
        return new Reason(code, more, rejected);
    }

    /** This reason with the rejected alternative. */
    public Reason rejecting(String alternative) {
        return new Reason(code, numbers, alternative);
    }
}
