package io.chiron.testkit.values;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Placement;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestClass;
import io.chiron.api.RoutedRequest;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.api.TierLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Arbitraries for what is configured, asked and decided, in one {@linkplain Variant variant}; for what is measured see
 * {@link #measured()}. Values refer to a fleet {@value #FLEET} with the tiers given and instances {@code i0} to {@code i7}.
 * Immutable.
 */
public final class ApiValues {
    /** The fleet that every value is about, as far as the variant keeps to it. */
    public static final String FLEET = "fleet";

    private static final Duration USUAL_TTFT = Duration.ofSeconds(60);
    private static final Duration USUAL_ITL = Duration.ofSeconds(1);

    private final Primitives primitives;
    private final List<String> tiers;

    private ApiValues(Variant variant, Instant now, List<SloTier> tiers) {
        primitives = new Primitives(
                Objects.requireNonNull(variant, "values.variant"), Objects.requireNonNull(now, "values.now"));
        this.tiers = tiers.stream().map(SloTier::name).toList();
    }

    /**
     * Values of a variant.
     *
     * @param now the time that they are near to
     * @param tiers the fleet's tiers, at least one
     */
    public static ApiValues of(Variant variant, Instant now, List<SloTier> tiers) {
        return new ApiValues(variant, now, List.copyOf(tiers));
    }

    /** What is measured, of the same variant. */
    public MeasuredValues measured() {
        return new MeasuredValues(primitives, tiers);
    }

    public Arbitrary<Slo> slos() {
        return Combinators.combine(
                        primitives.duration(USUAL_TTFT, Duration.ofDays(30)),
                        primitives.duration(USUAL_ITL, Duration.ofHours(1)))
                .as(Slo::new);
    }

    public Arbitrary<SloTier> sloTiers() {
        return Combinators.combine(primitives.name(tiers), Arbitraries.of(RequestClass.values()), slos())
                .as(SloTier::new);
    }

    public Arbitrary<FleetLimits.Range> ranges() {
        return primitives
                .whole(0, 1_000_000)
                .flatMap(max -> primitives.whole(0, max).map(min -> new FleetLimits.Range(Math.min(min, max), max)));
    }

    public Arbitrary<FleetLimits.Accelerator> accelerators() {
        return Combinators.combine(primitives.whole(0, 1_000_000), primitives.amount(100))
                .as((quota, cost) -> new FleetLimits.Accelerator(quota, Math.max(Double.MIN_VALUE, cost)));
    }

    /** Of the default accelerator kind and up to two others. */
    public Arbitrary<FleetLimits> fleetLimits() {
        Arbitrary<Integer> others = Arbitraries.integers().between(0, 2);
        return Combinators.combine(primitives.whole(1, 1_000_000), primitives.whole(0, 8), accelerators(), others)
                .as((max, min, accelerator, kinds) -> {
                    TreeMap<String, FleetLimits.Accelerator> all = new TreeMap<>();
                    all.put(InstanceSnapshot.DEFAULT_ACCELERATOR, accelerator);
                    for (int i = 0; i < kinds; i++) {
                        all.put("kind" + i, accelerator);
                    }
                    int least = Math.min(min, max);
                    TreeMap<Pool, FleetLimits.Range> pools = new TreeMap<>();
                    if (kinds > 0) {
                        pools.put(Pool.MIXED, new FleetLimits.Range(least, max));
                    }
                    return new FleetLimits(least, max, pools, all);
                });
    }

    public Arbitrary<TierLimit> tierLimits() {
        return Combinators.combine(
                        primitives.name(tiers), primitives.whole(0, 1_000_000), primitives.whole(0, 1_000_000))
                .as((tier, one, other) -> new TierLimit(tier, Math.min(one, other), Math.max(one, other)));
    }

    public Arbitrary<RoutedRequest> routedRequests() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 1L << 40).map(id -> "r" + id),
                        primitives.name(tiers),
                        primitives.whole(1, Integer.MAX_VALUE),
                        primitives.past(60),
                        primitives.future(3600))
                .as(RoutedRequest::new);
    }

    public Arbitrary<Placement> placements() {
        Arbitrary<Placement> on = Combinators.combine(
                        instances(),
                        Arbitraries.integers()
                                .between(0, 999)
                                .map(id -> "r" + id)
                                .list()
                                .uniqueElements()
                                .ofMaxSize(3))
                .as((instance, evicted) -> new Placement(instance, evicted, false));
        return Arbitraries.oneOf(Arbitraries.of(Placement.QUEUED, Placement.OVERFLOW), on);
    }

    public Arbitrary<Reason> reasons() {
        return Combinators.combine(
                        Arbitraries.of(ReasonCode.values()),
                        Arbitraries.maps(Arbitraries.of("instances", "leadSeconds", "kvUse"), primitives.measured(100))
                                .ofMaxSize(3),
                        Arbitraries.of("", "one more instance"))
                .as(Reason::new);
    }

    /** Of every kind. */
    public Arbitrary<Action> actions() {
        Arbitrary<String> fleet = primitives.name(List.of(FLEET));
        Arbitrary<Pool> pool = Arbitraries.of(Pool.values());
        Arbitrary<Action> launches = Combinators.combine(
                        fleet, Arbitraries.integers().between(0, 9), pool, reasons())
                .as((of, id, role, reason) ->
                        new Action.Launch(of, "launch" + id, role, InstanceSnapshot.DEFAULT_ACCELERATOR, reason));
        Arbitrary<Action> limits = Combinators.combine(
                        fleet, instances(), tierLimits().list().ofMaxSize(2), primitives.name(tiers), reasons())
                .as(Action.SetBatchLimits::new);
        Arbitrary<Action> evicts = Combinators.combine(
                        fleet, instances(), primitives.name(tiers), primitives.whole(1, 1_000_000), reasons())
                .as(Action.Evict::new);
        Arbitrary<Action> roles =
                Combinators.combine(fleet, instances(), pool, reasons()).as(Action.Reassign::new);
        Arbitrary<Action> others = Combinators.combine(
                        fleet, instances(), reasons(), Arbitraries.integers().between(0, 2))
                .as((of, instance, reason, kind) -> switch (kind) {
                    case 0 -> new Action.Drain(of, instance, reason);
                    case 1 -> new Action.CancelDrain(of, instance, reason);
                    default -> new Action.Retire(of, instance, reason);
                });
        return Arbitraries.oneOf(others, launches, limits, evicts, roles);
    }

    public Arbitrary<Decision> decisions() {
        Arbitrary<Decision> taken =
                Combinators.combine(primitives.past(60), actions()).as(Decision::taken);
        Arbitrary<Decision> held = Combinators.combine(primitives.past(60), reasons())
                .as((time, reason) -> Decision.held(time, FLEET, "scale", reason));
        return Arbitraries.oneOf(held, taken);
    }

    public Arbitrary<Pool> pools() {
        return Arbitraries.of(Pool.values());
    }

    public Arbitrary<Phase> phases() {
        return Arbitraries.of(Phase.values());
    }

    public Arbitrary<ReasonCode> reasonCodes() {
        return Arbitraries.of(ReasonCode.values());
    }

    public Arbitrary<RequestClass> requestClasses() {
        return Arbitraries.of(RequestClass.values());
    }

    private Arbitrary<String> instances() {
        return primitives.name(MeasuredValues.INSTANCES);
    }
}
