package io.chiron.examples.simulator.policy;

import io.chiron.api.Checks;
import io.chiron.api.Decision;
import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.ScalingActuator;
import io.chiron.api.SloTier;
import io.chiron.api.Times;
import io.chiron.core.Chiron;
import io.chiron.core.ChironConfig;
import io.chiron.core.fleet.FleetConfig;
import io.chiron.core.fleet.FleetPlan;
import io.chiron.core.local.BatchSizeRule;
import io.chiron.core.local.CurveRule;
import io.chiron.core.local.LocalConfig;
import io.chiron.core.local.RatioRule;
import io.chiron.core.routing.RouterConfig;
import io.chiron.core.routing.RoutingTable;
import io.chiron.core.waiting.WaitingTime;
import io.chiron.examples.simulator.run.Scenario;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chiron and its variants, embedded as any host embeds it.
 *
 * @param name name with settings
 * @param rule the local loop
 * @param fleet the fleet rule
 * @param router settings of the router
 * @param engineSequences cap on running sequences inside the engine
 * @param steering decides on the number of instances in place of the fleet rule, which then only places them; null for none
 */
record ChironKind(
        String name,
        BatchSizeRule rule,
        FleetConfig.Builder fleet,
        RouterConfig router,
        int engineSequences,
        @Nullable Function<Scenario, Rival.Rule> steering)
        implements PolicyKind {

    private ChironKind(String name, BatchSizeRule rule, FleetConfig.Builder fleet, RouterConfig router) {
        this(name, rule, fleet, router, Integer.MAX_VALUE, null);
    }

    /**
     * Chiron as it is: {@code chiron[:margin=0.15;start=64;rule=curve|ratio;replay=true;launch=eager|jit;reassign=true]},
     * and the ages in seconds above which measurements are stale: {@code sample-age=15;flow-age=30}.
     */
    static PolicyKind chiron(String name, Settings settings) {
        String rule = settings.oneOf("rule", List.of("curve", "ratio"));
        FleetConfig.Builder fleet = fleet(settings)
                .reassign(settings.flag("reassign", true))
                .batchLaunch(
                        settings.oneOf("launch", List.of("eager", "jit")).equals("jit")
                                ? FleetConfig.BatchLaunch.JUST_IN_TIME
                                : FleetConfig.BatchLaunch.EAGER);
        return new ChironKind(name, local(settings, rule.equals("ratio")), fleet, RouterConfig.DEFAULTS);
    }

    /** Chiron with the ratio rule: {@code chiron-ratio[:margin=0.15;start=64;replay=true]}. */
    static PolicyKind ratio(String name, Settings settings) {
        return new ChironKind(name, local(settings, true), fleet(settings), RouterConfig.DEFAULTS);
    }

    /** Chiron without changes of roles: {@code chiron-no-reassign[:margin=0.15;start=64;replay=true]}. */
    static PolicyKind noReassign(String name, Settings settings) {
        return new ChironKind(name, local(settings, false), fleet(settings).reassign(false), RouterConfig.DEFAULTS);
    }

    /** Chiron that launches for batch work at once, as it does by default, or as late as is safe. */
    static PolicyKind launching(String name, Settings settings, FleetConfig.BatchLaunch launch) {
        return new ChironKind(name, local(settings, false), fleet(settings).batchLaunch(launch), RouterConfig.DEFAULTS);
    }

    /**
     * Chiron with the paper's interactive rule: {@code chiron-slots[:margin=0.15;start=64;theta=0.333]}. Busy instances
     * against a fixed target, nothing learned; requests are packed, since spread ones make every instance busy.
     */
    static PolicyKind slots(String name, Settings settings) {
        FleetConfig.Builder fleet = FleetConfig.builder()
                .interactiveRule(FleetConfig.InteractiveRule.BUSY_INSTANCES)
                .busyTarget(settings.number("theta", 1.0 / 3, 0.01, 1));
        return new ChironKind(
                name,
                local(settings, false),
                fleet,
                RouterConfig.builder().packing(true).build());
    }

    /**
     * The local loop alone: {@code chiron-local-only[:margin=0.15;start=64;target=0.7]}. An HPA on KV use decides on the
     * number of instances, which all stay mixed.
     */
    static PolicyKind localOnly(String name, Settings settings, double defaultTarget) {
        BatchSizeRule rule = local(settings, false);
        Function<Scenario, Rival.Rule> steering = HpaKv.rule(settings, defaultTarget);
        return new ChironKind(
                name, rule, FleetConfig.builder().reassign(false), RouterConfig.DEFAULTS, Integer.MAX_VALUE, steering);
    }

    /** The fleet rule alone: {@code chiron-global-only[:cap=256;replay=true]}. Every batch may grow to the cap. */
    static PolicyKind globalOnly(String name, Settings settings) {
        int cap = settings.whole("cap", StaticKind.ENGINE_CAP, 1, 100_000);
        return new ChironKind(name, new FixedCapRule(cap), fleet(settings), RouterConfig.DEFAULTS, cap, null);
    }

    /** Chiron with the number of instances given from outside. */
    static PolicyKind steered(String name, Function<Scenario, Rival.Rule> steering) {
        return new ChironKind(
                name,
                new CurveRule(LocalConfig.DEFAULTS),
                FleetConfig.builder(),
                RouterConfig.DEFAULTS,
                Integer.MAX_VALUE,
                steering);
    }

    /**
     * The paper's form as far as it is known (arXiv 2501.08090): ratio rule without the throughput term, IBP on whole
     * instances with target Θ = 1/3, k-means groups, eager launches, no change of roles. A count of busy instances needs
     * requests packed onto few of them.
     */
    static PolicyKind paper(String name, Settings settings) {
        FleetConfig.Builder fleet = FleetConfig.builder()
                .interactiveRule(FleetConfig.InteractiveRule.BUSY_INSTANCES)
                .busyTarget(settings.number("theta", 1.0 / 3, 0.01, 1))
                .grouping(FleetConfig.Grouping.K_MEANS)
                .reassign(false)
                .steadyReplay(false);
        RouterConfig router = RouterConfig.builder().packing(true).build();
        return new ChironKind(name, new RatioRule(LocalConfig.DEFAULTS), fleet, router);
    }

    private static BatchSizeRule local(Settings settings, boolean ratio) {
        LocalConfig local = LocalConfig.builder()
                .margin(settings.number("margin", LocalConfig.DEFAULTS.margin(), 0, 0.9))
                .startBatch(
                        settings.whole("start", LocalConfig.DEFAULTS.startBatch(), 1, LocalConfig.DEFAULTS.maxBatch()))
                .maxSampleAgeSeconds(
                        settings.number("sample-age", LocalConfig.DEFAULTS.maxSampleAgeSeconds(), 0.1, 3600))
                .build();
        return ratio ? new RatioRule(local) : new CurveRule(local);
    }

    private static FleetConfig.Builder fleet(Settings settings) {
        return FleetConfig.builder()
                .maxFlowAgeSeconds(settings.number("flow-age", FleetConfig.DEFAULTS.maxFlowAgeSeconds(), 0.1, 3600))
                .steadyReplay(settings.flag("replay", FleetConfig.DEFAULTS.steadyReplay()));
    }

    @Override
    public Policy create(Scenario scenario, MetricSource source, ScalingActuator actuator) {
        ChironConfig config = config(scenario, scenario.limits());
        Chiron chiron = new Chiron(config, source, actuator);
        return steering == null
                ? new Embedded(chiron, config.fleetRule())
                : new Steered(this, steering.apply(scenario), scenario, chiron, source);
    }

    private ChironConfig config(Scenario scenario, FleetLimits limits) {
        return ChironConfig.builder(Scenario.FLEET, scenario.tiers(), limits)
                .batchSizeRule(rule)
                .fleetRule(fleet.initialLeadSeconds(Checks.notNegative("startup", scenario.startupSeconds()))
                        .build())
                .globalPeriod(Times.duration(scenario.globalPeriodSeconds()))
                .build();
    }

    /** The library at work in a run. */
    record Embedded(Chiron chiron, FleetConfig rule) implements Policy {
        @Override
        public List<Decision> tick(Instant now) {
            return chiron.tick(now).decisions();
        }

        @Override
        public RoutingTable routingTable() {
            return chiron.routingTable();
        }

        @Override
        public WaitingTime waitingTime(String tier, long position) {
            return chiron.waitingTime(tier, position);
        }

        @Override
        public List<Signal> signals() {
            FleetPlan plan = chiron.plan();
            if (plan == null) {
                return List.of();
            }
            boolean busy = rule.interactiveRule() == FleetConfig.InteractiveRule.BUSY_INSTANCES;
            return List.of(
                    busy
                            ? new Signal("IBP, share of busy instances", plan.busyBackpressure(), rule.busyTarget())
                            : new Signal("IBP", plan.interactiveBackpressure(), 1),
                    new Signal("BBP", plan.batchBackpressure(), 0),
                    new Signal(Signal.WANTED, plan.wantedInstances(), Double.NaN));
        }
    }

    /** The library with its number of instances set from outside, through the limits that a host may change any time. */
    private static final class Steered implements Policy {
        private final ChironKind kind;
        private final Rival.Rule rule;
        private final Scenario scenario;
        private final List<SloTier> tiers;
        private final Chiron chiron;
        private final MetricSource source;
        private @Nullable Instant origin;
        private int instances;
        private List<Signal> signals = List.of();

        Steered(ChironKind kind, Rival.Rule rule, Scenario scenario, Chiron chiron, MetricSource source) {
            this.kind = kind;
            this.rule = rule;
            this.scenario = scenario;
            this.tiers = scenario.tiers();
            this.chiron = chiron;
            this.source = source;
        }

        @Override
        public List<Decision> tick(Instant now) {
            origin = origin == null ? now : origin;
            FleetSnapshot snapshot = source.observe(Scenario.FLEET, now);
            Rival.Wanted wanted = snapshot == null ? null : rule.wanted(Observed.of(snapshot, tiers, origin));
            if (wanted != null) {
                signals = Signal.of(wanted);
                int bounded = Math.max(
                        Math.max(1, scenario.minInstances()), Math.min(scenario.maxInstances(), wanted.replicas()));
                if (bounded != instances) {
                    instances = bounded;
                    chiron.reconfigure(kind.config(scenario, FleetLimits.of(bounded, bounded)));
                }
            }
            return chiron.tick(now).decisions();
        }

        @Override
        public RoutingTable routingTable() {
            return chiron.routingTable();
        }

        @Override
        public WaitingTime waitingTime(String tier, long position) {
            return chiron.waitingTime(tier, position);
        }

        @Override
        public List<Signal> signals() {
            return signals;
        }
    }
}
