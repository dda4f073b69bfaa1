package io.chiron.core.fleet;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts, without a new boxed number each time one grows; the same thing again, as neighbours in a fleet mostly are, is not
 * looked up. Confined to one thread.
 */
final class Tally<K> {
    private final Map<K, int[]> counts = new HashMap<>();
    private @Nullable K latest;
    private int[] latestCount = new int[1];

    void add(K what, int count) {
        if (!what.equals(latest)) {
            latest = what;
            latestCount = counts.computeIfAbsent(what, unseen -> new int[1]);
        }
        latestCount[0] += count;
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
