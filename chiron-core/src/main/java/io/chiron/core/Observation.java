package io.chiron.core;

import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.Phase;
import io.chiron.api.ReasonCode;
import io.chiron.api.Times;
import io.chiron.core.fleet.Capability;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.IterationCurve;
import io.chiron.core.local.LocalDecision;
import io.chiron.core.local.LocalState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the source shows, and what follows from it without any state. */
final class Observation {
    /** A snapshot from further ahead than this comes from another clock. */
    private static final double MAX_AHEAD_SECONDS = 5;
    /** For so long a source that lists nothing any more and tells of no traffic either is taken for broken, not the fleet. */
    private static final double BROKEN_SECONDS = 600;

    private Observation() {}

    /** The snapshot, mended; null if there is none, which is a failure unless the source said so itself. */
    static @Nullable FleetSnapshot of(MetricSource source, ChironConfig current, Instant now, List<String> failures) {
        try {
            FleetSnapshot snapshot = source.observe(current.fleet(), now);
            if (snapshot != null && !snapshot.fleet().equals(current.fleet())) {
                failures.add("source: snapshot of fleet " + snapshot.fleet() + " instead of " + current.fleet());
                return null;
            }
            return snapshot == null ? null : Snapshots.mended(snapshot, current.tiers(), failures);
        } catch (RuntimeException thrown) {
            failures.add("source: " + thrown);
            return null;
        }
    }

    /**
     * Why nothing can be decided on a snapshot; null if it can.
     *
     * @param lastListed when there were instances last; null if never
     */
    static @Nullable ReasonCode blindness(
            @Nullable FleetSnapshot snapshot, @Nullable Instant lastListed, ChironConfig current, Instant now) {
        if (snapshot == null) {
            return ReasonCode.BLIND;
        }
        double maxAgeSeconds = current.fleetRule().maxFlowAgeSeconds();
        double age = Times.secondsBetween(snapshot.time(), now);
        if (age > maxAgeSeconds || age < -MAX_AHEAD_SECONDS) {
            return ReasonCode.STALE;
        }
        boolean vanished = lastListed != null && Math.abs(Times.secondsBetween(lastListed, now)) <= BROKEN_SECONDS;
        return vanished && tellsNothing(snapshot, maxAgeSeconds, now) ? ReasonCode.BLIND : null;
    }

    private static boolean tellsNothing(FleetSnapshot snapshot, double maxAgeSeconds, Instant now) {
        return snapshot.instances().isEmpty()
                && snapshot.flows().stream()
                        .allMatch(flow -> Math.abs(Times.secondsBetween(flow.time(), now)) > maxAgeSeconds);
    }

    /** Mean ITL of the instances that produce tokens; 0 if none does. */
    static double meanIterationSeconds(FleetSnapshot snapshot) {
        double sum = 0;
        int count = 0;
        for (InstanceSnapshot instance : snapshot.instances()) {
            double itl =
                    instance.sample() == null ? Double.NaN : instance.sample().meanItlSeconds();
            if (itl > 0 && itl < Double.POSITIVE_INFINITY) {
                sum += itl;
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }

    /** The decisions of the local loop by position of their instance, null where there is none: looked up once for all. */
    static List<@Nullable LocalDecision> byPosition(FleetSnapshot snapshot, Map<String, LocalDecision> decisions) {
        List<@Nullable LocalDecision> all = new ArrayList<>(snapshot.instances().size());
        InOrder<LocalDecision> inOrder = new InOrder<>(decisions);
        for (InstanceSnapshot instance : snapshot.instances()) {
            all.add(inOrder.get(instance.id()));
        }
        return all;
    }

    /**
     * What one instance of each kind can do: its learned curve and the widest limits of a ready instance; those of a new one
     * where none serves, so that a fleet at zero knows what it will need.
     */
    static Map<String, Capability> capabilities(
            FleetSnapshot snapshot, LocalState local, List<@Nullable LocalDecision> decisions, ChironConfig current) {
        Map<String, BatchLimits> widest = new TreeMap<>();
        for (int i = 0; i < decisions.size(); i++) {
            InstanceSnapshot instance = snapshot.instances().get(i);
            LocalDecision decision = decisions.get(i);
            if (instance.phase() == Phase.READY && decision != null) {
                BatchLimits last = widest.get(instance.accelerator());
                if (last == null || last.hard(0, 0) < decision.limits().hard(0, 0)) {
                    widest.put(instance.accelerator(), decision.limits());
                }
            }
        }
        Map<String, Capability> known = new TreeMap<>();
        widest.forEach((kind, limits) -> {
            IterationCurve curve = local.curve(kind);
            BatchLimits reachable = local.reachable(kind);
            if (curve != null && curve.known()) {
                known.put(kind, new Capability(curve.coefficients(), reachable == null ? limits : reachable));
            }
        });
        for (String kind : current.limits().accelerators().keySet()) {
            IterationCurve curve = local.curve(kind);
            BatchLimits limits = local.limits(kind);
            if (curve != null && curve.known() && limits != null) {
                known.putIfAbsent(kind, new Capability(curve.coefficients(), limits));
            }
        }
        return known;
    }
}
