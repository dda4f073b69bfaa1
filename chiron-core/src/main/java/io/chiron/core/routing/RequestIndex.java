package io.chiron.core.routing;

import org.jspecify.annotations.Nullable;

/**
 * Requests by id: a hash table with open addressing, since a node per entry would double the memory of a long queue.
 * Guarded by the router's lock.
 */
final class RequestIndex {
    private @Nullable Tracked[] table = new Tracked[64];
    private int size;

    int size() {
        return size;
    }

    @Nullable
    Tracked get(String id) {
        for (int at = home(id, table.length); ; at = (at + 1) & (table.length - 1)) {
            Tracked entry = table[at];
            if (entry == null || entry.request.id().equals(id)) {
                return entry;
            }
        }
    }

    /** Adds a request whose id is not in the index. */
    void add(Tracked request) {
        if ((size + 1) * 3L > table.length * 2L) {
            grow();
        }
        insert(table, request);
        size++;
    }

    /** Removes a request that is in the index. */
    void remove(Tracked request) {
        int mask = table.length - 1;
        int gap = home(request.request.id(), table.length);
        while (table[gap] != request) {
            gap = (gap + 1) & mask;
        }
        // Close the gap with the entries behind it that are further from their home than the gap is.
        for (int at = (gap + 1) & mask; ; at = (at + 1) & mask) {
            Tracked entry = table[at];
            if (entry == null) {
                break;
            }
            int distance = (at - home(entry.request.id(), table.length)) & mask;
            if (distance >= ((at - gap) & mask)) {
                table[gap] = entry;
                gap = at;
            }
        }
        table[gap] = null;
        size--;
    }

    private void grow() {
        @Nullable Tracked[] larger = new Tracked[table.length * 2];
        for (Tracked entry : table) {
            if (entry != null) {
                insert(larger, entry);
            }
        }
        table = larger;
    }

    private static void insert(@Nullable Tracked[] into, Tracked request) {
        int at = home(request.request.id(), into.length);
        while (into[at] != null) {
            at = (at + 1) & (into.length - 1);
        }
        into[at] = request;
    }

    private static int home(String id, int length) {
        int hash = id.hashCode() * 0x9E3779B9;
        return (hash ^ (hash >>> 16)) & (length - 1);
    }
}
