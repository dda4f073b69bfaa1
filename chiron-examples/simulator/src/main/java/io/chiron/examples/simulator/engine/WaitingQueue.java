package io.chiron.examples.simulator.engine;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests waiting inside an engine: first in, first out per tier, interactive ones first. */
final class WaitingQueue {
    private final List<ArrayDeque<EngineRequest>> tiers = List.of(new ArrayDeque<>(), new ArrayDeque<>());

    void addLast(EngineRequest r) {
        tiers.get(r.tierIndex()).addLast(r);
    }

    void addFirst(EngineRequest r) {
        tiers.get(r.tierIndex()).addFirst(r);
    }

    void remove(EngineRequest r) {
        tiers.get(r.tierIndex()).removeFirstOccurrence(r);
    }

    @Nullable
    EngineRequest first() {
        EngineRequest interactive = tiers.get(EngineRequest.INTERACTIVE).peek();
        return interactive == null ? tiers.get(EngineRequest.BATCH).peek() : interactive;
    }

    void drainTo(List<EngineRequest> target) {
        for (ArrayDeque<EngineRequest> tier : tiers) {
            target.addAll(tier);
            tier.clear();
        }
    }

    int size() {
        return tiers.get(EngineRequest.INTERACTIVE).size()
                + tiers.get(EngineRequest.BATCH).size();
    }

    int size(int tierIndex) {
        return tiers.get(tierIndex).size();
    }
}
