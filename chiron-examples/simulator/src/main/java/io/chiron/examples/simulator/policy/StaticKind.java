package io.chiron.examples.simulator.policy;

import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.ScalingActuator;
import io.chiron.core.routing.RouterConfig;
import io.chiron.core.routing.RoutingTable;
import io.chiron.examples.simulator.run.Scenario;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * A fixed number of instances with the cap that engines come with.
 *
 * @param name name with settings
 * @param instances how many
 * @param cap running sequences per engine
 */
record StaticKind(String name, ToIntFunction<Scenario> instances, int cap) implements PolicyKind {
    static final int ENGINE_CAP = 256;

    /** {@code static[:instances=N;cap=256]}. */
    static PolicyKind of(String name, Settings settings, int defaultInstances) {
        int instances = settings.whole("instances", defaultInstances, 1, Policies.MAX_STATIC_INSTANCES);
        int cap = settings.whole("cap", ENGINE_CAP, 1, 100_000);
        return new StaticKind(name, scenario -> instances, cap);
    }

    /** {@code static-peak[:factor=1]}: the need of the busiest minute, with hindsight. */
    static PolicyKind peak(String name, Settings settings) {
        double factor = settings.number("factor", 1, 0.01, 100);
        return new StaticKind(
                name,
                scenario -> Hindsight.instances(
                        scenario, factor * Hindsight.of(scenario).peakInstances()),
                ENGINE_CAP);
    }

    /** {@code static-mean[:factor=1]}: the mean need, with hindsight. */
    static PolicyKind mean(String name, Settings settings) {
        double factor = settings.number("factor", 1, 0.01, 100);
        return new StaticKind(
                name,
                scenario -> Hindsight.instances(
                        scenario, factor * Hindsight.of(scenario).meanInstances()),
                ENGINE_CAP);
    }

    @Override
    public RouterConfig router() {
        return RouterConfig.builder().evictionEnabled(false).build();
    }

    @Override
    public int engineSequences() {
        return cap;
    }

    @Override
    public int startingInstances(Scenario scenario) {
        return instances.applyAsInt(scenario);
    }

    @Override
    public Policy create(Scenario scenario, MetricSource source, ScalingActuator actuator) {
        return new Fixed(source, cap, new Replicas(actuator, Policies.MAX_STATIC_INSTANCES));
    }

    private static final class Fixed implements Policy {
        private final MetricSource source;
        private final int cap;
        private final Replicas replicas;
        private RoutingTable table = FixedTable.EMPTY;

        Fixed(MetricSource source, int cap, Replicas replicas) {
            this.source = source;
            this.cap = cap;
            this.replicas = replicas;
        }

        @Override
        public List<Decision> tick(Instant now) {
            FleetSnapshot snapshot = source.observe(Scenario.FLEET, now);
            List<Decision> decisions = new ArrayList<>();
            if (snapshot == null) {
                return decisions;
            }
            table = FixedTable.of(snapshot.instances(), cap);
            if (!replicas.replaceLost(snapshot.instances(), now, decisions)) {
                replicas.keep(snapshot.instances());
            }
            return decisions;
        }

        @Override
        public RoutingTable routingTable() {
            return table;
        }
    }
}
