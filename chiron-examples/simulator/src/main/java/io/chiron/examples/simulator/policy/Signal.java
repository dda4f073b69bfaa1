package io.chiron.examples.simulator.policy;

import java.util.List;

/**
 * A number that a policy goes by.
 *
 * @param name as its users know it
 * @param value the newest one; NaN if there is none
 * @param threshold where it asks for more instances; NaN if there is no fixed one
 */
public record Signal(String name, double value, double threshold) {
    /** Name of the number of instances that a policy wants. */
    public static final String WANTED = "wanted";

    static List<Signal> of(Rival.Wanted wanted) {
        return List.of(
                new Signal(wanted.signal(), wanted.value(), Double.NaN),
                new Signal(WANTED, wanted.replicas(), Double.NaN));
    }
}
