package io.chiron.testkit.plant;

import io.chiron.api.ArrivalBins;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.MetricSource;
import io.chiron.api.Pool;
import io.chiron.api.RequestGroup;
import io.chiron.api.TierFlow;
import io.chiron.api.TierUsage;
import io.chiron.testkit.plant.Fault.OfSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A source that tells the truth of another one until a fault is inflicted on it. Thread-safe if the other one is. */
public final class FaultySource implements MetricSource {
    private static final Duration HOUR = Duration.ofHours(1);

    private final MetricSource healthy;
    private volatile @Nullable OfSource fault;

    /** A source that is healthy for now. */
    public FaultySource(MetricSource healthy) {
        this.healthy = Objects.requireNonNull(healthy, "healthy");
    }

    /** From the next answer on; null to be healthy again. */
    public void inflict(@Nullable OfSource newFault) {
        fault = newFault;
    }

    /** @throws IllegalStateException while the fault is {@link OfSource#THROWS} */
    @Override
    public @Nullable FleetSnapshot observe(String fleet, Instant now) {
        OfSource present = fault;
        FleetSnapshot truth = healthy.observe(fleet, now);
        if (present == null || truth == null) {
            return truth;
        }
        return switch (present) {
            case THROWS -> throw new IllegalStateException("the source is down");
            case NULL -> null;
            case NOT_A_NUMBER -> measured(truth, Double.NaN, 0);
            case NEGATIVE -> measured(truth, -1, -1);
            case INFINITE -> measured(truth, Double.POSITIVE_INFINITY, Long.MAX_VALUE);
            case EMPTY -> new FleetSnapshot(truth.fleet(), truth.time(), List.of(), List.of(), List.of());
            case DUPLICATED -> duplicated(truth);
            case HALF_THE_FLEET -> half(truth);
            case PAST -> shifted(truth, HOUR.negated());
            case FUTURE -> shifted(truth, HOUR);
            case COUNTERS_RESET -> reset(truth);
        };
    }

    private static FleetSnapshot with(FleetSnapshot truth, List<InstanceSnapshot> instances) {
        return new FleetSnapshot(truth.fleet(), truth.time(), instances, truth.flows(), truth.groups());
    }

    private static FleetSnapshot measured(FleetSnapshot truth, double value, long running) {
        return with(
                truth,
                truth.instances().stream()
                        .map(each ->
                                each.withSample(each.sample() == null ? null : measured(each.sample(), value, running)))
                        .toList());
    }

    private static InstanceSample measured(InstanceSample truth, double value, long running) {
        List<TierUsage> usage = truth.tiers().stream()
                .map(each -> new TierUsage(each.tier(), running, value, value))
                .toList();
        return new InstanceSample(
                truth.time(), value, usage, value, value, value, value, value, value, value, value, value);
    }

    private static FleetSnapshot duplicated(FleetSnapshot truth) {
        List<InstanceSnapshot> twice = new ArrayList<>(truth.instances());
        for (InstanceSnapshot each : truth.instances()) {
            Pool other = each.pool() == Pool.BATCH ? Pool.INTERACTIVE : Pool.BATCH;
            twice.add(new InstanceSnapshot(
                    each.id(), other, each.phase(), each.readyAt(), each.launchId(), each.accelerator(), null));
        }
        return with(truth, twice);
    }

    private static FleetSnapshot half(FleetSnapshot truth) {
        List<InstanceSnapshot> kept = new ArrayList<>();
        for (int i = 0; i < truth.instances().size(); i += 2) {
            kept.add(truth.instances().get(i));
        }
        return with(truth, kept);
    }

    private static FleetSnapshot shifted(FleetSnapshot truth, Duration by) {
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (InstanceSnapshot each : truth.instances()) {
            InstanceSample sample = each.sample();
            instances.add(each.withSample(sample == null ? null : shifted(sample, by)));
        }
        List<TierFlow> flows = new ArrayList<>();
        for (TierFlow flow : truth.flows()) {
            flows.add(flow(flow, flow.time().plus(by), shifted(flow.arrivals(), by), flow.completed()));
        }
        List<RequestGroup> groups = truth.groups();
        return new FleetSnapshot(truth.fleet(), truth.time().plus(by), instances, flows, groups);
    }

    private static InstanceSample shifted(InstanceSample sample, Duration by) {
        return new InstanceSample(
                sample.time().plus(by),
                sample.windowSeconds(),
                sample.tiers(),
                sample.iterations(),
                sample.prefillTokens(),
                sample.meanItlSeconds(),
                sample.kvUsedTokens(),
                sample.kvCapacityTokens(),
                sample.iterationBudgetTokens(),
                sample.preemptions(),
                sample.savedKvTokens(),
                sample.waitingRequests());
    }

    private static ArrivalBins shifted(ArrivalBins bins, Duration by) {
        double[] requests = new double[bins.size()];
        double[] tokens = new double[bins.size()];
        for (int i = 0; i < requests.length; i++) {
            requests[i] = bins.requests(i);
            tokens[i] = bins.promptTokens(i);
        }
        return ArrivalBins.of(bins.start().plus(by), bins.width(), requests, tokens);
    }

    private static FleetSnapshot reset(FleetSnapshot truth) {
        List<TierFlow> flows = truth.flows().stream()
                .map(flow -> flow(flow, flow.time(), ArrivalBins.none(flow.time()), LengthMoments.ZERO))
                .toList();
        return new FleetSnapshot(truth.fleet(), truth.time(), truth.instances(), flows, truth.groups());
    }

    private static TierFlow flow(TierFlow flow, Instant time, ArrivalBins arrivals, LengthMoments completed) {
        boolean reset = completed.count() == 0;
        return new TierFlow(
                flow.tier(),
                time,
                arrivals,
                flow.waitingRequests(),
                flow.waitingPromptTokens(),
                flow.oldestWaitSeconds(),
                completed,
                reset ? LengthHistogram.EMPTY : flow.completedOutputs(),
                flow.runningOutputs(),
                flow.waits());
    }
}
