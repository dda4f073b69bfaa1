package io.chiron.core;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.ScalingActuator;
import io.chiron.core.fleet.FleetState;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands actions to the host, those that it refused before among them. */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private Delivery() {}

    /** Applies what is due; returns what was refused, each as a failure. */
    static Outbox act(
            ScalingActuator actuator,
            Outbox before,
            FleetSnapshot snapshot,
            FleetState fleet,
            List<Decision> decisions,
            List<String> failures,
            Instant now) {
        Outbox outbox = before.isEmpty() ? before : before.relevant(ids(snapshot), fleet.launchesUnseen(), now);
        Map<String, Action> due = new LinkedHashMap<>();
        outbox.retries().forEach(action -> due.put(Outbox.key(action), action));
        for (Decision decision : decisions) {
            if (decision.action() != null) {
                due.put(Outbox.key(decision.action()), decision.action());
            }
        }
        Outbox.Draft next = new Outbox.Draft(outbox);
        for (Action action : due.values()) {
            if (!outbox.mayTry(action, now)) {
                next.waiting(action);
                continue;
            }
            try {
                actuator.apply(action);
                next.taken(action);
                LOG.debug("applied {}", action);
            } catch (RuntimeException thrown) {
                next.refused(action, now);
                failures.add("actuator: " + action.getClass().getSimpleName() + ": " + thrown);
            }
        }
        return next.done();
    }

    private static Set<String> ids(FleetSnapshot snapshot) {
        Set<String> ids = new HashSet<>();
        snapshot.instances().forEach(instance -> ids.add(instance.id()));
        return ids;
    }
}
