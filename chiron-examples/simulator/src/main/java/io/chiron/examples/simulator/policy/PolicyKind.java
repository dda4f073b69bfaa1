package io.chiron.examples.simulator.policy;

import io.chiron.api.MetricSource;
import io.chiron.api.ScalingActuator;
import io.chiron.core.routing.RouterConfig;
import io.chiron.examples.simulator.run.Scenario;

/** A policy that can be run: how its router behaves, and how to make one for a run. */
public interface PolicyKind {
    /** Name with settings, as shown in tables. */
    String name();

    /** Settings of the router that every policy shares. */
    default RouterConfig router() {
        return RouterConfig.DEFAULTS;
    }

    /** Cap on running sequences inside the engine. */
    default int engineSequences() {
        return Integer.MAX_VALUE;
    }

    /** Instances that are there at time 0. */
    default int startingInstances(Scenario scenario) {
        return scenario.startingInstances();
    }

    /** A new policy, which has seen nothing. */
    Policy create(Scenario scenario, MetricSource source, ScalingActuator actuator);
}
