package io.chiron.examples.simulator.run;

import io.chiron.api.Action;
import io.chiron.examples.simulator.engine.Engine;
import io.chiron.examples.simulator.workload.FluidLimit;
import io.chiron.examples.simulator.workload.LengthMoments;
import java.util.List;

/** What a run is judged by: requests against their SLO, GPU-seconds paid, actions. */
final class Ledger {
    private static final double SECONDS_PER_HOUR = 3600;

    private final Scenario scenario;
    private final ClassOutcome.Tally[] tallies = new ClassOutcome.Tally[Engine.TIERS];
    private final LengthMoments[] lengths = new LengthMoments[Engine.TIERS];
    private double paidSeconds;
    private long finished;
    private int initial;
    private int peak;
    private long launches;
    private long reassignments;
    private long drains;
    private long cancelledDrains;
    private long retirements;
    private long evictions;

    Ledger(Scenario scenario) {
        this.scenario = scenario;
        for (int i = 0; i < Engine.TIERS; i++) {
            tallies[i] = new ClassOutcome.Tally();
            lengths[i] = new LengthMoments();
        }
    }

    void initialInstances(int count) {
        initial = count;
        peak = count;
    }

    void counted(List<SimInstance> instances) {
        peak = Math.max(peak, instances.size());
    }

    void arrived(SimRequest request) {
        tallies[request.tierIndex()].arrived();
        lengths[request.tierIndex()].add(request.promptTokens(), request.outputTokens());
    }

    void started(SimRequest request) {
        tallies[request.tierIndex()].started(request.firstTokenSeconds - request.arrivalSeconds());
    }

    /** Counts a finished request; returns its mean ITL, NaN for a single token. */
    double finished(SimRequest request, double atSeconds) {
        finished++;
        int gaps = request.outputTokens() - 1;
        double itl = gaps == 0 ? Double.NaN : (atSeconds - request.firstTokenSeconds) / gaps;
        // One output token has no gap between tokens: it meets any ITL.
        boolean itlInside =
                gaps == 0 || itl <= scenario.slo(request.tierIndex()).itlSeconds();
        tallies[request.tierIndex()].finished(ttftInside(request), itl, itlInside);
        return itl;
    }

    void unfinished(SimRequest request) {
        tallies[request.tierIndex()].unfinished(ttftInside(request));
    }

    private static boolean ttftInside(SimRequest request) {
        return request.firstTokenSeconds - request.arrivalSeconds() <= request.ttftLimitSeconds;
    }

    void evicted() {
        evictions++;
    }

    void acted(Action action) {
        if (action instanceof Action.Launch) {
            launches++;
        } else if (action instanceof Action.Reassign) {
            reassignments++;
        } else if (action instanceof Action.Drain) {
            drains++;
        } else if (action instanceof Action.CancelDrain) {
            cancelledDrains++;
        } else if (action instanceof Action.Retire) {
            retirements++;
        }
    }

    void ended(SimInstance instance) {
        paidSeconds += instance.endSeconds - instance.launchSeconds;
    }

    Outcome outcome(String policy, List<SimInstance> left, double endSeconds, double wallSeconds) {
        double paid = paidSeconds;
        for (SimInstance instance : left) {
            paid += endSeconds - instance.launchSeconds;
        }
        int gpus = scenario.profile().gpus();
        double fluid = 0;
        for (int tier = 0; tier < Engine.TIERS; tier++) {
            if (lengths[tier].count() > 0) {
                fluid += FluidLimit.of(
                                scenario.profile(),
                                scenario.chunkTokens(),
                                scenario.slo(tier).itlSeconds(),
                                lengths[tier])
                        .instanceSeconds(lengths[tier].count());
            }
        }
        int swing = 2 * peak - initial - left.size();
        return new Outcome(
                policy,
                scenario.profile().id(),
                scenario.seed(),
                tallies[0].outcome(),
                tallies[1].outcome(),
                paid * gpus / SECONDS_PER_HOUR,
                fluid * gpus / SECONDS_PER_HOUR,
                paid > 0 ? fluid / paid : 0,
                paid > 0 ? finished / (paid * gpus) : 0,
                initial,
                peak,
                new Outcome.Actions(launches, reassignments, drains, cancelledDrains, retirements, evictions),
                swing == 0 ? null : (double) (launches + retirements) / swing,
                endSeconds,
                wallSeconds);
    }
}
