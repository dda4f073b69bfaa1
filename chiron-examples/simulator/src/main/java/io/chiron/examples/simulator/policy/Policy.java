package io.chiron.examples.simulator.policy;

import io.chiron.api.Decision;
import io.chiron.core.routing.RoutingTable;
import io.chiron.core.waiting.WaitingTime;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What decides in a run: it sees the fleet through a metric source and acts through an actuator, as in any host. */
public interface Policy {
    /** Looks at the fleet once, acts, and tells what it decided. Called every local period. */
    List<Decision> tick(Instant now);

    /** What the router needs of the last decisions. */
    RoutingTable routingTable();

    /** How long the request at a position of a tier's queue waits; null if the policy does not predict it. */
    default @Nullable WaitingTime waitingTime(String tier, long position) {
        return null;
    }

    /** The numbers it goes by, as of its last tick; none if it has no such numbers. */
    default List<Signal> signals() {
        return List.of();
    }
}
