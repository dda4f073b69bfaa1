package io.chiron.core.routing;

import org.jspecify.annotations.Nullable;

/**
 * Requests by id: a hash table with open addressing, since a node per entry would double the memory of a long queue. Guarded by
 * the router's lock.
 */
final class RequestIndex {
    private @Nullable Tracked[] table = new Tracked[64];
    private int size;

    int size() {
        return size;
    }

    @Nullable
    Tracked get(String id) {
        int hash = hash(id);
        short tag = tag(hash);
        for (int at = hash & (table.length - 1); ; at = (at + 1) & (table.length - 1)) {
            Tracked entry = table[at];
            if (entry == null || (entry.tag == tag && entry.request.id().equals(id))) {
                return entry;
            }
        }
    }

    /** Adds a request whose id is not in the index. */
    void add(Tracked request) {
        if ((size + 1) * 3L > table.length * 2L) {
            grow();
        }
        insert(request);
        size++;
    }

    /** Removes a request that is in the index. */
    void remove(Tracked request) {
        int mask = table.length - 1;
        int gap = home(request);
        while (table[gap] != request) {
            gap = (gap + 1) & mask;
        }
        // Close the gap with the entries behind it that are further from their home than the gap is.
        for (int at = (gap + 1) & mask; ; at = (at + 1) & mask) {
            Tracked entry = table[at];
            if (entry == null) {
                break;
            }
            int distance = (at - home(entry)) & mask;
            if (distance >= ((at - gap) & mask)) {
                table[gap] = entry;
                gap = at;
            }
        }
        table[gap] = null;
        size--;
    }

    private void grow() {
        @Nullable Tracked[] entries = table;
        table = new Tracked[entries.length * 2];
        for (Tracked entry : entries) {
            if (entry != null) {
                insert(entry);
            }
        }
    }

    private void insert(Tracked request) {
        int at = home(request);
        while (table[at] != null) {
            at = (at + 1) & (table.length - 1);
        }
        table[at] = request;
    }

    private int home(Tracked request) {
        return hash(request.request.id()) & (table.length - 1);
    }

    /** Of bits that the place in a table of less than two million does not tell. */
    static short tag(String id) {
        return tag(hash(id));
    }

    private static short tag(int hash) {
        return (short) (hash >>> 16);
    }

    private static int hash(String id) {
        int hash = id.hashCode() * 0x9E3779B9;
        return hash ^ (hash >>> 16);
    }
}
