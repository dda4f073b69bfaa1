package io.chiron.examples.simulator.policy;

import io.chiron.api.Checks;
import io.chiron.api.Decision;
import io.chiron.api.MetricSource;
import io.chiron.api.ScalingActuator;
import io.chiron.api.Times;
import io.chiron.core.Chiron;
import io.chiron.core.ChironConfig;
import io.chiron.core.fleet.FleetConfig;
import io.chiron.core.local.BatchSizeRule;
import io.chiron.core.local.CurveRule;
import io.chiron.core.local.LocalConfig;
import io.chiron.core.local.RatioRule;
import io.chiron.core.routing.RouterConfig;
import io.chiron.core.routing.RoutingTable;
import io.chiron.examples.simulator.run.Scenario;
import java.time.Instant;
import java.util.List;

/**
 * Chiron and its variants, embedded as any host embeds it.
 *
 * @param name name with settings
 * @param rule the local loop
 * @param fleet the fleet rule
 * @param router settings of the router
 */
record ChironKind(String name, BatchSizeRule rule, FleetConfig.Builder fleet, RouterConfig router)
        implements PolicyKind {

    /** Chiron as it is: {@code chiron[:margin=0.15;replay=true;launch=eager|jit;reassign=true]}. */
    static PolicyKind chiron(String name, Settings settings) {
        LocalConfig local = LocalConfig.builder()
                .margin(settings.number("margin", LocalConfig.DEFAULTS.margin(), 0, 0.9))
                .build();
        FleetConfig.Builder fleet = FleetConfig.builder()
                .steadyReplay(settings.flag("replay", FleetConfig.DEFAULTS.steadyReplay()))
                .reassign(settings.flag("reassign", true))
                .batchLaunch(
                        settings.oneOf("launch", List.of("eager", "jit")).equals("jit")
                                ? FleetConfig.BatchLaunch.JUST_IN_TIME
                                : FleetConfig.BatchLaunch.EAGER);
        return new ChironKind(name, new CurveRule(local), fleet, RouterConfig.DEFAULTS);
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
        RouterConfig router = RouterConfig.builder().build();
        return new ChironKind(name, new RatioRule(LocalConfig.DEFAULTS), fleet, router);
    }

    @Override
    public Policy create(Scenario scenario, MetricSource source, ScalingActuator actuator) {
        ChironConfig config = ChironConfig.builder(Scenario.FLEET, scenario.tiers(), scenario.limits())
                .batchSizeRule(rule)
                .fleetRule(fleet.initialLeadSeconds(Checks.notNegative("startup", scenario.startupSeconds()))
                        .build())
                .globalPeriod(Times.duration(scenario.globalPeriodSeconds()))
                .build();
        Chiron chiron = new Chiron(config, source, actuator);
        return new Embedded(chiron);
    }

    /** The library at work in a run. */
    record Embedded(Chiron chiron) implements Policy {
        @Override
        public List<Decision> tick(Instant now) {
            return chiron.tick(now).decisions();
        }

        @Override
        public RoutingTable routingTable() {
            return chiron.routingTable();
        }
    }
}
