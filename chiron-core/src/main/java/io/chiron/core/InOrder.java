package io.chiron.core;

import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks up one id after the other in a map that mostly has them in the same order: then the next entry is the one that is
 * asked for, which is near in memory where a hashed one is not. Confined to one thread.
 */
final class InOrder<V> {
    private final Map<String, V> values;
    private final Iterator<Map.Entry<String, V>> entries;

    InOrder(Map<String, V> values) {
        this.values = values;
        this.entries = values.entrySet().iterator();
    }

    /** The value of an id; null if the map has none. */
    @Nullable
    V get(String id) {
        if (entries.hasNext()) {
            Map.Entry<String, V> next = entries.next();
            if (next.getKey().equals(id)) {
                return next.getValue();
            }
        }
        return values.get(id);
    }
}
