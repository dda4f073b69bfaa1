package io.chiron.testkit;

import io.chiron.api.RequestClass;
import io.chiron.api.RequestRouter;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.testkit.RouterScript.Kind;
import io.chiron.testkit.RouterScript.Rule;
import io.chiron.testkit.RouterScript.Step;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * What a {@link RequestRouter} must keep, as jqwik properties: a router is taken through random lives of requests, and its
 * answers are held against a model. A host extends it with its own router. A rule that fails is named by its number, with
 * the shortest life that shows it.
 */
public abstract class RouterContract {
    /** What the router is asked about: two tiers, one of each class. */
    public static final List<SloTier> TIERS = List.of(
            new SloTier("chat", RequestClass.INTERACTIVE, new Slo(Duration.ofSeconds(10), Duration.ofMillis(200))),
            new SloTier("jobs", RequestClass.BATCH, new Slo(Duration.ofHours(1), Duration.ofSeconds(2))));

    /** For the host's own class. */
    protected RouterContract() {}

    /**
     * A new router of {@link #TIERS} without requests.
     *
     * @param instances ids of its instances, all ready and of the mixed pool
     * @param limit most requests that may be in flight on each, whatever their tier
     */
    protected abstract RequestRouter router(List<String> instances, int limit);

    @Property(tries = 200)
    @Label("R1: a request is in one place until it has ended: on one instance, or queued")
    public final void r1OnePlace(@ForAll("scripts") List<Step> script) {
        run(script, Rule.R1);
    }

    @Property(tries = 200)
    @Label("R2: never more in flight on an instance than its limit")
    public final void r2Limit(@ForAll("scripts") List<Step> script) {
        run(script, Rule.R2);
    }

    @Property(tries = 200)
    @Label("R3: nothing waits that an instance with room could take")
    public final void r3RoomIsUsed(@ForAll("scripts") List<Step> script) {
        run(script, Rule.R3);
    }

    @Property(tries = 200)
    @Label("R4: a request that ends frees its room, once; a call about an unknown one changes nothing")
    public final void r4EndsOnce(@ForAll("scripts") List<Step> script) {
        run(script, Rule.R4);
    }

    @Property(tries = 200)
    @Label("R5: batch requests leave the queue earliest deadline first")
    public final void r5EarliestDeadlineFirst(@ForAll("scripts") List<Step> script) {
        run(script, Rule.R5);
    }

    @Property(tries = 200)
    @Label("R6: interactive requests leave the queue before batch requests, first come first served")
    public final void r6InteractiveFirst(@ForAll("scripts") List<Step> script) {
        run(script, Rule.R6);
    }

    @Property(tries = 200)
    @Label("R7: only batch requests of that instance are evicted, and they wait again")
    public final void r7EvictsBatchOnly(@ForAll("scripts") List<Step> script) {
        run(script, Rule.R7);
    }

    @Property(tries = 200)
    @Label("R8: a dead instance gives back its interactive requests; its batch requests wait again")
    public final void r8Failed(@ForAll("scripts") List<Step> script) {
        run(script, Rule.R8);
    }

    @Property(tries = 200)
    @Label("R9: the flows count what waits, what runs and what has completed")
    public final void r9Flows(@ForAll("scripts") List<Step> script) {
        run(script, Rule.R9);
    }

    @Property(tries = 200)
    @Label("R10: the groups hold every queued batch request, at no later deadline than its own until it starts")
    public final void r10Groups(@ForAll("scripts") List<Step> script) {
        run(script, Rule.R10);
    }

    @Property(tries = 3)
    @Label("R11: all of this holds for eight threads at once")
    public final void r11Threads(@ForAll long seed) throws InterruptedException {
        RouterStress.run(router(List.of("i0", "i1", "i2"), 5), List.of("i0", "i1", "i2"), 5, seed);
    }

    /** Lives of requests, as the rules take them. */
    @Provide
    final Arbitrary<List<Step>> scripts() {
        Arbitrary<Integer> numbers = Arbitraries.integers().between(0, 99);
        Arbitrary<Kind> kinds = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(Kind.OFFER_BATCH)),
                Tuple.of(4, Arbitraries.just(Kind.OFFER_INTERACTIVE)),
                Tuple.of(8, Arbitraries.of(Kind.values())));
        return Combinators.combine(kinds, numbers, numbers)
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(60);
    }

    private void run(List<Step> script, Rule rule) {
        for (int limit : new int[] {1, 3}) {
            List<String> instances = limit == 1 ? List.of("i0") : List.of("i0", "i1", "i2");
            new RouterScript(router(instances, limit), instances, limit, rule).run(script);
        }
    }
}
