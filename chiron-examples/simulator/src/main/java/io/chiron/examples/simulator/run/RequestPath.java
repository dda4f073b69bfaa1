package io.chiron.examples.simulator.run;

import io.chiron.api.LengthHistogram;
import io.chiron.api.Phase;
import io.chiron.api.Placement;
import io.chiron.api.RoutedRequest;
import io.chiron.core.routing.Router;
import io.chiron.examples.simulator.engine.Engine;
import io.chiron.examples.simulator.engine.EngineListener;
import io.chiron.examples.simulator.engine.EngineRequest;
import io.chiron.examples.simulator.engine.EvictResult;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes requests from the router to engines and back, and tells the router what becomes of them. */
final class RequestPath {
    /** How often the router is told how far requests have come: one that streams tokens knows. */
    private static final double PROGRESS_SECONDS = 1;

    private final Router router;
    private final SimFleet fleet;
    private final Ledger ledger;
    private final Simulation.Probe probe;
    private final EventClock clock;
    private final Map<String, SimRequest> requests = new HashMap<>();
    private final Listener listener = new Listener();
    private double nextProgressSeconds;

    RequestPath(Router router, SimFleet fleet, Ledger ledger, Simulation.Probe probe, EventClock clock) {
        this.router = router;
        this.fleet = fleet;
        this.ledger = ledger;
        this.probe = probe;
        this.clock = clock;
    }

    /** Those that are not finished. */
    Collection<SimRequest> requests() {
        return requests.values();
    }

    void arrive(SimRequest request) {
        requests.put(request.id, request);
        offer(request);
    }

    /** Brings an engine to the present; what happens in it is told to the listener. */
    void advance(SimInstance instance) {
        instance.engine.advance(clock.seconds(), listener);
        instance.nextEventSeconds = instance.engine.nextEventSeconds();
    }

    /** Lets an instance take queued work while it has room. */
    void pull(SimInstance instance) {
        if (instance.phase != Phase.READY) {
            return;
        }
        Instant at = clock.instant();
        RoutedRequest routed = router.next(instance.id, at);
        while (routed != null) {
            SimRequest request = requests.get(routed.id());
            if (request != null) {
                admit(request, instance);
            }
            routed = router.next(instance.id, at);
        }
    }

    void evict(SimInstance instance, String requestId) {
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
        router.progress(requestId, request.generatedTokens(), clock.instant());
        EvictResult result = instance.engine.evict(request, clock.seconds());
        instance.nextEventSeconds = instance.engine.nextEventSeconds();
        request.evicting = result == EvictResult.AT_ITERATION_END;
        if (result == EvictResult.IMMEDIATE) {
            request.instance = null;
        }
    }

    /** An instance has left the fleet; what it still ran begins anew elsewhere. */
    void lose(SimInstance instance) {
        advance(instance);
        for (SimRequest request : requests.values()) {
            if (request.next == instance) {
                request.next = null;
            }
        }
        for (EngineRequest lost : instance.engine.fail(clock.seconds())) {
            goOn((SimRequest) lost);
        }
        for (RoutedRequest routed : router.failed(instance.id, clock.instant())) {
            SimRequest request = requests.get(routed.id());
            if (request != null) {
                request.tellAtTokens = 0;
                offer(request);
            }
        }
    }

    /** Tells the router how far requests have come, if it is time to. */
    void tellProgress() {
        if (clock.seconds() < nextProgressSeconds) {
            return;
        }
        nextProgressSeconds = clock.seconds() + PROGRESS_SECONDS;
        Instant at = clock.instant();
        for (SimInstance instance : fleet.instances()) {
            for (int tier = 0; tier < Engine.TIERS; tier++) {
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

    private void offer(SimRequest request) {
        Placement placement = router.offer(request.routed, clock.instant());
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
        SimInstance instance = fleet.find(id);
        if (instance == null) {
            throw new IllegalStateException("the router placed a request on " + id + ", which does not exist");
        }
        return instance;
    }

    /** Puts a request on an instance, or remembers to when an eviction elsewhere has to end first. */
    private void admit(SimRequest request, SimInstance instance) {
        if (!request.dispatched) {
            probe.dispatched(clock.seconds(), request.tierIndex());
        }
        request.dispatched = true;
        if (request.isInEngine()) {
            request.next = instance;
            return;
        }
        request.instance = instance;
        advance(instance);
        instance.engine.admit(request, clock.seconds());
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

    private final class Listener implements EngineListener {
        @Override
        public void firstToken(EngineRequest request, double atSeconds) {
            SimRequest started = (SimRequest) request;
            if (Double.isNaN(started.firstTokenSeconds)) {
                started.firstTokenSeconds = atSeconds;
                ledger.started(started);
                probe.started(
                        atSeconds, started.tierIndex(), atSeconds - started.arrivalSeconds(), started.ttftLimitSeconds);
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
            probe.finished(atSeconds, done.tierIndex(), done.outputTokens(), itl);
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
