package io.chiron.examples.simulator.engine;

import org.jspecify.annotations.Nullable;

/**
 * One request: what it asks for, and how far an {@link Engine} has come with it. Mutable; a host may extend it with its own
 * bookkeeping. It is in at most one engine at a time.
 */
public class EngineRequest {
    /** Tier index of requests that start at once. */
    public static final int INTERACTIVE = 0;
    /** Tier index of requests with a deadline. */
    public static final int BATCH = 1;

    enum State {
        OUTSIDE,
        WAITING,
        RESTORING,
        PREFILL,
        DECODE,
        STANDBY
    }

    private final long id;
    private final int tierIndex;
    private final int promptTokens;
    private final int outputTokens;
    private final double arrivalSeconds;

    // Owned by the engine that it is in.
    State state = State.OUTSIDE;

    @Nullable
    Engine engine;
    /** Tokens yielded; while it decodes, as of its joining the decode set. */
    int generated;
    /** Tokens to prefill before the next token is yielded, and how many of them are in the KV cache. */
    int prefillLength;

    int prefilled;
    /** Prefill tokens that the iteration in progress adds. */
    int chunk;
    /** Order of admission to the running set. */
    long admission;

    long joinIndex;
    long finishIndex;

    @Nullable
    EngineRequest admittedBefore;

    @Nullable
    EngineRequest admittedAfter;

    double readySeconds;
    boolean leaving;
    boolean keepKv;

    // Survives leaving the engine: the KV cache saved on the host memory of one.
    @Nullable
    Engine savedOn;

    int savedTokens;
    int preemptions;

    /**
     * A request that has not started.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public EngineRequest(long id, int tierIndex, int promptTokens, int outputTokens, double arrivalSeconds) {
        if (tierIndex < 0 || tierIndex >= Engine.TIERS) {
            throw new IllegalArgumentException("tierIndex is " + tierIndex + ", must be 0 to " + (Engine.TIERS - 1));
        }
        if (promptTokens < 1 || outputTokens < 1) {
            throw new IllegalArgumentException(
                    "promptTokens is " + promptTokens + ", outputTokens is " + outputTokens + ", must be at least 1");
        }
        this.id = id;
        this.tierIndex = tierIndex;
        this.promptTokens = promptTokens;
        this.outputTokens = outputTokens;
        this.arrivalSeconds = arrivalSeconds;
    }

    public final long id() {
        return id;
    }

    public final int tierIndex() {
        return tierIndex;
    }

    public final int promptTokens() {
        return promptTokens;
    }

    public final int outputTokens() {
        return outputTokens;
    }

    public final double arrivalSeconds() {
        return arrivalSeconds;
    }

    /** Output tokens yielded up to the last finished iteration. */
    public final int generatedTokens() {
        Engine in = engine;
        return in == null ? generated : in.generatedTokens(this);
    }

    /** True while an engine holds it, be it waiting there or running. */
    public final boolean isInEngine() {
        return engine != null;
    }

    /** True while it waits inside an engine, not running. */
    public final boolean isWaiting() {
        return state == State.WAITING;
    }

    /** True if an eviction or a cancellation of it waits for the end of an iteration. */
    public final boolean isLeaving() {
        return leaving;
    }

    /** KV tokens that an eviction saved and that can be restored on {@link #isSavedOn that engine}. */
    public final int savedTokens() {
        Engine on = savedOn;
        return on == null || on.hasFailed() ? 0 : savedTokens;
    }

    public final boolean isSavedOn(Engine candidate) {
        return savedOn == candidate && savedTokens() > 0;
    }

    /** Times that an engine ran out of KV cache and dropped it. */
    public final int preemptions() {
        return preemptions;
    }

    @Override
    public final String toString() {
        return "request " + id;
    }
}
