package io.chiron.core.routing;

import io.chiron.api.RequestClass;
import io.chiron.api.RoutedRequest;
import io.chiron.api.TierFlow;
import io.chiron.core.routing.RoutingTable.TierCost;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The books: every request that is queued or in flight, each in one place, and the moves between the places, with all
 * counts. Decides nothing. Guarded by the router's lock.
 */
final class Requests {
    /** So that requests are spread also before any cost is known. */
    private static final double LEAST_COST_SECONDS = 1e-6;

    private final Tiers tiers;
    private final BatchQueue batch;
    private final Instances instances;
    private final RequestIndex known = new RequestIndex();
    private final Spares spares = new Spares();
    /** Overflow by tier, in order of arrival; null for a batch tier. */
    private final @Nullable DeadlineQueue[] overflow;

    private final ArrivalRing arrivals;
    private final List<FlowRecorder> flows = new ArrayList<>();

    private List<TierCost> costs = List.of();
    private long waiting;
    private long offers;
    private long placements;

    Requests(Tiers tiers, RouterConfig config, BatchQueue batch, Instances instances) {
        this.tiers = tiers;
        this.batch = batch;
        this.instances = instances;
        arrivals = new ArrivalRing(tiers.count(), config);
        overflow = new DeadlineQueue[tiers.count()];
        for (int tier = 0; tier < overflow.length; tier++) {
            overflow[tier] = tiers.interactive(tier) ? new DeadlineQueue(tiers::order) : null;
            flows.add(new FlowRecorder(config));
        }
    }

    @Nullable
    Tracked get(String requestId) {
        return known.get(requestId);
    }

    long waiting() {
        return waiting;
    }

    void publish(RoutingTable table) {
        costs = table.costs();
        for (InFlight at : instances.publish(table.rows())) {
            releaseIfHomeless(at);
        }
    }

    /** Takes note of a new request, which the caller starts or queues. */
    Tracked arrived(RoutedRequest request, int tier, Instant now) {
        Tracked arrived = spares.request(request, tier, offers++);
        known.add(arrived);
        arrivals.add(tier, request.promptTokens(), now);
        return arrived;
    }

    /** The interactive request that came first of those that wait, or null. */
    @Nullable
    Tracked overflowHead() {
        Tracked first = null;
        for (DeadlineQueue queue : overflow) {
            first = queue == null ? first : batch.earlier(first, queue.peek());
        }
        return first;
    }

    /** Queues a request that is in no other place. */
    void enqueue(Tracked request, Instant now) {
        FlowRecorder flow = flows.get(request.tier);
        boolean probed = request.run == null && flow.waits.follows(flow.waitingRequests + 1);
        request.queued = true;
        waiting++;
        flow.queued(request);
        DeadlineQueue queue = overflow[request.tier];
        if (queue != null) {
            queue.add(request);
        } else {
            batch.add(request, now);
        }
        double perPosition =
                costs.isEmpty() ? Double.NaN : costs.get(request.tier).waitSecondsPerPosition();
        if (probed && perPosition > 0) {
            long position = queue != null ? flow.waitingRequests : batch.position(request);
            double predictedSeconds = position * perPosition;
            request.probe = predictedSeconds < Double.POSITIVE_INFINITY
                    ? new WaitSample.Probe(now, position, predictedSeconds)
                    : null;
        }
    }

    /** Moves a queued request to an instance. */
    void dispatch(Tracked request, InFlight at, Instant now) {
        flows.get(request.tier).waits.dispatched(request.probe, now);
        dequeue(request);
        start(request, at);
    }

    /** Puts a request that is in no queue in flight. */
    void start(Tracked request, InFlight at) {
        Tracked.Run run = run(request);
        TierCost cost = costs.get(request.tier);
        run.prefillTokens = request.tokensToPrefill(at);
        run.costSeconds = Math.max(
                LEAST_COST_SECONDS, cost.secondsPerPromptToken() * run.prefillTokens + cost.secondsPerRequest());
        run.placement = placements++;
        at.add(request, run, tiers.interactive(request.tier), batch.worn(request));
        flows.get(request.tier).outputs(0, run.producedTokens);
        instances.refresh(at);
    }

    /** Queues batch requests of an instance again, which becomes their home; returns their ids. */
    List<String> evict(InFlight at, List<Tracked> victims, Instant now) {
        List<String> ids = new ArrayList<>(victims.size());
        for (Tracked victim : victims) {
            Tracked.Run run = run(victim);
            stop(victim, at);
            run.evictions++;
            run.instance = at;
            enqueue(victim, now);
            ids.add(victim.request.id());
        }
        instances.refresh(at);
        return ids;
    }

    /** Queues the batch requests of a dead instance again; forgets and returns the interactive ones, in order of placement. */
    List<RoutedRequest> failed(InFlight at, Instant now) {
        List<RoutedRequest> returned = new ArrayList<>();
        at.failed = true;
        for (Tracked request : at.inOrder()) {
            stop(request, at);
            if (tiers.interactive(request.tier)) {
                returned.add(request.request);
                drop(request);
            } else {
                enqueue(request, now);
            }
        }
        releaseIfHomeless(at);
        return returned;
    }

    /** Removes a request from wherever it is; its record may stand for another one from then on. */
    void forget(Tracked request) {
        InFlight at = request.run == null || request.queued ? null : request.run.instance;
        if (at != null) {
            stop(request, at);
            instances.refresh(at);
        } else {
            dequeue(request);
        }
        drop(request);
    }

    private void drop(Tracked request) {
        known.remove(request);
        spares.give(request);
    }

    /** Counts a request that has ended with its output. */
    void completed(Tracked request, long outputTokens) {
        if (outputTokens > 0) {
            flows.get(request.tier).completed(request.request.promptTokens(), outputTokens);
        }
    }

    /**
     * Notes the output tokens so far of a request that was placed; the first after a placement end its prefill. It may have
     * been evicted since: then its place in the queue depends on it.
     */
    void produced(Tracked request, int outputTokens, Instant now) {
        Tracked.Run run = request.run;
        if (run == null) {
            return;
        }
        if (request.queued) {
            batch.remove(request);
            noteProduced(run, outputTokens, now);
            batch.add(request, now);
            return;
        }
        flows.get(request.tier).outputs(run.producedTokens, outputTokens);
        noteProduced(run, outputTokens, now);
        InFlight at = run.instance;
        if (at != null && run.prefillTokens > 0) {
            at.prefillTokens -= run.prefillTokens;
            run.prefillTokens = 0;
            instances.refresh(at);
        }
    }

    TierFlow flow(int tier, Instant now) {
        FlowRecorder flow = flows.get(tier);
        long nowNanos = Tiers.nanos(now);
        long oldestNanos = nowNanos;
        if (flow.waitingRequests > 0) {
            DeadlineQueue queue = overflow[tier];
            Tracked head = queue == null ? null : queue.peek();
            long arrivalNanos = head == null ? batch.earliestArrivalNanos(tier) : tiers.order(head);
            oldestNanos = Math.min(nowNanos, arrivalNanos);
        }
        return new TierFlow(
                tiers.get(tier).name(),
                now,
                arrivals.read(tier, now),
                flow.waitingRequests,
                flow.waitingPromptTokens,
                ((double) nowNanos - oldestNanos) * 1e-9,
                flow.completed(),
                flow.completedOutputs(),
                flow.runningOutputs(),
                flow.waits.read());
    }

    /** Takes a request out of its queue; its home, if it has one, stays known. */
    private void dequeue(Tracked request) {
        DeadlineQueue queue = overflow[request.tier];
        InFlight home = request.home();
        if (queue != null) {
            queue.remove(request);
        } else {
            batch.remove(request);
        }
        request.queued = false;
        request.probe = null;
        waiting--;
        flows.get(request.tier).dequeued(request);
        if (home != null) {
            instances.refresh(home);
        }
    }

    /** Takes a request off its instance; the caller brings the instance up to date. */
    private void stop(Tracked request, InFlight at) {
        Tracked.Run run = run(request);
        at.remove(request, run, tiers.interactive(request.tier), batch.worn(request));
        run.instance = null;
        flows.get(request.tier).outputs(run.producedTokens, 0);
    }

    private static void noteProduced(Tracked.Run run, int tokens, Instant now) {
        run.producedTokens = tokens;
        if (run.firstTokenNanos == Tracked.NEVER) {
            run.firstTokenNanos = Tiers.nanos(now);
        }
    }

    private void releaseIfHomeless(InFlight at) {
        if (!at.takes(RequestClass.BATCH)) {
            batch.release(at);
        }
        instances.refresh(at);
    }

    private Tracked.Run run(Tracked request) {
        Tracked.Run run = request.run;
        if (run == null) {
            run = spares.run();
            request.run = run;
        }
        return run;
    }
}
