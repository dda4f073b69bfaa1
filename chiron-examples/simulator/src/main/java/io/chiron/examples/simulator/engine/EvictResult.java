package io.chiron.examples.simulator.engine;

/** When an eviction takes effect. */
public enum EvictResult {
    /** It was waiting and has left the engine; the listener is not told. */
    IMMEDIATE,
    /** At the end of the iteration: either {@link EngineListener#evicted} or {@link EngineListener#finished} follows. */
    AT_ITERATION_END,
    /** The request is not in this engine. */
    NOT_HERE
}
