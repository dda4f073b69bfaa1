package io.chiron.examples.simulator.run;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.MetricSource;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.RoutedRequest;
import io.chiron.api.ScalingActuator;
import io.chiron.api.SloTier;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.routing.Router;
import io.chiron.core.routing.RoutingTable;
import io.chiron.examples.simulator.engine.Engine;
import io.chiron.examples.simulator.engine.EngineListener;
import io.chiron.examples.simulator.engine.EngineRequest;
import io.chiron.examples.simulator.policy.Policy;
import io.chiron.examples.simulator.policy.PolicyKind;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.Lengths;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.random.Well19937c;
import org.jspecify.annotations.Nullable;

/**
 * One instance that always has more interactive work waiting than it has room for: the overflow queue is topped up as
 * requests leave it, so memory is bounded. It shows what a policy's batch limit does and what it yields.
 *
 * <p>The host tells the router every period how far its requests have come, and takes back what the engine has not begun
 * when the limit falls below what is in flight. Without that a first limit that is too high floods the engine with prompts
 * for minutes, in which every iteration is as long as its token budget and none tells what a sequence costs.
 */
public final class SaturatedInstance implements MetricSource, ScalingActuator {
    private static final int QUEUED = 256;

    private final Scenario scenario;
    private final List<SloTier> tiers;
    private final Lengths lengths;
    private final Well19937c random;
    private final Router router;
    private final Policy policy;
    private final SimInstance instance;
    /** In order of placement. */
    private final Map<String, SimRequest> placed = new LinkedHashMap<>();

    private final Map<String, SimRequest> queued = new HashMap<>();
    private final Listener listener = new Listener();

    private final double measureFromSeconds;
    private final List<Limit> limits = new ArrayList<>();
    private @Nullable Reason lastReason;
    private double now;
    private long offered;
    private double tokens;
    private double tokenSeconds;
    private double sequenceSeconds;
    private long finished;
    private long inside;
    private long preemptions;

    private SaturatedInstance(Scenario scenario, PolicyKind kind, Lengths lengths, double measureFromSeconds) {
        this.scenario = scenario;
        this.tiers = scenario.tiers();
        this.lengths = lengths;
        this.random = new Well19937c(scenario.seed());
        this.router = new Router(tiers, kind.router());
        this.measureFromSeconds = measureFromSeconds;
        Engine engine = new Engine(scenario.profile(), scenario.chunkTokens(), kind.engineSequences());
        this.instance = new SimInstance("i1", null, Pool.MIXED, 0, 0, 0, Double.POSITIVE_INFINITY, engine);
        this.policy = kind.create(scenario, this, this);
    }

    /** The interactive limits after a sample. */
    public record Limit(int soft, int hard) {}

    /**
     * What came of a run; rates and shares are those of its last part.
     *
     * @param limits after every sample, the first one at index 0
     * @param lastReason reason of the last change of a limit that the policy told
     * @param tokensPerSecond output tokens per second
     * @param meanItlSeconds mean over tokens; NaN if there was none
     * @param itlAttainment share of the finished requests whose mean ITL met the SLO; NaN if none finished
     * @param meanRunning mean running sequences
     * @param preemptions in the whole run
     */
    public record Result(
            List<Limit> limits,
            @Nullable Reason lastReason,
            double tokensPerSecond,
            double meanItlSeconds,
            double itlAttainment,
            double meanRunning,
            long preemptions) {}

    /**
     * Runs for {@code seconds}.
     *
     * @param scenario one instance; its sources are not used
     * @param measureFromSeconds start of the part that is measured
     */
    public static Result run(
            Scenario scenario, PolicyKind kind, Lengths lengths, double seconds, double measureFromSeconds) {
        SaturatedInstance run = new SaturatedInstance(scenario, kind, lengths, measureFromSeconds);
        run.loop(seconds);
        double measured = seconds - measureFromSeconds;
        return new Result(
                List.copyOf(run.limits),
                run.lastReason,
                run.tokens / measured,
                run.tokenSeconds / run.tokens,
                (double) run.inside / run.finished,
                run.sequenceSeconds / measured,
                run.preemptions);
    }

    private void loop(double seconds) {
        instance.engine.takeWindow(0);
        // By count, so that the last tick is there whatever the rounding.
        long ticks = Math.round(seconds / scenario.localPeriodSeconds());
        for (long tick = 0; tick <= ticks; tick++) {
            double at = tick * scenario.localPeriodSeconds();
            while (instance.nextEventSeconds <= at) {
                now = Math.max(now, instance.nextEventSeconds);
                advance();
                fill();
            }
            now = at;
            tick(tick);
        }
    }

    private void tick(long tick) {
        advance();
        instance.measure(now, scenario.chunkTokens(), tiers);
        Instant at = SimClock.instant(now);
        for (EngineRequest request : instance.engine.running(Arrival.INTERACTIVE)) {
            router.progress(((SimRequest) request).routed.id(), request.generatedTokens(), at);
        }
        for (Decision decision : policy.tick(at)) {
            if (decision.action() instanceof Action.SetBatchLimits set) {
                lastReason = set.reason();
            }
        }
        RoutingTable table = policy.routingTable();
        router.publish(table);
        if (tick > 0) {
            BatchLimits row = table.rows().get(0).limits();
            int hard = row.hard(Arrival.INTERACTIVE, Arrival.INTERACTIVE);
            limits.add(new Limit(row.soft(Arrival.INTERACTIVE, Arrival.INTERACTIVE), hard));
            count(instance.snapshot().sample());
            takeBack(router.inFlight(instance.id) - hard, at);
        }
        fill();
    }

    /** After the limit fell: what the engine has not begun goes back to the queue, the newest first. */
    private void takeBack(int count, Instant at) {
        if (count <= 0) {
            return;
        }
        List<SimRequest> notBegun = new ArrayList<>();
        for (SimRequest request : placed.values()) {
            if (request.isWaiting() && request.generatedTokens() == 0) {
                notBegun.add(request);
            }
        }
        for (int i = notBegun.size() - 1; i >= Math.max(0, notBegun.size() - count); i--) {
            SimRequest request = notBegun.get(i);
            instance.engine.evict(request, now);
            placed.remove(request.routed.id());
            router.cancelled(request.routed.id(), at);
            offer(request, at);
        }
        instance.nextEventSeconds = instance.engine.nextEventSeconds();
    }

    private void count(@Nullable InstanceSample sample) {
        if (sample == null) {
            return;
        }
        preemptions += (long) sample.preemptions();
        if (now > measureFromSeconds) {
            double windowTokens = sample.outputTokens();
            tokens += windowTokens;
            tokenSeconds += Double.isNaN(sample.meanItlSeconds()) ? 0 : windowTokens * sample.meanItlSeconds();
            sequenceSeconds += sample.meanRunning() * sample.windowSeconds();
        }
    }

    private void advance() {
        instance.engine.advance(now, listener);
        instance.nextEventSeconds = instance.engine.nextEventSeconds();
    }

    /** Takes what has room, and tops the queue up. */
    private void fill() {
        Instant at = SimClock.instant(now);
        for (RoutedRequest next = router.next(instance.id, at); next != null; next = router.next(instance.id, at)) {
            SimRequest request = queued.remove(next.id());
            if (request == null) {
                throw new IllegalStateException("request " + next.id() + " is not queued");
            }
            admit(request);
        }
        while (queued.size() < QUEUED) {
            offer(draw(at), at);
        }
    }

    private void offer(SimRequest request, Instant at) {
        if (router.offer(request.routed, at).placed()) {
            admit(request);
        } else {
            queued.put(request.routed.id(), request);
        }
    }

    private SimRequest draw(Instant at) {
        Lengths.Pair pair = lengths.draw(random);
        double ttft = scenario.interactiveSlo().ttftSeconds();
        long id = offered++;
        RoutedRequest routed = new RoutedRequest(
                Long.toString(id),
                tiers.get(Arrival.INTERACTIVE).name(),
                pair.promptTokens(),
                at,
                SimClock.instant(now + ttft));
        return new SimRequest(id, Arrival.INTERACTIVE, pair.promptTokens(), pair.outputTokens(), now, routed, ttft);
    }

    private void admit(SimRequest request) {
        placed.put(request.routed.id(), request);
        instance.engine.admit(request, now);
        instance.nextEventSeconds = instance.engine.nextEventSeconds();
    }

    @Override
    public FleetSnapshot observe(String fleet, Instant at) {
        return new FleetSnapshot(fleet, at, List.of(instance.snapshot()), router.flows(at), router.groups(at));
    }

    @Override
    public void apply(Action action) {
        if (action instanceof Action.Reassign reassign) {
            instance.pool = reassign.pool();
        } else if (action instanceof Action.Drain) {
            instance.phase = Phase.DRAINING;
        } else if (action instanceof Action.CancelDrain) {
            instance.phase = Phase.READY;
        }
        // Limits reach the router with the table. There is no other instance, and none can be launched.
    }

    private final class Listener implements EngineListener {
        @Override
        public void firstToken(EngineRequest request, double atSeconds) {
            SimRequest started = (SimRequest) request;
            if (Double.isNaN(started.firstTokenSeconds)) {
                started.firstTokenSeconds = atSeconds;
            }
            router.firstToken(started.routed.id(), SimClock.instant(atSeconds));
        }

        @Override
        public void finished(EngineRequest request, double atSeconds) {
            SimRequest done = (SimRequest) request;
            placed.remove(done.routed.id());
            router.finished(done.routed.id(), done.outputTokens(), SimClock.instant(atSeconds));
            if (atSeconds > measureFromSeconds) {
                int gaps = done.outputTokens() - 1;
                boolean met = gaps == 0
                        || (atSeconds - done.firstTokenSeconds) / gaps
                                <= scenario.interactiveSlo().itlSeconds();
                finished++;
                inside += met ? 1 : 0;
            }
        }

        @Override
        public void evicted(EngineRequest request, double atSeconds) {
            throw new IllegalStateException("interactive work is not evicted: " + request);
        }

        @Override
        public void preempted(EngineRequest request, double atSeconds) {
            // The engine keeps it and runs it again; the router need not know.
        }
    }
}
