package io.chiron.examples.simulator.run;

import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.examples.simulator.engine.Engine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The instances that are paid for, in the order of their launch. */
final class SimFleet {
    private final Scenario scenario;
    private final int engineSequences;
    private final List<SimInstance> instances = new ArrayList<>();
    private final Map<String, SimInstance> byId = new HashMap<>();
    private int launched;

    /** An empty fleet; an engine of it runs at most {@code engineSequences} at once. */
    SimFleet(Scenario scenario, int engineSequences) {
        this.scenario = scenario;
        this.engineSequences = engineSequences;
    }

    void start(@Nullable String launchId, Pool pool, double atSeconds, double startupSeconds) {
        launched++;
        Engine engine = new Engine(scenario.profile(), scenario.chunkTokens(), engineSequences);
        engine.takeWindow(atSeconds);
        Faults faults = scenario.faults();
        SimInstance instance = new SimInstance(
                "i" + launched,
                launchId,
                pool,
                atSeconds,
                atSeconds + startupSeconds,
                atSeconds + startupSeconds * faults.leadFactor(),
                atSeconds + faults.lifeSeconds(scenario.seed(), launched),
                engine);
        instances.add(instance);
        byId.put(instance.id, instance);
    }

    void remove(SimInstance instance) {
        instances.remove(instance);
        byId.remove(instance.id);
    }

    /** All; the list changes with the fleet. */
    List<SimInstance> instances() {
        return instances;
    }

    @Nullable
    SimInstance find(@Nullable String id) {
        return byId.get(id);
    }

    boolean knowsLaunch(String launchId) {
        return instances.stream().anyMatch(each -> launchId.equals(each.launchId));
    }

    double nextEventSeconds() {
        double least = Double.POSITIVE_INFINITY;
        for (SimInstance instance : instances) {
            least = Math.min(least, instance.nextEventSeconds);
        }
        return least;
    }

    List<SimInstance> lostBy(double nowSeconds) {
        return instances.stream().filter(each -> each.failSeconds <= nowSeconds).toList();
    }

    /** Turns instances that have started up ready. */
    void ready(double nowSeconds) {
        for (SimInstance instance : instances) {
            if (instance.phase == Phase.STARTING && instance.readySeconds <= nowSeconds) {
                instance.phase = Phase.READY;
            }
        }
    }

    List<InstanceSnapshot> snapshots() {
        List<InstanceSnapshot> snapshots = new ArrayList<>(instances.size());
        for (SimInstance instance : instances) {
            snapshots.add(instance.snapshot());
        }
        return snapshots;
    }
}
