package io.chiron.examples.simulator.policy;

import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.ScalingActuator;
import io.chiron.api.SloTier;
import io.chiron.core.routing.RouterConfig;
import io.chiron.core.routing.RoutingTable;
import io.chiron.examples.simulator.run.Scenario;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A policy that decides on a number of replicas and nothing else. All of them share the router without eviction, one mixed
 * pool served interactive work first, the engine's own cap, the quota, and replicas that drain before they end.
 *
 * @param name name with settings
 * @param cap running sequences per engine
 * @param rule makes the rule for a run
 */
record Rival(String name, int cap, Function<Scenario, Rule> rule) implements PolicyKind {

    /** A rival with the cap that engines come with. */
    Rival(String name, Function<Scenario, Rule> rule) {
        this(name, StaticKind.ENGINE_CAP, rule);
    }

    /** How many replicas there should be; keeps what the rival remembers. */
    @FunctionalInterface
    interface Rule {
        /** Called every tick; null to leave the number as it is. */
        @Nullable
        Wanted wanted(Observed present);
    }

    /**
     * A wanted number, within no bounds yet.
     *
     * @param signal name of the number that it follows from
     * @param value that number
     */
    record Wanted(int replicas, String signal, double value) {}

    @Override
    public RouterConfig router() {
        return RouterConfig.builder().evictionEnabled(false).build();
    }

    @Override
    public int engineSequences() {
        return cap;
    }

    @Override
    public Policy create(Scenario scenario, MetricSource source, ScalingActuator actuator) {
        return new Running(
                rule.apply(scenario), scenario, cap, source, new Replicas(actuator, scenario.maxInstances()));
    }

    private static final class Running implements Policy {
        private final Rule rule;
        private final Scenario scenario;
        private final List<SloTier> tiers;
        private final int cap;
        private final MetricSource source;
        private final Replicas replicas;
        private RoutingTable table = FixedTable.EMPTY;
        private @Nullable Instant origin;
        private List<Signal> signals = List.of();

        Running(Rule rule, Scenario scenario, int cap, MetricSource source, Replicas replicas) {
            this.rule = rule;
            this.scenario = scenario;
            this.tiers = scenario.tiers();
            this.cap = cap;
            this.source = source;
            this.replicas = replicas;
        }

        @Override
        public List<Decision> tick(Instant now) {
            FleetSnapshot snapshot = source.observe(Scenario.FLEET, now);
            List<Decision> decisions = new ArrayList<>();
            if (snapshot == null) {
                return decisions;
            }
            origin = origin == null ? now : origin;
            if (replicas.replaceLost(snapshot.instances(), now, decisions)) {
                snapshot = present(snapshot, now);
            }
            replicas.retireDrained(snapshot.instances(), now, decisions);
            Observed present = Observed.of(snapshot, tiers, origin);
            Wanted wanted = rule.wanted(present);
            if (wanted != null) {
                signals = Signal.of(wanted);
                int bounded = Math.max(scenario.minInstances(), Math.min(scenario.maxInstances(), wanted.replicas()));
                Reason reason = Reason.of(
                                bounded < present.current() ? ReasonCode.SURPLUS : ReasonCode.INTERACTIVE_BACKPRESSURE)
                        .with(wanted.signal(), wanted.value())
                        .with("wanted", wanted.replicas());
                replicas.scaleTo(bounded, snapshot.instances(), reason, now, decisions);
            }
            FleetSnapshot after = present(snapshot, now);
            replicas.keep(after.instances());
            table = FixedTable.of(after.instances(), cap);
            return decisions;
        }

        private FleetSnapshot present(FleetSnapshot before, Instant now) {
            FleetSnapshot present = source.observe(Scenario.FLEET, now);
            return present == null ? before : present;
        }

        @Override
        public RoutingTable routingTable() {
            return table;
        }

        @Override
        public List<Signal> signals() {
            return signals;
        }
    }
}
