package io.chiron.core.fleet;

import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Times;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Draining instances that report nothing any more. Nobody can see whether they have finished, and they are paid for.
 * Immutable.
 *
 * @param since first run of the fleet rule that saw each of them so, by instance
 */
record SilentDrains(Map<String, Instant> since) {
    /** Longer than any request takes that is not hung itself. */
    static final double MOST_SECONDS = 600;

    SilentDrains {
        since = Collections.unmodifiableMap(new TreeMap<>(since));
    }

    static SilentDrains none() {
        return new SilentDrains(Map.of());
    }

    SilentDrains observe(List<InstanceSnapshot> draining, double maxAgeSeconds, Instant now) {
        TreeMap<String, Instant> silent = new TreeMap<>();
        for (InstanceSnapshot instance : draining) {
            if (!Roster.fresh(instance, maxAgeSeconds, now)) {
                Instant before = since.getOrDefault(instance.id(), now);
                silent.put(instance.id(), before.isAfter(now) ? now : before);
            }
        }
        return new SilentDrains(silent);
    }

    /** For how long an instance drains without a word; 0 if it reports. */
    double seconds(String instance, Instant now) {
        return Times.secondsBetween(since.getOrDefault(instance, now), now);
    }
}
