package io.chiron.core.local;

/**
 * Port: how the batch limits follow from what is measured.
 *
 * <p>An implementation is a pure function: it keeps no state of its own, reads no clock and never throws for a bad
 * measurement, but holds and says why. The same arguments give the same result, to the last bit.
 */
@FunctionalInterface
public interface BatchSizeRule {
    /** Decides for every instance of the input. */
    LocalStep step(LocalState state, LocalInput input);
}
