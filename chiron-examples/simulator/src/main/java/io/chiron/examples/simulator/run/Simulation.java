package io.chiron.examples.simulator.run;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.LengthHistogram;
import io.chiron.api.MetricSource;
import io.chiron.api.Phase;
import io.chiron.api.Placement;
import io.chiron.api.Pool;
import io.chiron.api.RequestRouter;
import io.chiron.api.RoutedRequest;
import io.chiron.api.ScalingActuator;
import io.chiron.api.SloTier;
import io.chiron.core.routing.Router;
import io.chiron.examples.simulator.engine.Engine;
import io.chiron.examples.simulator.engine.EngineListener;
import io.chiron.examples.simulator.engine.EngineRequest;
import io.chiron.examples.simulator.engine.EvictResult;
import io.chiron.examples.simulator.policy.Policy;
import io.chiron.examples.simulator.policy.PolicyKind;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.Workload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run: a workload, a router, engines and a policy, on one event clock. It is a host of the library like any other and
 * uses its public API only. Deterministic by the scenario's seed.
 */
public final class Simulation implements MetricSource, ScalingActuator {
    /** A run ends at the latest so long after the last deadline. */
    private static final double GRACE_SECONDS = 600;
    /** How often hosts tell the router how far their requests have come: a router that streams tokens knows. */
    private static final double PROGRESS_SECONDS = 1;

    private final Scenario scenario;
    private final PolicyKind kind;
    private final List<SloTier> tiers;
    private final Workload workload;
    private final Router router;
    private final Policy policy;
    private final Ledger ledger;
    private final Consumer<Decision> decisions;
    private final List<SimInstance> instances = new ArrayList<>();
    private final Map<String, SimInstance> byId = new HashMap<>();
    private final Map<String, SimRequest> requests = new HashMap<>();
    private final Listener listener = new Listener();

    private double now;
    private double lastDeadline;
    private double nextProgress;
    private long arrivals;
    private int launched;
    private @Nullable Probe probe;

    private Simulation(Scenario scenario, PolicyKind kind, Consumer<Decision> decisions) {
        this.scenario = scenario;
        this.kind = kind;
        this.tiers = scenario.tiers();
        this.workload = Workload.open(scenario.sources(), scenario.seed());
        this.router = new Router(tiers, kind.router());
        this.ledger = new Ledger(scenario);
        this.decisions = decisions;
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
        Simulation simulation = new Simulation(scenario, kind, decisions);
        simulation.probe = probe;
        simulation.loop(progress);
        return simulation.ledger.outcome(
                kind.name(), simulation.instances, simulation.now, (System.nanoTime() - start) * 1e-9);
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
            start(null, Pool.MIXED, 0, 0);
        }
        ledger.initialInstances(initial);
        Arrival next = workload.hasNext() ? workload.next() : null;
        double tick = 0;
        while (true) {
            double arrival = next == null ? Double.POSITIVE_INFINITY : next.arrivalSeconds();
            double engine = nextEngineEvent();
            double time = Math.min(Math.min(arrival, tick), engine);
            if (next == null && (requests.isEmpty() || time > lastDeadline + GRACE_SECONDS)) {
                break;
            }
            now = Math.max(now, time);
            if (engine <= time) {
                advanceEngines();
            } else if (arrival <= time && next != null) {
                arrive(next);
                next = workload.hasNext() ? workload.next() : null;
            } else {
                tick();
                progress.at(now, requests.size());
                tick += scenario.localPeriodSeconds();
            }
        }
        requests.values().forEach(ledger::unfinished);
    }

    private double nextEngineEvent() {
        double least = Double.POSITIVE_INFINITY;
        for (SimInstance instance : instances) {
            least = Math.min(least, instance.nextEventSeconds);
        }
        return least;
    }

    private void advanceEngines() {
        // By index: what a finished request lets in touches this list's engines, not the list.
        for (int i = 0; i < instances.size(); i++) {
            SimInstance instance = instances.get(i);
            if (instance.nextEventSeconds <= now) {
                advance(instance);
                pull(instance);
            }
        }
    }

    /** Brings an engine to the present; what happens in it is told to the listener. */
    private void advance(SimInstance instance) {
        instance.engine.advance(now, listener);
        instance.nextEventSeconds = instance.engine.nextEventSeconds();
    }

    private void arrive(Arrival arrival) {
        double limit = scenario.ttftSeconds(arrival);
        Instant at = SimClock.instant(now);
        long id = arrivals++;
        RoutedRequest routed = new RoutedRequest(
                Long.toString(id),
                tiers.get(arrival.tierIndex()).name(),
                arrival.promptTokens(),
                at,
                SimClock.instant(now + limit));
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
        if (probe != null) {
            probe.arrived(now, request.tierIndex());
        }
        lastDeadline = Math.max(lastDeadline, now + limit);
        requests.put(request.id, request);
        offer(request, at);
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

    private void offer(SimRequest request, Instant at) {
        Placement placement = router.offer(request.routed, at);
        if (!placement.placed()) {
            return;
        }
        SimInstance instance = instance(placement.instance());
        for (String victim : placement.evicted()) {
            evict(instance, victim);
        }
        admit(request, instance);
    }

    private SimInstance instance(@Nullable String id) {
        SimInstance instance = byId.get(id);
        if (instance == null) {
            throw new IllegalStateException("the router placed a request on " + id + ", which does not exist");
        }
        return instance;
    }

    /** Puts a request on an instance, or remembers to when an eviction elsewhere has to end first. */
    private void admit(SimRequest request, SimInstance instance) {
        if (!request.dispatched && probe != null) {
            probe.dispatched(now, request.tierIndex());
        }
        request.dispatched = true;
        if (request.isInEngine()) {
            request.next = instance;
            return;
        }
        request.instance = instance;
        advance(instance);
        instance.engine.admit(request, now);
        instance.nextEventSeconds = instance.engine.nextEventSeconds();
    }

    /** A request has left its engine: to where it was placed meanwhile, if it was. */
    private void goOn(SimRequest request) {
        SimInstance next = request.next;
        request.evicting = false;
        request.instance = null;
        request.next = null;
        if (next != null) {
            admit(request, next);
        }
    }

    private void evict(SimInstance instance, String requestId) {
        SimRequest request = requests.get(requestId);
        if (request == null) {
            return;
        }
        ledger.evicted();
        if (request.next != null) {
            // It had not come back from its last eviction yet: it only loses its new place.
            request.next = null;
            return;
        }
        advance(instance);
        router.progress(requestId, request.generatedTokens(), SimClock.instant(now));
        EvictResult result = instance.engine.evict(request, now);
        instance.nextEventSeconds = instance.engine.nextEventSeconds();
        request.evicting = result == EvictResult.AT_ITERATION_END;
        if (result == EvictResult.IMMEDIATE) {
            request.instance = null;
        }
    }

    /** Lets an instance take queued work while it has room. */
    private void pull(SimInstance instance) {
        if (instance.phase != Phase.READY) {
            return;
        }
        Instant at = SimClock.instant(now);
        RoutedRequest routed = router.next(instance.id, at);
        while (routed != null) {
            SimRequest request = requests.get(routed.id());
            if (request != null) {
                admit(request, instance);
            }
            routed = router.next(instance.id, at);
        }
    }

    private void tick() {
        loseInstances();
        for (SimInstance instance : instances) {
            if (instance.phase == Phase.STARTING && instance.readySeconds <= now) {
                instance.phase = Phase.READY;
            }
            advance(instance);
            long iterations = instance.measure(now, scenario.chunkTokens(), tiers);
            if (probe != null) {
                probe.iterated(iterations);
            }
        }
        if (now >= nextProgress) {
            tellProgress();
            nextProgress = now + PROGRESS_SECONDS;
        }
        for (Decision decision : policy.tick(SimClock.instant(now))) {
            decisions.accept(decision);
        }
        ledger.counted(instances);
        router.publish(policy.routingTable());
        for (int i = 0; i < instances.size(); i++) {
            pull(instances.get(i));
        }
        if (probe != null) {
            probe.observed(now, observe(Scenario.FLEET, SimClock.instant(now)));
            probe.ticked(now, policy, router);
        }
    }

    private void tellProgress() {
        Instant at = SimClock.instant(now);
        for (SimInstance instance : instances) {
            for (int tier = 0; tier < tiers.size(); tier++) {
                instance.engine.forEachRunning(tier, request -> tellProgress((SimRequest) request, at));
            }
        }
    }

    private void tellProgress(SimRequest request, Instant at) {
        int tokens = request.generatedTokens();
        if (tokens < Math.max(1, request.tellAtTokens)) {
            return;
        }
        router.progress(request.id, tokens, at);
        if (request.tierIndex() == EngineRequest.INTERACTIVE) {
            // The router counts in bins. Of batch work it needs the exact number too, by which an evicted request goes
            // on.
            int next = Math.min(LengthHistogram.bin(tokens) + 1, LengthHistogram.BINS - 1);
            request.tellAtTokens = LengthHistogram.lowerBound(next);
        }
    }

    private void loseInstances() {
        for (SimInstance instance : List.copyOf(instances)) {
            if (instance.failSeconds <= now) {
                end(instance);
            }
        }
    }

    private void start(@Nullable String launchId, Pool pool, double at, double startupSeconds) {
        launched++;
        Engine engine = new Engine(scenario.profile(), scenario.chunkTokens(), kind.engineSequences());
        engine.takeWindow(at);
        SimInstance instance = new SimInstance(
                "i" + launched,
                launchId,
                pool,
                at,
                at + startupSeconds,
                at + startupSeconds * scenario.faults().leadFactor(),
                at + scenario.faults().lifeSeconds(scenario.seed(), launched),
                engine);
        instances.add(instance);
        byId.put(instance.id, instance);
    }

    @Override
    public FleetSnapshot observe(String fleet, Instant at) {
        List<InstanceSnapshot> snapshots = new ArrayList<>(instances.size());
        for (SimInstance instance : instances) {
            snapshots.add(instance.snapshot());
        }
        return new FleetSnapshot(fleet, at, snapshots, router.flows(at), router.groups(at));
    }

    @Override
    public void apply(Action action) {
        ledger.acted(action);
        if (action instanceof Action.Launch launch) {
            boolean known =
                    instances.stream().anyMatch(each -> launch.launchId().equals(each.launchId));
            if (!known) {
                start(launch.launchId(), launch.pool(), now, scenario.startupSeconds());
            }
            return;
        }
        SimInstance instance = byId.get(((Action.OnInstance) action).instance());
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
            for (String victim : router.evict(evict.instance(), evict.tier(), evict.count(), SimClock.instant(now))) {
                evict(instance, victim);
            }
        } else if (action instanceof Action.Retire) {
            end(instance);
        }
    }

    /** Ends an instance; what it still ran begins anew elsewhere. */
    private void end(SimInstance instance) {
        instance.phase = Phase.FAILED;
        instance.endSeconds = now;
        ledger.ended(instance);
        instances.remove(instance);
        byId.remove(instance.id);
        advance(instance);
        for (SimRequest request : requests.values()) {
            if (request.next == instance) {
                request.next = null;
            }
        }
        for (EngineRequest lost : instance.engine.fail(now)) {
            goOn((SimRequest) lost);
        }
        Instant at = SimClock.instant(now);
        for (RoutedRequest routed : router.failed(instance.id, at)) {
            SimRequest request = requests.get(routed.id());
            if (request != null) {
                request.tellAtTokens = 0;
                offer(request, at);
            }
        }
    }

    private final class Listener implements EngineListener {
        @Override
        public void firstToken(EngineRequest request, double atSeconds) {
            SimRequest started = (SimRequest) request;
            if (Double.isNaN(started.firstTokenSeconds)) {
                started.firstTokenSeconds = atSeconds;
                ledger.started(started);
                if (probe != null) {
                    probe.started(
                            atSeconds,
                            started.tierIndex(),
                            atSeconds - started.arrivalSeconds(),
                            started.ttftLimitSeconds);
                }
            }
            router.firstToken(started.id, SimClock.instant(atSeconds));
        }

        @Override
        public void finished(EngineRequest request, double atSeconds) {
            SimRequest done = (SimRequest) request;
            Instant at = SimClock.instant(atSeconds);
            if (done.evicting) {
                // Its eviction came too late: it is queued or placed elsewhere, where nobody needs it any more.
                router.cancelled(done.id, at);
            } else {
                router.finished(done.id, done.outputTokens(), at);
            }
            requests.remove(done.id);
            double itl = ledger.finished(done, atSeconds);
            if (probe != null) {
                probe.finished(atSeconds, done.tierIndex(), done.outputTokens(), itl);
            }
        }

        @Override
        public void evicted(EngineRequest request, double atSeconds) {
            SimRequest evicted = (SimRequest) request;
            SimInstance left = evicted.instance;
            if (left != null && evicted.next == left) {
                // Back where it came from, whose engine is being advanced right now.
                evicted.evicting = false;
                evicted.next = null;
                left.engine.admit(evicted, atSeconds);
            } else {
                goOn(evicted);
            }
        }

        @Override
        public void preempted(EngineRequest request, double atSeconds) {
            // The engine keeps it and runs it again; the router need not know.
        }
    }
}
