package io.chiron.examples.simulator.run;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.RequestRouter;
import io.chiron.api.RoutedRequest;
import io.chiron.api.ScalingActuator;
import io.chiron.api.SloTier;
import io.chiron.core.routing.Router;
import io.chiron.examples.simulator.policy.Policy;
import io.chiron.examples.simulator.policy.PolicyKind;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.Workload;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run: a workload, a router, engines and a policy, on one event clock. It is a host of the library like any other and
 * uses its public API only: here is what it measures and carries out, {@link RequestPath} has its way of requests.
 * Deterministic by the scenario's seed.
 */
public final class Simulation implements MetricSource, ScalingActuator {
    /** A run ends at the latest so long after the last deadline. */
    private static final double GRACE_SECONDS = 600;

    private static final Probe NOBODY = (nowSeconds, policy, router) -> {};

    private final Scenario scenario;
    private final PolicyKind kind;
    private final List<SloTier> tiers;
    private final Workload workload;
    private final Router router;
    private final Policy policy;
    private final Ledger ledger;
    private final Consumer<Decision> decisions;
    private final Probe probe;
    private final EventClock clock = new EventClock();
    private final SimFleet fleet;
    private final RequestPath path;

    private double lastDeadlineSeconds;
    private long arrivals;

    private Simulation(Scenario scenario, PolicyKind kind, Consumer<Decision> decisions, Probe probe) {
        this.scenario = scenario;
        this.kind = kind;
        this.tiers = scenario.tiers();
        this.workload = Workload.open(scenario.sources(), scenario.seed());
        this.router = new Router(tiers, kind.router());
        this.ledger = new Ledger(scenario);
        this.decisions = decisions;
        this.probe = probe;
        this.fleet = new SimFleet(scenario, kind.engineSequences());
        this.path = new RequestPath(router, fleet, ledger, probe, clock);
        Faults faults = scenario.faults();
        this.policy = kind.create(
                scenario, faults.spareMetrics() ? this : new FaultySource(this, faults, scenario.seed()), this);
    }

    /** Watches a run from inside, for experiments. */
    public interface Probe {
        /** Called after every tick of the policy. */
        void ticked(double nowSeconds, Policy policy, RequestRouter router);

        /** What the fleet looks like after a tick. */
        default void observed(double nowSeconds, FleetSnapshot snapshot) {}

        /** A request has come. */
        default void arrived(double nowSeconds, int tierIndex) {}

        /** A request left the router's queue for the first time. */
        default void dispatched(double nowSeconds, int tierIndex) {}

        /** An instance has ended so many iterations since the last tick. */
        default void iterated(long count) {}

        /** A request has yielded its first token, which it had to within {@code limitSeconds}. */
        default void started(double nowSeconds, int tierIndex, double ttftSeconds, double limitSeconds) {}

        /** A request has yielded its last token. */
        default void finished(double nowSeconds, int tierIndex, int outputTokens, double meanItlSeconds) {}
    }

    /** Runs a scenario to its end; {@code progress} is told the share of the workload's time that has passed. */
    public static Outcome run(
            Scenario scenario,
            PolicyKind kind,
            Consumer<Decision> decisions,
            Progress progress,
            @Nullable Probe probe) {
        long start = System.nanoTime();
        Simulation simulation = new Simulation(scenario, kind, decisions, probe == null ? NOBODY : probe);
        simulation.loop(progress);
        return simulation.ledger.outcome(
                kind.name(),
                simulation.fleet.instances(),
                simulation.clock.seconds(),
                (System.nanoTime() - start) * 1e-9);
    }

    /** Told how far a run is. */
    @FunctionalInterface
    public interface Progress {
        /** Simulated seconds so far, and requests that are in the system. */
        void at(double simulatedSeconds, int inSystem);
    }

    private void loop(Progress progress) {
        int initial = kind.startingInstances(scenario);
        for (int i = 0; i < initial; i++) {
            fleet.start(null, Pool.MIXED, 0, 0);
        }
        ledger.initialInstances(initial);
        Arrival next = workload.hasNext() ? workload.next() : null;
        double tick = 0;
        while (true) {
            double arrival = next == null ? Double.POSITIVE_INFINITY : next.arrivalSeconds();
            double engine = fleet.nextEventSeconds();
            double time = Math.min(Math.min(arrival, tick), engine);
            if (next == null && (path.requests().isEmpty() || time > lastDeadlineSeconds + GRACE_SECONDS)) {
                break;
            }
            clock.advanceTo(time);
            if (engine <= time) {
                advanceEngines();
            } else if (arrival <= time && next != null) {
                arrive(next);
                next = workload.hasNext() ? workload.next() : null;
            } else {
                tick();
                progress.at(clock.seconds(), path.requests().size());
                tick += scenario.localPeriodSeconds();
            }
        }
        path.requests().forEach(ledger::unfinished);
    }

    private void advanceEngines() {
        List<SimInstance> instances = fleet.instances();
        // By index: what a finished request lets in touches this list's engines, not the list.
        for (int i = 0; i < instances.size(); i++) {
            SimInstance instance = instances.get(i);
            if (instance.nextEventSeconds <= clock.seconds()) {
                path.advance(instance);
                path.pull(instance);
            }
        }
    }

    private void arrive(Arrival arrival) {
        double limit = scenario.ttftSeconds(arrival);
        double deadlineSeconds = clock.seconds() + limit;
        long id = arrivals++;
        RoutedRequest routed = new RoutedRequest(
                Long.toString(id),
                tiers.get(arrival.tierIndex()).name(),
                arrival.promptTokens(),
                clock.instant(),
                SimClock.instant(deadlineSeconds));
        SimRequest request = new SimRequest(
                id,
                arrival.tierIndex(),
                arrival.promptTokens(),
                arrival.outputTokens(),
                arrival.arrivalSeconds(),
                routed,
                limit);
        checkFits(request);
        ledger.arrived(request);
        probe.arrived(clock.seconds(), request.tierIndex());
        lastDeadlineSeconds = Math.max(lastDeadlineSeconds, deadlineSeconds);
        path.arrive(request);
    }

    private void checkFits(SimRequest request) {
        long tokens = (long) request.promptTokens() + request.outputTokens();
        if (tokens > scenario.profile().kvCapacityTokens()) {
            throw new IllegalArgumentException("prompt + output = " + tokens + " tokens of request " + request.id
                    + " is not allowed; allowed: at most the KV capacity of "
                    + scenario.profile().id() + ", "
                    + scenario.profile().kvCapacityTokens() + " tokens");
        }
    }

    private void tick() {
        fleet.lostBy(clock.seconds()).forEach(this::end);
        fleet.ready(clock.seconds());
        for (SimInstance instance : fleet.instances()) {
            path.advance(instance);
            probe.iterated(instance.measure(clock.seconds(), scenario.chunkTokens(), tiers));
        }
        path.tellProgress();
        policy.tick(clock.instant()).forEach(decisions);
        ledger.counted(fleet.instances());
        router.publish(policy.routingTable());
        List<SimInstance> instances = fleet.instances();
        for (int i = 0; i < instances.size(); i++) {
            path.pull(instances.get(i));
        }
        if (probe != NOBODY) {
            probe.observed(clock.seconds(), observe(Scenario.FLEET, clock.instant()));
            probe.ticked(clock.seconds(), policy, router);
        }
    }

    @Override
    public FleetSnapshot observe(String name, Instant at) {
        return new FleetSnapshot(name, at, fleet.snapshots(), router.flows(at), router.groups(at));
    }

    @Override
    public void apply(Action action) {
        ledger.acted(action);
        if (action instanceof Action.Launch launch) {
            if (!fleet.knowsLaunch(launch.launchId())) {
                fleet.start(launch.launchId(), launch.pool(), clock.seconds(), scenario.startupSeconds());
            }
            return;
        }
        SimInstance instance = fleet.find(((Action.OnInstance) action).instance());
        if (instance == null) {
            return;
        }
        if (action instanceof Action.Reassign reassign) {
            instance.pool = reassign.pool();
        } else if (action instanceof Action.Drain) {
            instance.phase = instance.phase == Phase.READY ? Phase.DRAINING : instance.phase;
        } else if (action instanceof Action.CancelDrain) {
            instance.phase = instance.phase == Phase.DRAINING ? Phase.READY : instance.phase;
        } else if (action instanceof Action.Evict evict) {
            for (String victim : router.evict(evict.instance(), evict.tier(), evict.count(), clock.instant())) {
                path.evict(instance, victim);
            }
        } else if (action instanceof Action.Retire) {
            end(instance);
        }
    }

    private void end(SimInstance instance) {
        instance.phase = Phase.FAILED;
        instance.endSeconds = clock.seconds();
        ledger.ended(instance);
        fleet.remove(instance);
        path.lose(instance);
    }
}
