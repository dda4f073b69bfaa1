package io.chiron.core;

import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.RequestGroup;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Mends what a source may get wrong. */
final class Snapshots {
    /** Thirty thousand years from 1970. */
    private static final long LAST_SECOND = 1_000_000_000_000L;

    /** Of 2³²: spreads hashes that lie close together (Fibonacci hashing). */
    private static final int GOLDEN_RATIO = 0x9E3779B9;

    private Snapshots() {}

    /** The snapshot with the first instance of each id and the groups of batch tiers; what was left out is a failure. */
    static FleetSnapshot mended(FleetSnapshot snapshot, List<SloTier> tiers, List<String> failures) {
        int before = failures.size();
        List<InstanceSnapshot> unique = snapshot.instances();
        if (!areDistinct(unique)) {
            unique = firstOfEach(unique, failures);
        }
        List<TierFlow> flows = new ArrayList<>(snapshot.flows().size());
        for (TierFlow flow : snapshot.flows()) {
            if (isDate(flow.time()) && isDate(flow.arrivals().start())) {
                flows.add(flow);
            } else {
                failures.add("source: flow of " + flow.tier() + " at " + flow.time() + " with arrivals from "
                        + flow.arrivals().start() + "; left out");
            }
        }
        List<RequestGroup> groups = snapshot.groups();
        List<RequestGroup> queued = groups == null ? null : ofBatchTiers(groups, tiers, failures);
        return failures.size() == before
                ? snapshot
                : new FleetSnapshot(snapshot.fleet(), snapshot.time(), unique, flows, queued);
    }

    /** True if no id comes twice: what a set would say, without an entry per instance in every tick. */
    static boolean areDistinct(List<InstanceSnapshot> instances) {
        // Positions from 1, by hash of the id; at most half full.
        int bits = 33 - Integer.numberOfLeadingZeros(instances.size());
        int[] slots = new int[1 << bits];
        for (int i = 0; i < instances.size(); i++) {
            String id = instances.get(i).id();
            int slot = (id.hashCode() * GOLDEN_RATIO) >>> (32 - bits);
            while (slots[slot] != 0) {
                if (instances.get(slots[slot] - 1).id().equals(id)) {
                    return false;
                }
                slot = (slot + 1) & (slots.length - 1);
            }
            slots[slot] = i + 1;
        }
        return true;
    }

    private static List<InstanceSnapshot> firstOfEach(List<InstanceSnapshot> instances, List<String> failures) {
        Set<String> seen = new HashSet<>();
        List<InstanceSnapshot> unique = new ArrayList<>(instances.size());
        for (InstanceSnapshot instance : instances) {
            if (seen.add(instance.id())) {
                unique.add(instance);
            } else {
                failures.add("source: instance.id = " + instance.id() + " twice; the first counts");
            }
        }
        return unique;
    }

    /** Not one of the ends of time that stand for "never". */
    private static boolean isDate(Instant time) {
        return Math.abs(time.getEpochSecond()) < LAST_SECOND;
    }

    private static List<RequestGroup> ofBatchTiers(
            List<RequestGroup> groups, List<SloTier> tiers, List<String> failures) {
        Set<String> names = new HashSet<>();
        for (SloTier tier : tiers) {
            if (!tier.interactive()) {
                names.add(tier.name());
            }
        }
        List<RequestGroup> kept = new ArrayList<>(groups.size());
        Set<String> strange = new TreeSet<>();
        for (RequestGroup group : groups) {
            if (names.contains(group.tier())) {
                kept.add(group);
            } else {
                strange.add(group.tier());
            }
        }
        for (String tier : strange) {
            failures.add("source: group.tier = " + tier + " is no batch tier of the fleet; left out");
        }
        return kept;
    }
}
