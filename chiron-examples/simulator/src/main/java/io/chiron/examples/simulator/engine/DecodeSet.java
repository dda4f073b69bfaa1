package io.chiron.examples.simulator.engine;

import io.chiron.examples.simulator.engine.EngineRequest.State;
import java.util.ArrayDeque;

/**
 * The sequences that decode. A step costs O(1) whatever their number: each one's end is an index of the common step counter.
 * Sequences beyond the width (the token budget of an iteration) stand by, in order of arrival.
 */
final class DecodeSet {
    private final int width;
    private final FinishHeap active = new FinishHeap();
    private final ArrayDeque<EngineRequest> standby = new ArrayDeque<>();
    private final int[] activeOfTier = new int[Engine.TIERS];
    private long index;
    private long kvTokens;

    DecodeSet(int width) {
        this.width = width;
    }

    /** Sequences that yield a token in the next step. */
    int size() {
        return active.size();
    }

    int size(int tierIndex) {
        return activeOfTier[tierIndex];
    }

    /** Cached tokens of the sequences that step. */
    long kvTokens() {
        return kvTokens;
    }

    void step(long iterations) {
        index += iterations;
        kvTokens += iterations * active.size();
    }

    int generatedTokens(EngineRequest r) {
        return r.state == State.DECODE ? (int) (r.generated + index - r.joinIndex) : r.generated;
    }

    /** Steps until the next sequence is done. */
    long stepsToFinish() {
        return active.size() == 0 ? Long.MAX_VALUE : active.firstIndex() - index;
    }

    /** The sequence that has just yielded its last token; call only when {@link #stepsToFinish} is 0. */
    EngineRequest finished() {
        return active.first();
    }

    void add(EngineRequest r) {
        if (active.size() >= width) {
            r.state = State.STANDBY;
            standby.add(r);
            return;
        }
        r.state = State.DECODE;
        r.joinIndex = index;
        r.finishIndex = index + r.outputTokens() - r.generated;
        kvTokens += (long) r.promptTokens() + r.generated;
        activeOfTier[r.tierIndex()]++;
        active.add(r);
    }

    void remove(EngineRequest r) {
        if (r.state == State.STANDBY) {
            standby.remove(r);
            return;
        }
        r.generated = generatedTokens(r);
        kvTokens -= (long) r.promptTokens() + r.generated;
        activeOfTier[r.tierIndex()]--;
        active.remove(r);
        r.state = State.OUTSIDE;
        EngineRequest next = standby.poll();
        if (next != null) {
            add(next);
        }
    }
}
