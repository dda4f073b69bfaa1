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

    private Snapshots() {}

    /** The snapshot with the first instance of each id and the groups of batch tiers; what was left out is a failure. */
    static FleetSnapshot mended(FleetSnapshot snapshot, List<SloTier> tiers, List<String> failures) {
        int before = failures.size();
        Set<String> seen = new HashSet<>();
        List<InstanceSnapshot> unique = new ArrayList<>(snapshot.instances().size());
        for (InstanceSnapshot instance : snapshot.instances()) {
            if (seen.add(instance.id())) {
                unique.add(instance);
            } else {
                failures.add("source: instance.id = " + instance.id() + " twice; the first counts");
            }
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
