package io.chiron.examples.simulator.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sequences by the step at which they end, those admitted first before others of the same step. The first one is taken out in
 * O(log n); any other one, which is rare, is looked for: its place kept in it would be written at every move.
 */
final class FinishHeap {
    private @Nullable EngineRequest[] heap = new EngineRequest[64];
    /** Their keys beside them: a comparison looks at the sequence itself only when two end at the same step. */
    private long[] finishIndex = new long[64];

    private int size;

    int size() {
        return size;
    }

    /** The step at which the first one ends; {@link Long#MAX_VALUE} if there is none. */
    long firstIndex() {
        return size == 0 ? Long.MAX_VALUE : finishIndex[0];
    }

    /** The first one; there must be one. */
    EngineRequest first() {
        return at(0);
    }

    void add(EngineRequest r) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
            finishIndex = Arrays.copyOf(finishIndex, 2 * size);
        }
        up(size++, r);
    }

    /** Takes out a sequence that is in the heap. */
    void remove(EngineRequest r) {
        int hole = slotOf(r);
        EngineRequest last = at(--size);
        heap[size] = null;
        if (last != r) {
            up(down(hole, last), last);
        }
    }

    private int slotOf(EngineRequest r) {
        int slot = 0;
        while (heap[slot] != r) {
            slot++;
        }
        return slot;
    }

    private EngineRequest at(int slot) {
        EngineRequest r = heap[slot];
        if (r == null) {
            throw new IllegalStateException("no sequence at " + slot);
        }
        return r;
    }

    /** Puts a sequence where it belongs between a slot and the root. */
    private void up(int from, EngineRequest r) {
        int slot = from;
        while (slot > 0) {
            int parent = (slot - 1) >>> 1;
            if (!before(r.finishIndex, r, parent)) {
                break;
            }
            put(slot, finishIndex[parent], at(parent));
            slot = parent;
        }
        put(slot, r.finishIndex, r);
    }

    /** Moves up what comes before a sequence below a slot; returns the slot that is free for it. */
    private int down(int from, EngineRequest r) {
        int slot = from;
        for (int child = 2 * slot + 1; child < size; child = 2 * slot + 1) {
            if (child + 1 < size && before(finishIndex[child + 1], at(child + 1), child)) {
                child++;
            }
            if (!before(finishIndex[child], at(child), r)) {
                break;
            }
            put(slot, finishIndex[child], at(child));
            slot = child;
        }
        return slot;
    }

    private void put(int slot, long index, EngineRequest r) {
        heap[slot] = r;
        finishIndex[slot] = index;
    }

    private boolean before(long index, EngineRequest r, int slot) {
        return index < finishIndex[slot] || (index == finishIndex[slot] && r.admission < at(slot).admission);
    }

    private static boolean before(long index, EngineRequest one, EngineRequest other) {
        return index < other.finishIndex || (index == other.finishIndex && one.admission < other.admission);
    }
}
