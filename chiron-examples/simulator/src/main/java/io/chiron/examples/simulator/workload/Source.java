package io.chiron.examples.simulator.workload;

import java.util.Iterator;

/** A part of a workload, which can be replayed. */
@FunctionalInterface
public interface Source {
    /** Starts the stream anew: ascending in time, the same for the same seed on any machine. */
    Iterator<Arrival> open(long seed);
}
