package io.chiron.testkit.values;

import io.chiron.api.ArrivalBins;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.RequestGroup;
import io.chiron.api.TierFlow;
import io.chiron.api.TierUsage;
import io.chiron.api.WaitOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/** Arbitraries for what is measured; see {@link ApiValues#measured()}. Immutable. */
public final class MeasuredValues {
    static final List<String> INSTANCES =
            IntStream.range(0, 8).mapToObj(i -> "i" + i).toList();

    private final Primitives primitives;
    private final List<String> tiers;

    MeasuredValues(Primitives primitives, List<String> tiers) {
        this.primitives = primitives;
        this.tiers = tiers;
    }

    public Arbitrary<TierUsage> tierUsages() {
        return Combinators.combine(
                        primitives.name(tiers),
                        primitives.running(),
                        primitives.measured(500),
                        primitives.measured(50_000))
                .as(TierUsage::new);
    }

    /** Without a {@linkplain InstanceSample#fault() fault} unless the variant is adversarial. */
    public Arbitrary<InstanceSample> instanceSamples() {
        Arbitrary<Double> window = primitives.variant() == Variant.ADVERSARIAL
                ? primitives.measured(10)
                : Arbitraries.doubles().between(0.01, 60).ofScale(3);
        Arbitrary<InstanceSample.Builder> counted = Combinators.combine(
                        primitives.past(20),
                        window,
                        tierUsages().list().ofMaxSize(2),
                        primitives.measured(1000),
                        primitives.measured(100_000),
                        primitives.measured(0.5))
                .as((time, seconds, usage, iterations, prefill, itl) -> InstanceSample.builder(time, seconds)
                        .tiers(isValid() ? onePerTier(usage) : usage)
                        .iterations(iterations)
                        .prefillTokens(prefill)
                        .meanItlSeconds(itl));
        return Combinators.combine(
                        counted,
                        primitives.measured(1),
                        primitives.measured(1_000_000),
                        primitives.measured(8192),
                        primitives.measured(20),
                        primitives.measured(100_000),
                        primitives.measured(200))
                .as((builder, use, capacity, budget, preemptions, saved, waiting) -> builder.kv(
                                use * capacity, capacity)
                        .iterationBudgetTokens(budget)
                        .preemptions(preemptions)
                        .savedKvTokens(saved)
                        .waitingRequests(waiting)
                        .build())
                .filter(sample -> primitives.variant() == Variant.ADVERSARIAL || sample.fault() == null);
    }

    public Arbitrary<InstanceSnapshot> instanceSnapshots() {
        Arbitrary<String> kinds = primitives.name(List.of(InstanceSnapshot.DEFAULT_ACCELERATOR));
        Arbitrary<Instant> readyAt = primitives.past(3600);
        return Combinators.combine(
                        primitives.name(INSTANCES),
                        Arbitraries.of(Pool.values()),
                        Arbitraries.of(Phase.values()),
                        isValid() ? readyAt : readyAt.injectNull(0.2),
                        Arbitraries.integers()
                                .between(0, 9)
                                .map(id -> "launch" + id)
                                .injectNull(0.5),
                        kinds,
                        instanceSamples().injectNull(0.1))
                .as((id, pool, phase, ready, launch, kind, sample) -> new InstanceSnapshot(
                        id,
                        pool,
                        phase,
                        phase == Phase.STARTING && ready != null ? ready.plusSeconds(isValid() ? 3660 : 0) : ready,
                        launch,
                        kind,
                        phase == Phase.STARTING && isValid() ? null : sample));
    }

    /** Bins that end now, up to a minute and more. */
    public Arbitrary<ArrivalBins> arrivalBins() {
        Arbitrary<Double> requests = primitives.amount(20);
        Arbitrary<Duration> width = primitives.variant() == Variant.VALID
                ? Arbitraries.just(ArrivalBins.MAX_WIDTH)
                : primitives.duration(ArrivalBins.MAX_WIDTH, ArrivalBins.MAX_WIDTH);
        return Combinators.combine(primitives.past(1), width, requests.list().ofMaxSize(300), primitives.amount(1000))
                .as((end, each, counts, tokens) -> {
                    double[] arrived =
                            counts.stream().mapToDouble(Double::doubleValue).toArray();
                    double[] prompts = new double[arrived.length];
                    for (int i = 0; i < prompts.length; i++) {
                        prompts[i] = arrived[i] * tokens < Double.POSITIVE_INFINITY ? arrived[i] * tokens : tokens;
                    }
                    return ArrivalBins.of(start(end, each.multipliedBy(arrived.length)), each, arrived, prompts);
                });
    }

    /** Of up to eighty completed requests. */
    public Arbitrary<LengthMoments> lengthMoments() {
        return Combinators.combine(primitives.amount(4096), primitives.amount(2048))
                .as((prompt, output) -> LengthMoments.ZERO.plus(Math.min(prompt, 1e100), Math.min(output, 1e100)))
                .list()
                .ofMaxSize(80)
                .map(MeasuredValues::sum);
    }

    public Arbitrary<LengthHistogram> lengthHistograms() {
        return Combinators.combine(primitives.whole(1, 1 << 22), primitives.amount(100))
                .as((length, count) -> {
                    double[] counts = new double[LengthHistogram.BINS];
                    counts[LengthHistogram.bin(length)] = count;
                    return LengthHistogram.of(counts);
                });
    }

    public Arbitrary<WaitOutcome> waitOutcomes() {
        return Combinators.combine(
                        primitives.past(600), primitives.count(10_000), primitives.amount(600), primitives.amount(600))
                .as((time, position, predicted, actual) ->
                        new WaitOutcome(time, Math.max(1, position), Math.max(Double.MIN_VALUE, predicted), actual));
    }

    public Arbitrary<TierFlow> tierFlows() {
        Arbitrary<long[]> waiting = Combinators.combine(primitives.count(10_000), primitives.count(1_000_000))
                .as((requests, tokens) -> new long[] {requests, isValid() && requests == 0 ? 0 : tokens});
        Arbitrary<Double> oldest = primitives.amount(600);
        return Combinators.combine(
                        primitives.name(tiers),
                        primitives.past(2),
                        arrivalBins(),
                        waiting,
                        oldest,
                        lengthMoments(),
                        lengthHistograms(),
                        waitOutcomes().list().ofMaxSize(5))
                .as((tier, time, bins, queue, seconds, moments, lengths, waits) -> new TierFlow(
                        tier,
                        time,
                        bins,
                        queue[0],
                        queue[1],
                        isValid() && queue[0] == 0 ? 0 : seconds,
                        moments,
                        lengths,
                        lengths,
                        waits));
    }

    public Arbitrary<RequestGroup> requestGroups() {
        return Combinators.combine(
                        primitives.name(tiers),
                        primitives.count(100_000),
                        primitives.future(7200),
                        primitives.past(3600),
                        primitives.count(10_000_000),
                        primitives.count(10_000_000))
                .as((tier, count, deadline, arrival, prompt, produced) ->
                        new RequestGroup(tier, Math.max(1, count), deadline, arrival, prompt, produced));
    }

    /** Ids and tiers are unique and groups in order, unless the variant is adversarial. */
    public Arbitrary<FleetSnapshot> fleetSnapshots() {
        Arbitrary<List<RequestGroup>> groups = requestGroups().list().ofMaxSize(4);
        return Combinators.combine(
                        primitives.name(List.of(ApiValues.FLEET)),
                        primitives.past(2),
                        instanceSnapshots().list().ofMaxSize(INSTANCES.size()),
                        tierFlows().list().ofMaxSize(3),
                        isValid() ? groups : groups.injectNull(0.1))
                .as((fleet, time, instances, flows, queue) -> primitives.variant() == Variant.ADVERSARIAL
                        ? new FleetSnapshot(fleet, time, instances, flows, queue)
                        : new FleetSnapshot(fleet, time, unique(instances), distinct(flows), sorted(queue)));
    }

    private boolean isValid() {
        return primitives.variant() == Variant.VALID;
    }

    /** The ends of time have no time before them. */
    private static Instant start(Instant end, Duration length) {
        return end.equals(Instant.MIN) ? end : end.minus(length);
    }

    private static LengthMoments sum(List<LengthMoments> each) {
        LengthMoments sum = LengthMoments.ZERO;
        for (LengthMoments one : each) {
            sum = sum.plus(one.prompt(), one.output());
        }
        return sum;
    }

    private static List<TierUsage> onePerTier(List<TierUsage> usage) {
        Set<String> seen = new HashSet<>();
        return usage.stream().filter(each -> seen.add(each.tier())).toList();
    }

    private static List<InstanceSnapshot> unique(List<InstanceSnapshot> instances) {
        Set<String> seen = new HashSet<>();
        return instances.stream().filter(each -> seen.add(each.id())).toList();
    }

    private static List<TierFlow> distinct(List<TierFlow> flows) {
        Set<String> seen = new HashSet<>();
        return flows.stream().filter(each -> seen.add(each.tier())).toList();
    }

    private static @Nullable List<RequestGroup> sorted(@Nullable List<RequestGroup> groups) {
        if (groups == null) {
            return null;
        }
        List<RequestGroup> sorted = new ArrayList<>(groups);
        sorted.sort(Comparator.comparing(RequestGroup::deadline));
        return sorted;
    }
}
