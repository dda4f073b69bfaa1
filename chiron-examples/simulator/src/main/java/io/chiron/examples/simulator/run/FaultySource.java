package io.chiron.examples.simulator.run;

import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.MetricSource;
import io.chiron.api.Phase;
import io.chiron.api.RequestGroup;
import io.chiron.api.TierFlow;
import io.chiron.api.Times;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A source whose measurements are old, in part missing, or wrong. What a control plane knows stays right: which instances there
 * are, their phases, and what one that drains still runs, for it reports its own end.
 */
final class FaultySource implements MetricSource {
    private final MetricSource source;
    private final Faults faults;
    private final long seed;
    /** Snapshots as they were, oldest first; the first one is what is seen now. */
    private final ArrayDeque<FleetSnapshot> history = new ArrayDeque<>();

    FaultySource(MetricSource source, Faults faults, long seed) {
        this.source = source;
        this.faults = faults;
        this.seed = seed;
    }

    @Override
    public @Nullable FleetSnapshot observe(String fleet, Instant at) {
        FleetSnapshot present = source.observe(fleet, at);
        if (present == null) {
            return null;
        }
        if (history.isEmpty() || history.getLast().time().isBefore(at)) {
            history.addLast(present);
        }
        Instant upTo = at.minus(Times.duration(faults.staleSeconds()));
        FleetSnapshot old = null;
        while (!history.isEmpty() && !history.getFirst().time().isAfter(upTo)) {
            old = history.removeFirst();
        }
        if (old != null) {
            history.addFirst(old);
        }
        long nanos = at.getEpochSecond() * 1_000_000_000L + at.getNano();
        return new FleetSnapshot(fleet, at, instances(present, old, nanos), flows(old, nanos), groups(old, nanos));
    }

    private List<InstanceSnapshot> instances(FleetSnapshot present, @Nullable FleetSnapshot old, long nanos) {
        Map<String, InstanceSample> samples = new HashMap<>();
        for (InstanceSnapshot instance : old == null ? List.<InstanceSnapshot>of() : old.instances()) {
            InstanceSample sample = instance.sample();
            if (sample != null && !faults.isMissing(seed, nanos, instance.id())) {
                samples.put(instance.id(), sample);
            }
        }
        List<InstanceSnapshot> seen = new ArrayList<>();
        for (InstanceSnapshot instance : present.instances()) {
            seen.add(instance.phase() == Phase.DRAINING ? instance : instance.withSample(samples.get(instance.id())));
        }
        return seen;
    }

    private List<TierFlow> flows(@Nullable FleetSnapshot old, long nanos) {
        List<TierFlow> seen = new ArrayList<>();
        for (TierFlow flow : old == null ? List.<TierFlow>of() : old.flows()) {
            if (!faults.isMissing(seed, nanos, "flow " + flow.tier())) {
                seen.add(faults.lengthFactor() == 1 ? flow : scaled(flow));
            }
        }
        return seen;
    }

    private @Nullable List<RequestGroup> groups(@Nullable FleetSnapshot old, long nanos) {
        return old == null || faults.isMissing(seed, nanos, "groups") ? null : old.groups();
    }

    private TierFlow scaled(TierFlow flow) {
        double factor = faults.lengthFactor();
        LengthMoments real = flow.completed();
        LengthMoments completed = new LengthMoments(
                real.count(),
                real.prompt(),
                real.output() * factor,
                real.promptSquared(),
                real.outputSquared() * factor * factor,
                real.promptTimesOutput() * factor);
        return new TierFlow(
                flow.tier(),
                flow.time(),
                flow.arrivals(),
                flow.waitingRequests(),
                flow.waitingPromptTokens(),
                flow.oldestWaitSeconds(),
                completed,
                shifted(flow.completedOutputs(), factor),
                shifted(flow.runningOutputs(), factor),
                flow.waits());
    }

    private static LengthHistogram shifted(LengthHistogram real, double factor) {
        int bins = (int) Math.rint(4 * StrictMath.log(factor) / StrictMath.log(2));
        double[] counts = new double[LengthHistogram.BINS];
        for (int bin = 0; bin < counts.length; bin++) {
            counts[Math.max(0, Math.min(counts.length - 1, bin + bins))] += real.count(bin);
        }
        return LengthHistogram.of(counts);
    }
}
