package io.chiron.core.routing;

import org.jspecify.annotations.Nullable;

/**
 * Requests by id: a hash table with open addressing, since a node per entry would double the memory of a long queue. The
 * hashes stand beside the requests, so that a search looks at no request but the one that it finds. Guarded by the router's
 * lock.
 */
final class RequestIndex {
    /** Stands for the hash where there is no request. */
    private static final int FREE = 0;

    private @Nullable Tracked[] table = new Tracked[64];
    private int[] hashes = new int[64];
    private int size;

    int size() {
        return size;
    }

    @Nullable
    Tracked get(String id) {
        int hash = hash(id);
        for (int at = home(hash); ; at = (at + 1) & (table.length - 1)) {
            if (hashes[at] != hash && hashes[at] != FREE) {
                continue;
            }
            Tracked entry = table[at];
            if (entry == null || entry.id.equals(id)) {
                return entry;
            }
        }
    }

    /** Adds a request whose id is not in the index. */
    void add(Tracked request) {
        if ((size + 1) * 3L > table.length * 2L) {
            grow();
        }
        insert(request, hash(request.id));
        size++;
    }

    /** Removes a request that is in the index. */
    void remove(Tracked request) {
        int mask = table.length - 1;
        int gap = home(hash(request.id));
        while (table[gap] != request) {
            gap = (gap + 1) & mask;
        }
        // Close the gap with the entries behind it that are further from their home than the gap is.
        for (int at = (gap + 1) & mask; ; at = (at + 1) & mask) {
            Tracked entry = table[at];
            if (entry == null) {
                break;
            }
            int distance = (at - home(hashes[at])) & mask;
            if (distance >= ((at - gap) & mask)) {
                table[gap] = entry;
                hashes[gap] = hashes[at];
                gap = at;
            }
        }
        table[gap] = null;
        hashes[gap] = FREE;
        size--;
    }

    private void grow() {
        @Nullable Tracked[] entries = table;
        int[] hashesOfEntries = hashes;
        table = new Tracked[entries.length * 2];
        hashes = new int[entries.length * 2];
        for (int i = 0; i < entries.length; i++) {
            Tracked entry = entries[i];
            if (entry != null) {
                insert(entry, hashesOfEntries[i]);
            }
        }
    }

    private void insert(Tracked request, int hash) {
        int at = home(hash);
        while (table[at] != null) {
            at = (at + 1) & (table.length - 1);
        }
        table[at] = request;
        hashes[at] = hash;
    }

    private int home(int hash) {
        return hash & (table.length - 1);
    }

    private static int hash(String id) {
        int hash = id.hashCode() * 0x9E3779B9;
        int spread = hash ^ (hash >>> 16);
        return spread == FREE ? 1 : spread;
    }
}
