package io.chiron.examples.simulator.engine;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests waiting inside an engine: first in, first out per tier, interactive ones first. */
final class WaitingQueue {
    private final ArrayDeque<EngineRequest> interactive = new ArrayDeque<>();
    private final ArrayDeque<EngineRequest> batch = new ArrayDeque<>();

    void addLast(EngineRequest r) {
        tier(r.tierIndex()).addLast(r);
    }

    void addFirst(EngineRequest r) {
        tier(r.tierIndex()).addFirst(r);
    }

    void remove(EngineRequest r) {
        tier(r.tierIndex()).removeFirstOccurrence(r);
    }

    @Nullable
    EngineRequest first() {
        EngineRequest first = interactive.peek();
        return first == null ? batch.peek() : first;
    }

    void drainTo(List<EngineRequest> target) {
        target.addAll(interactive);
        target.addAll(batch);
        interactive.clear();
        batch.clear();
    }

    int size() {
        return interactive.size() + batch.size();
    }

    int size(int tierIndex) {
        return tier(tierIndex).size();
    }

    private ArrayDeque<EngineRequest> tier(int tierIndex) {
        return tierIndex == EngineRequest.INTERACTIVE ? interactive : batch;
    }
}
