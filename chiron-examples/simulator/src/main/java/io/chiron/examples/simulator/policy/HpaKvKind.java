package io.chiron.examples.simulator.policy;

import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.Phase;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.ScalingActuator;
import io.chiron.api.Times;
import io.chiron.core.routing.RouterConfig;
import io.chiron.core.routing.RoutingTable;
import io.chiron.examples.simulator.run.Scenario;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Kubernetes' HorizontalPodAutoscaler on mean KV cache use (rules as of its documentation, read in 2026): sync every 15 s,
 * {@code desired = ceil(replicas · use / target)}, 10 % tolerance, down-steps follow the largest recommendation of 300 s,
 * up at most max(100 %, 4 pods) per 15 s. A pod that is not ready counts 0 on the way up and 100 % of the target on the
 * way down, and may not turn the direction round.
 *
 * @param name name with settings
 * @param target wanted mean KV use
 */
record HpaKvKind(String name, double target) implements PolicyKind {
    private static final double SYNC_SECONDS = 15;
    private static final double DOWN_WINDOW_SECONDS = 300;
    private static final double TOLERANCE = 0.1;

    @Override
    public RouterConfig router() {
        return RouterConfig.builder().evictionEnabled(false).build();
    }

    @Override
    public int engineSequences() {
        return StaticKind.ENGINE_CAP;
    }

    @Override
    public Policy create(Scenario scenario, MetricSource source, ScalingActuator actuator) {
        return new Hpa(target, scenario, source, actuator);
    }

    /** Replicas that the formula asks for, before windows and bounds. */
    static int desired(int ready, int unready, double meanUse, double target) {
        int all = ready + unready;
        if (ready == 0) {
            return all;
        }
        double ratio = meanUse / target;
        if (Math.abs(ratio - 1) <= TOLERANCE) {
            return all;
        }
        if (unready == 0) {
            return (int) Math.ceil(all * ratio);
        }
        double assumed = ratio > 1 ? 0 : target;
        double corrected = (meanUse * ready + assumed * unready) / all / target;
        boolean turned = (ratio > 1) != (corrected > 1);
        return turned || Math.abs(corrected - 1) <= TOLERANCE ? all : (int) Math.ceil(all * corrected);
    }

    private static final class Hpa implements Policy {
        private final double target;
        private final Scenario scenario;
        private final MetricSource source;
        private final Replicas replicas;
        private final Deque<Recommendation> recommendations = new ArrayDeque<>();
        private RoutingTable table = FixedTable.EMPTY;
        private @Nullable Instant lastSync;

        private record Recommendation(Instant at, int replicas) {}

        Hpa(double target, Scenario scenario, MetricSource source, ScalingActuator actuator) {
            this.target = target;
            this.scenario = scenario;
            this.source = source;
            this.replicas = new Replicas(actuator);
        }

        @Override
        public List<Decision> tick(Instant now) {
            FleetSnapshot snapshot = source.observe(Scenario.FLEET, now);
            List<Decision> decisions = new ArrayList<>();
            if (snapshot == null) {
                return decisions;
            }
            replicas.retireDrained(snapshot.instances(), now, decisions);
            if (lastSync == null || Times.secondsBetween(lastSync, now) >= SYNC_SECONDS) {
                lastSync = now;
                sync(snapshot, now, decisions);
            }
            FleetSnapshot after = source.observe(Scenario.FLEET, now);
            table = FixedTable.of((after == null ? snapshot : after).instances(), StaticKind.ENGINE_CAP);
            return decisions;
        }

        private void sync(FleetSnapshot snapshot, Instant now, List<Decision> decisions) {
            int ready = 0;
            double use = 0;
            List<InstanceSnapshot> counted = Replicas.counted(snapshot.instances());
            for (InstanceSnapshot instance : counted) {
                InstanceSample sample = instance.sample();
                if (instance.phase() == Phase.READY && sample != null) {
                    ready++;
                    use += sample.kvUse();
                }
            }
            int current = counted.size();
            double mean = ready == 0 ? 0 : use / ready;
            int desired = desired(ready, current - ready, mean, target);
            recommendations.addLast(new Recommendation(now, desired));
            while (Times.secondsBetween(recommendations.getFirst().at(), now) > DOWN_WINDOW_SECONDS) {
                recommendations.removeFirst();
            }
            int stabilized = desired;
            if (desired < current) {
                for (Recommendation each : recommendations) {
                    stabilized = Math.max(stabilized, Math.min(current, each.replicas()));
                }
            }
            int most = Math.max(2 * current, current + 4);
            int wanted = Math.max(
                    Math.max(1, scenario.minInstances()),
                    Math.min(scenario.maxInstances(), Math.min(most, stabilized)));
            Reason reason = Reason.of(wanted < current ? ReasonCode.SURPLUS : ReasonCode.INTERACTIVE_BACKPRESSURE)
                    .with("meanKvUse", mean)
                    .with("target", target)
                    .with("desired", desired);
            replicas.scaleTo(wanted, snapshot.instances(), reason, now, decisions);
        }

        @Override
        public RoutingTable routingTable() {
            return table;
        }
    }
}
