package io.chiron.core.routing;

import java.util.Arrays;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Requests in ascending order of a key (their deadline), equal keys in order of their offers. Guarded by the
 * router's lock.
 *
 * <p>A sorted list of sorted blocks (ours). Real deadlines are arrival plus a slack, so nearly every request belongs at the
 * end of the last block, and the next one is at the head of the first: both take a few nanoseconds at any length. Any other
 * position is found by bisection, O(log n), and moves at most one block of entries. 12 to 16 bytes per request.
 */
final class DeadlineQueue {
    private static final int BLOCK = 256;

    private final int blockSize;
    private final ToLongFunction<Tracked> order;
    /** Blocks [first, end) are in use, in order, none of them empty. */
    private @Nullable Block[] blocks = new Block[4];

    /** Key of the last entry of each block, side by side: bisection would else meet a cold block at each step. */
    private long[] lastKeys = new long[4];

    private int first;
    private int end;
    private long size;

    /** A queue ordered by {@code order}, which must not change for a request while it is queued. */
    DeadlineQueue(ToLongFunction<Tracked> order) {
        this(order, BLOCK);
    }

    /** For tests, with blocks of {@code blockSize} entries, a power of two. */
    DeadlineQueue(ToLongFunction<Tracked> order, int blockSize) {
        this.order = order;
        this.blockSize = blockSize;
    }

    long size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Adds a request that is not in the queue. */
    void add(Tracked request) {
        long key = order.applyAsLong(request);
        int at = find(key, request.sequence);
        if (at == end) {
            // Behind all others: append to the last block, or start one.
            if (end > first && !block(end - 1).full()) {
                at = end - 1;
            } else {
                insertBlock(end, new Block());
                at = end - 1;
            }
        } else if (block(at).full()) {
            Block later = block(at).split();
            lastKeys[at] = block(at).lastKey();
            insertBlock(at + 1, later);
            at = find(key, request.sequence);
        }
        block(at).insert(key, request);
        lastKeys[at] = block(at).lastKey();
        size++;
    }

    /** The first request, or null. */
    @Nullable
    Tracked peek() {
        return size == 0 ? null : block(first).head();
    }

    /** Removes and returns the first request, or null. */
    @Nullable
    Tracked poll() {
        if (size == 0) {
            return null;
        }
        Tracked head = block(first).removeHead();
        left(first);
        size--;
        return head;
    }

    /** Removes a request; false if it is not in the queue. */
    boolean remove(Tracked request) {
        if (size > 0 && block(first).head() == request) {
            poll();
            return true;
        }
        int at = find(order.applyAsLong(request), request.sequence);
        if (at == end || !block(at).remove(order.applyAsLong(request), request)) {
            return false;
        }
        left(at);
        size--;
        return true;
    }

    /** The first block whose last entry is not before (key, sequence), or {@code end}. */
    private int find(long key, long sequence) {
        if (end == first || !covers(end - 1, key, sequence)) {
            return end;
        }
        int low = first;
        int high = end - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (covers(middle, key, sequence)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** True if the last entry of a block is not before (key, sequence). */
    private boolean covers(int at, long key, long sequence) {
        return lastKeys[at] > key || (lastKeys[at] == key && block(at).covers(key, sequence));
    }

    private Block block(int index) {
        Block block = blocks[index];
        if (block == null) {
            throw new IllegalStateException("no block at " + index);
        }
        return block;
    }

    private void insertBlock(int at, Block block) {
        int position = at;
        if (end == blocks.length) {
            // Half of the list may be free at its front.
            boolean grows = end - first > blocks.length / 2;
            @Nullable Block[] target = grows ? new Block[blocks.length * 2] : blocks;
            long[] targetKeys = grows ? new long[target.length] : lastKeys;
            int used = end - first;
            System.arraycopy(blocks, first, target, 0, used);
            System.arraycopy(lastKeys, first, targetKeys, 0, used);
            if (!grows) {
                Arrays.fill(blocks, used, end, null);
            }
            position -= first;
            blocks = target;
            lastKeys = targetKeys;
            first = 0;
            end = used;
        }
        System.arraycopy(blocks, position, blocks, position + 1, end - position);
        System.arraycopy(lastKeys, position, lastKeys, position + 1, end - position);
        blocks[position] = block;
        lastKeys[position] = block.empty() ? Long.MAX_VALUE : block.lastKey();
        end++;
    }

    /** An entry has left a block. */
    private void left(int at) {
        if (!block(at).empty()) {
            lastKeys[at] = block(at).lastKey();
            return;
        }
        if (at == first) {
            blocks[first++] = null;
        } else {
            System.arraycopy(blocks, at + 1, blocks, at, end - at - 1);
            System.arraycopy(lastKeys, at + 1, lastKeys, at, end - at - 1);
            blocks[--end] = null;
        }
        if (first == end) {
            first = 0;
            end = 0;
        }
    }

    /** Up to {@code blockSize} entries in order, at [head, tail) of arrays that grow. */
    private final class Block {
        private long[] keys = new long[Math.min(8, blockSize)];
        private @Nullable Tracked[] items = new Tracked[Math.min(8, blockSize)];
        private int head;
        private int tail;

        boolean empty() {
            return head == tail;
        }

        boolean full() {
            return tail - head == blockSize;
        }

        Tracked head() {
            return item(head);
        }

        Tracked removeHead() {
            Tracked request = item(head);
            items[head++] = null;
            return request;
        }

        long lastKey() {
            return keys[tail - 1];
        }

        /** True if the last entry is not before (key, sequence). */
        boolean covers(long key, long sequence) {
            return !before(tail - 1, key, sequence);
        }

        void insert(long key, Tracked request) {
            makeRoom();
            int at = position(key, request.sequence);
            System.arraycopy(keys, at, keys, at + 1, tail - at);
            System.arraycopy(items, at, items, at + 1, tail - at);
            keys[at] = key;
            items[at] = request;
            tail++;
        }

        boolean remove(long key, Tracked request) {
            int at = position(key, request.sequence);
            if (at == tail || items[at] != request) {
                return false;
            }
            System.arraycopy(keys, at + 1, keys, at, tail - at - 1);
            System.arraycopy(items, at + 1, items, at, tail - at - 1);
            items[--tail] = null;
            return true;
        }

        /** Moves the later half of a full block into a new one. */
        Block split() {
            Block later = new Block();
            int middle = (head + tail) >>> 1;
            later.keys = Arrays.copyOfRange(keys, middle, middle + blockSize);
            later.items = Arrays.copyOfRange(items, middle, middle + blockSize);
            later.tail = tail - middle;
            Arrays.fill(items, middle, tail, null);
            tail = middle;
            return later;
        }

        private void makeRoom() {
            if (tail < items.length) {
                return;
            }
            // In place where half is free, so that a queue of steady length moves each entry once on average.
            int used = tail - head;
            boolean inPlace = used <= items.length / 2;
            long[] newKeys = inPlace ? keys : new long[items.length * 2];
            @Nullable Tracked[] newItems = inPlace ? items : new Tracked[items.length * 2];
            System.arraycopy(keys, head, newKeys, 0, used);
            System.arraycopy(items, head, newItems, 0, used);
            if (inPlace) {
                Arrays.fill(items, used, tail, null);
            }
            keys = newKeys;
            items = newItems;
            head = 0;
            tail = used;
        }

        /** Index of the first entry that is not before (key, sequence). */
        private int position(long key, long sequence) {
            if (tail > head && before(tail - 1, key, sequence)) {
                return tail;
            }
            int low = head;
            int high = tail;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (before(middle, key, sequence)) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        private boolean before(int index, long key, long sequence) {
            return keys[index] < key || (keys[index] == key && item(index).sequence < sequence);
        }

        private Tracked item(int index) {
            Tracked request = items[index];
            if (request == null) {
                throw new IllegalStateException("no request at " + index);
            }
            return request;
        }
    }
}
