package io.chiron.core.local;

import io.chiron.api.InstanceSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The ids of a fleet's instances in the order of its snapshots, each once. Kept from step to step while the fleet stays the same,
 * so that what is remembered of an instance is found by position: a hash per instance and step would cost more than the
 * rule. Immutable.
 */
final class Roll {
    static final Roll EMPTY = of(List.of());

    static final int ABSENT = -1;

    /** Of 2³²: spreads hashes that lie close together (Fibonacci hashing). */
    private static final int GOLDEN_RATIO = 0x9E3779B9;

    private final String[] ids;
    /** Positions from 1, by hash of the id; at most half full. */
    private final int[] slots;

    private Roll(String[] ids, int[] slots) {
        this.ids = ids;
        this.slots = slots;
    }

    private static Roll of(List<InstanceSnapshot> instances) {
        int bits = 33 - Integer.numberOfLeadingZeros(instances.size());
        int[] slots = new int[1 << bits];
        String[] ids = new String[instances.size()];
        int size = 0;
        for (InstanceSnapshot instance : instances) {
            int slot = slot(instance.id(), ids, slots);
            if (slots[slot] == 0) {
                ids[size++] = instance.id();
                slots[slot] = size;
            }
        }
        return new Roll(size == ids.length ? ids : Arrays.copyOf(ids, size), slots);
    }

    /** Where an id is, or the free slot for it. */
    private static int slot(String id, String[] ids, int[] slots) {
        int slot = (id.hashCode() * GOLDEN_RATIO) >>> Integer.numberOfLeadingZeros(slots.length - 1);
        while (slots[slot] != 0 && !ids[slots[slot] - 1].equals(id)) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    /** The roll of these instances: this one if it is theirs already. */
    Roll next(List<InstanceSnapshot> instances) {
        return lists(instances) ? this : of(instances);
    }

    private boolean lists(List<InstanceSnapshot> instances) {
        if (instances.size() != ids.length) {
            return false;
        }
        for (int i = 0; i < ids.length; i++) {
            if (!ids[i].equals(instances.get(i).id())) {
                return false;
            }
        }
        return true;
    }

    /** Those of the instances that the roll was made of which it lists: all, but for the later ones of the same id. */
    List<InstanceSnapshot> firsts(List<InstanceSnapshot> instances) {
        if (instances.size() == ids.length) {
            return instances;
        }
        List<InstanceSnapshot> firsts = new ArrayList<>(ids.length);
        for (InstanceSnapshot instance : instances) {
            if (firsts.size() < ids.length && ids[firsts.size()].equals(instance.id())) {
                firsts.add(instance);
            }
        }
        return firsts;
    }

    int size() {
        return ids.length;
    }

    String id(int position) {
        return ids[position];
    }

    /** The position of an id, or {@link #ABSENT}. */
    int position(String id) {
        return slots[slot(id, ids, slots)] - 1;
    }
}
