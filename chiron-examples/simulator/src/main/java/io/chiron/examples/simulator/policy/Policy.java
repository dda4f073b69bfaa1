package io.chiron.examples.simulator.policy;

import io.chiron.api.Decision;
import io.chiron.core.routing.RoutingTable;
import java.time.Instant;
import java.util.List;

/** What decides in a run: it sees the fleet through a metric source and acts through an actuator, as in any host. */
public interface Policy {
    /** Looks at the fleet once, acts, and tells what it decided. Called every local period. */
    List<Decision> tick(Instant now);

    /** What the router needs of the last decisions. */
    RoutingTable routingTable();
}
