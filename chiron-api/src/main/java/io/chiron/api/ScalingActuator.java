package io.chiron.api;

/** What carries decisions out; the host implements it. */
@FunctionalInterface
public interface ScalingActuator {
    /**
     * Begins to carry out one action and returns without waiting for its effect. Must give the same result when called
     * again with an equal action. May throw; the action is tried again later if it is still wanted.
     */
    void apply(Action action);
}
