package io.chiron.core.fleet;

import java.util.HashMap;
import java.util.Map;

/** Counts, without a new boxed number each time one grows. Confined to one thread. */
final class Tally<K> {
    private final Map<K, int[]> counts = new HashMap<>();

    void add(K what, int count) {
        counts.computeIfAbsent(what, unseen -> new int[1])[0] += count;
    }

    /** 0 if nothing was added. */
    int of(K what) {
        int[] count = counts.get(what);
        return count == null ? 0 : count[0];
    }

    /** How many different ones there are. */
    int kinds() {
        return counts.size();
    }
}
