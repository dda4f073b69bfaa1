package io.chiron.core.local;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One value for each instance of a {@link Roll}, as a map by id in its order. Immutable. */
final class ByInstance<V> extends AbstractMap<String, V> {
    private final Roll roll;
    private final List<V> values;

    /** Takes the values over, in the order of the roll. */
    ByInstance(Roll roll, List<V> values) {
        this.roll = roll;
        this.values = values;
    }

    Roll roll() {
        return roll;
    }

    V at(int position) {
        return values.get(position);
    }

    @Override
    public @Nullable V get(@Nullable Object id) {
        int position = id instanceof String text ? roll.position(text) : Roll.ABSENT;
        return position == Roll.ABSENT ? null : values.get(position);
    }

    @Override
    public boolean containsKey(@Nullable Object id) {
        return get(id) != null;
    }

    @Override
    public Set<Map.Entry<String, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<String, V>> iterator() {
                return new Iterator<>() {
                    private int next;

                    @Override
                    public boolean hasNext() {
                        return next < values.size();
                    }

                    @Override
                    public Map.Entry<String, V> next() {
                        if (!hasNext()) {
                            throw new NoSuchElementException();
                        }
                        int position = next++;
                        return Map.entry(roll.id(position), values.get(position));
                    }
                };
            }

            @Override
            public int size() {
                return values.size();
            }
        };
    }
}
