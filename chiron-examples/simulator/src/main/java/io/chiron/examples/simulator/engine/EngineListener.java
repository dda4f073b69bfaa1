package io.chiron.examples.simulator.engine;

/** Told of what happens while an engine advances. It may call {@link Engine#admit}, with the time given. */
public interface EngineListener {
    /** The first token was yielded; precedes {@link #finished} where that comes at the same time. */
    void firstToken(EngineRequest request, double atSeconds);

    /** The last token was yielded; the request has left the engine. */
    void finished(EngineRequest request, double atSeconds);

    /** An eviction took effect; the request has left the engine. */
    void evicted(EngineRequest request, double atSeconds);

    /** The KV cache ran out: the request waits inside the engine to be computed again. */
    void preempted(EngineRequest request, double atSeconds);
}
