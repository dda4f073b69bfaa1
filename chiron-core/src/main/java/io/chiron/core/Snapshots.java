package io.chiron.core;

import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Mends what a source may get wrong. */
final class Snapshots {
    private Snapshots() {}

    /** The snapshot with the first instance of each id; what was left out is a failure. */
    static FleetSnapshot withoutDuplicates(FleetSnapshot snapshot, List<String> failures) {
        Set<String> seen = new HashSet<>();
        List<InstanceSnapshot> unique = new ArrayList<>(snapshot.instances().size());
        for (InstanceSnapshot instance : snapshot.instances()) {
            if (seen.add(instance.id())) {
                unique.add(instance);
            } else {
                failures.add("source: instance.id = " + instance.id() + " twice; the first counts");
            }
        }
        return unique.size() == snapshot.instances().size()
                ? snapshot
                : new FleetSnapshot(snapshot.fleet(), snapshot.time(), unique, snapshot.flows(), snapshot.groups());
    }
}
