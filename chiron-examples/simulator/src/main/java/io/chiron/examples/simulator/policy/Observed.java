package io.chiron.examples.simulator.policy;

import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.LengthMoments;
import io.chiron.api.Phase;
import io.chiron.api.RequestGroup;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.api.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the metrics of a serving stack show at one time: the one place where rivals read a snapshot. A replica without a
 * sample has no metrics yet and counts as starting; a draining one is gone for a scaler, though its requests are not. How
 * old a value is when a rule sees it, and over which window, is the rival's affair, see {@link Series} and
 * {@link Scrape}.
 *
 * @param seconds time of the observation
 * @param replicas ready replicas with metrics, oldest first
 * @param starting replicas that are asked for and serve or report nothing yet
 * @param draining replicas that finish what they run
 * @param queued requests that wait at the router, by tier
 * @param queuedPromptTokens their prompt tokens, all tiers
 * @param arrived requests that have arrived since the start, by tier
 * @param completed sums over completed requests since the start, all tiers
 * @param groups the batch queue by deadline; null if unknown
 */
record Observed(
        double seconds,
        List<Replica> replicas,
        int starting,
        int draining,
        List<Long> queued,
        long queuedPromptTokens,
        List<Double> arrived,
        LengthMoments completed,
        @Nullable List<Deadline> groups) {

    /**
     * The metrics of one replica.
     *
     * @param running sequences in its batch
     * @param waiting requests waiting inside the engine
     * @param kvUsedTokens KV cache in use
     * @param kvCapacityTokens KV cache
     * @param iterations iterations of the last sample window
     * @param prefillTokens prompt tokens of them all
     * @param iterationSeconds mean duration of one; NaN if there was none
     */
    record Replica(
            String id,
            double running,
            double waiting,
            double kvUsedTokens,
            double kvCapacityTokens,
            double iterations,
            double prefillTokens,
            double iterationSeconds) {
        double kvUse() {
            return kvUsedTokens / kvCapacityTokens;
        }
    }

    /** Queued batch requests that are due together. */
    record Deadline(double atSeconds, long requests) {}

    Observed {
        replicas = List.copyOf(replicas);
        queued = List.copyOf(queued);
        arrived = List.copyOf(arrived);
        groups = groups == null ? null : List.copyOf(groups);
    }

    /**
     * Reads a snapshot.
     *
     * @param origin time 0
     */
    static Observed of(FleetSnapshot snapshot, List<SloTier> tiers, Instant origin) {
        List<Replica> replicas = new ArrayList<>();
        int starting = 0;
        int draining = 0;
        double[] inEngines = new double[tiers.size()];
        for (InstanceSnapshot instance : snapshot.instances()) {
            InstanceSample sample = instance.sample();
            if (instance.phase() == Phase.DRAINING) {
                draining++;
            } else if (instance.phase() == Phase.STARTING || sample == null) {
                starting++;
            } else if (instance.phase() == Phase.READY) {
                replicas.add(new Replica(
                        instance.id(),
                        sample.runningNow(),
                        sample.waitingRequests(),
                        sample.kvUsedTokens(),
                        sample.kvCapacityTokens(),
                        sample.iterations(),
                        sample.prefillTokens(),
                        sample.meanItlSeconds()));
            }
            if (sample != null) {
                for (int tier = 0; tier < inEngines.length; tier++) {
                    var usage = sample.usage(tiers.get(tier).name());
                    inEngines[tier] += usage == null ? 0 : usage.runningNow();
                }
                // The few that wait inside an engine are not told by tier; batch work is what mostly does.
                inEngines[inEngines.length - 1] += sample.waitingRequests();
            }
        }
        List<Long> queued = new ArrayList<>();
        List<Double> arrived = new ArrayList<>();
        long promptTokens = 0;
        LengthMoments all = LengthMoments.ZERO;
        for (int tier = 0; tier < tiers.size(); tier++) {
            TierFlow flow = snapshot.flow(tiers.get(tier).name());
            if (flow == null) {
                queued.add(0L);
                arrived.add(inEngines[tier]);
                continue;
            }
            queued.add(flow.waitingRequests());
            promptTokens += flow.waitingPromptTokens();
            all = sum(all, flow.completed());
            arrived.add(flow.completed().count() + inEngines[tier] + flow.waitingRequests());
        }
        List<RequestGroup> groups = snapshot.groups();
        List<Deadline> deadlines = null;
        if (groups != null) {
            deadlines = new ArrayList<>();
            for (RequestGroup group : groups) {
                deadlines.add(new Deadline(Times.secondsBetween(origin, group.deadline()), group.count()));
            }
        }
        return new Observed(
                Times.secondsBetween(origin, snapshot.time()),
                replicas,
                starting,
                draining,
                queued,
                promptTokens,
                arrived,
                all,
                deadlines);
    }

    private static LengthMoments sum(LengthMoments a, LengthMoments b) {
        return new LengthMoments(
                a.count() + b.count(),
                a.prompt() + b.prompt(),
                a.output() + b.output(),
                a.promptSquared() + b.promptSquared(),
                a.outputSquared() + b.outputSquared(),
                a.promptTimesOutput() + b.promptTimesOutput());
    }

    /** Replicas that a scaler counts: those that serve or will. */
    int current() {
        return replicas.size() + starting;
    }

    /** Requests that wait at the router, all tiers. */
    double queuedRequests() {
        double sum = 0;
        for (long each : queued) {
            sum += each;
        }
        return sum;
    }

    /** Requests that have arrived since the start, all tiers. */
    double arrivedRequests() {
        double sum = 0;
        for (double each : arrived) {
            sum += each;
        }
        return sum;
    }

    /** Requests in the system: running, waiting in an engine, waiting at the router. Those of draining replicas apart. */
    double inFlight() {
        double sum = queuedRequests();
        for (Replica replica : replicas) {
            sum += replica.running() + replica.waiting();
        }
        return sum;
    }

    /**
     * The part of the router's queue that a replica would hold if the router passed everything through at once, as the
     * routers of these rivals do unless they say otherwise.
     */
    double queuedPerReplica() {
        return replicas.isEmpty() ? 0 : queuedRequests() / replicas.size();
    }

    /** Prompt tokens of that part. */
    double queuedPromptTokensPerReplica() {
        return replicas.isEmpty() ? 0 : (double) queuedPromptTokens / replicas.size();
    }

    /** Mean KV use of the replicas; 0 if there is none. */
    double meanKvUse() {
        double sum = 0;
        for (Replica replica : replicas) {
            sum += replica.kvUse();
        }
        return replicas.isEmpty() ? 0 : sum / replicas.size();
    }
}
