package io.chiron.examples.simulator.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Running sequences in order of admission. The links are in the sequences, so that any one is taken out in O(1). */
final class AdmissionList {
    private @Nullable EngineRequest first;
    private @Nullable EngineRequest last;

    /** The one admitted last, or null. */
    @Nullable
    EngineRequest last() {
        return last;
    }

    /** Adds a sequence that was admitted after all others. */
    void add(EngineRequest r) {
        r.admittedBefore = last;
        if (last == null) {
            first = r;
        } else {
            last.admittedAfter = r;
        }
        last = r;
    }

    void remove(EngineRequest r) {
        EngineRequest before = r.admittedBefore;
        EngineRequest after = r.admittedAfter;
        if (before == null) {
            first = after;
        } else {
            before.admittedAfter = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.admittedBefore = before;
        }
        r.admittedBefore = null;
        r.admittedAfter = null;
    }

    void forEach(Consumer<? super EngineRequest> action) {
        for (EngineRequest r = first; r != null; r = r.admittedAfter) {
            action.accept(r);
        }
    }

    List<EngineRequest> toList() {
        List<EngineRequest> all = new ArrayList<>();
        forEach(all::add);
        return all;
    }
}
