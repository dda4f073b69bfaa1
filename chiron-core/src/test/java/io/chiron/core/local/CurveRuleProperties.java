package io.chiron.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.InstanceSample;
import io.chiron.api.TierUsage;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class CurveRuleProperties {
    @Provide
    Arbitrary<Plants.Linear> plants() {
        return Plants.linear();
    }

    /** The limit at which an instance is driven is reached within 10 % in at most 20 samples, from any start, and stays. */
    @Property
    void aPlantIsReachedInTwentySamplesAndKept(
            @ForAll("plants") Plants.Linear plant,
            @ForAll @IntRange(min = 1, max = 2048) int start,
            @ForAll boolean atHardLimit,
            @ForAll @DoubleRange(min = 0.1, max = 1) double excitation,
            @ForAll long seed) {
        LocalConfig config = LocalConfig.builder().startBatch(start).build();
        Loop loop = plant.loop(config, excitation, seed);
        for (int i = 1; i <= 60; i++) {
            loop.running(
                    atHardLimit ? loop.decision().hardLimit() : loop.decision().softLimit());
            if (i >= 20 && atHardLimit) {
                assertNear(loop.decision().hardLimit(), Math.min(config.maxBatch(), plant.best(0)));
            } else if (i >= 20) {
                assertNear(loop.decision().softLimit(), plant.best(config.margin()));
            }
        }
    }

    /** With demand that swings both limits are reached, the other one being extrapolated. */
    @Property
    void bothLimitsAreReachedUnderSwingingDemand(
            @ForAll("plants") Plants.Linear plant,
            @ForAll @IntRange(min = 1, max = 2048) int start,
            @ForAll @DoubleRange(min = 0.1, max = 1) double excitation,
            @ForAll long seed) {
        LocalConfig config = LocalConfig.builder().startBatch(start).build();
        Loop loop = plant.loop(config, excitation, seed);
        for (int i = 1; i <= 60; i++) {
            loop.running(Math.ceil(loop.decision().hardLimit() * (i % 2 == 0 ? 1 : 0.3 + 0.7 * loop.next())));
            if (i >= 30) {
                assertNear(loop.decision().softLimit(), plant.best(config.margin()));
                assertNear(loop.decision().hardLimit(), Math.min(config.maxBatch(), plant.best(0)));
            }
        }
    }

    /**
     * A small engine whose ITL is noisy and whose batch stays at the soft limit: the hard one, which is never measured, must not
     * drift away from it. So for any start, however little the fixed part.
     */
    @Property(tries = 300)
    void aNoisySmallPlantSettlesNearItsTrueLimits(
            @ForAll @DoubleRange(min = 0.02, max = 0.4) double fixedShare,
            @ForAll @DoubleRange(min = 6, max = 60) double best,
            @ForAll @DoubleRange(min = 0, max = 0.15) double noise,
            @ForAll @IntRange(min = 1, max = 64) int start,
            @ForAll long seed) {
        double slo = 0.03;
        double perSequence = slo * (1 - fixedShare) / best;
        Plants.Linear plant = new Plants.Linear(slo * fixedShare, perSequence / 1.2, perSequence / 1.2, 0.2, slo);
        Loop random = plant.loop(LocalConfig.DEFAULTS, 0, seed);
        Loop.Plant noisy = (n, prefill) -> plant.itlSeconds(n, prefill)
                * StrictMath.exp(noise * (random.next() + random.next() + random.next() - 1.5) * 2);
        LocalConfig config = LocalConfig.builder().startBatch(start).build();
        Loop loop = new Loop(new CurveRule(config), noisy, plant.tiers(), 1e9, 0.3, seed);
        for (int i = 1; i <= 300; i++) {
            loop.running(loop.decision().softLimit() - 0.5 * random.next());
            if (i >= 120) {
                assertThat((double) loop.decision().softLimit())
                        .isCloseTo(plant.best(config.margin()), within(1.5 + 0.15 * best));
                assertThat((double) loop.decision().hardLimit()).isCloseTo(best, within(1.5 + 0.15 * best));
            }
        }
    }

    private static void assertNear(int limit, double best) {
        // A tenth, and what rounding takes.
        assertThat((double) limit).isCloseTo(best, within(1 + 0.1 * best));
    }

    @Property
    void aSlowerPlantSettlesAtNoLargerBatch(
            @ForAll("plants") Plants.Linear plant,
            @ForAll @DoubleRange(min = 1, max = 3) double a,
            @ForAll @DoubleRange(min = 1, max = 3) double b,
            @ForAll @DoubleRange(min = 1, max = 3) double g,
            @ForAll long seed) {
        Plants.Linear slower = new Plants.Linear(
                plant.a() * a, plant.b() * b, plant.g() * g, plant.promptPerOutput(), plant.sloSeconds());
        Loop fast = plant.loop(LocalConfig.DEFAULTS, 0.5, seed);
        Loop slow = slower.loop(LocalConfig.DEFAULTS, 0.5, seed);
        for (int i = 0; i < 40; i++) {
            fast.saturated();
            slow.saturated();
        }
        // One sequence of rounding where the two plants are all but the same.
        assertThat(slow.decision().softLimit())
                .isLessThanOrEqualTo(fast.decision().softLimit() + 1);
        assertThat(slow.decision().hardLimit())
                .isLessThanOrEqualTo(fast.decision().hardLimit() + 1);
    }

    /**
     * An engine that becomes several times as slow while it serves is given its new limit within 25 samples, though ten minutes
     * of the old one are remembered, and its old limit when it is itself again. Three times at least: the rule tells factors of
     * two from noise, and at 2.5 a tenth of noise hid the end of it.
     */
    @Property(tries = 200)
    void anEngineThatBecomesSlowerIsFollowedAndBack(
            @ForAll @DoubleRange(min = 0.02, max = 0.15) double fixedShare,
            @ForAll @DoubleRange(min = 40, max = 400) double best,
            @ForAll @DoubleRange(min = 3, max = 5) double slower,
            @ForAll @DoubleRange(min = 0, max = 0.1) double noise,
            @ForAll long seed) {
        double slo = 0.1;
        double perSequence = slo * (1 - fixedShare) / best;
        Plants.Linear plant = new Plants.Linear(slo * fixedShare, perSequence / 1.2, perSequence / 1.2, 0.2, slo);
        Loop random = plant.loop(LocalConfig.DEFAULTS, 0, seed);
        double[] times = {1};
        Loop.Plant changing = (n, prefill) -> times[0]
                * plant.itlSeconds(n, prefill)
                * StrictMath.exp(noise * (random.next() + random.next() + random.next() - 1.5) * 2);
        Loop loop = new Loop(new CurveRule(LocalConfig.DEFAULTS), changing, plant.tiers(), 1e9, 0.3, seed);
        for (double speed : new double[] {1, slower, 1}) {
            times[0] = speed;
            double right = (slo / speed - plant.a()) / (plant.b() + plant.g() * plant.promptPerOutput());
            int patience = speed == 1 ? 40 : 25;
            for (int i = 1; i <= 600; i++) {
                loop.saturated();
                if (i >= patience) {
                    assertThat((double) loop.decision().hardLimit()).isCloseTo(right, within(1.5 + 0.2 * right));
                }
            }
        }
    }

    /** However fast the engine looks, an instance that is not filled does not leave the trust region. */
    @Property
    void anUnfilledInstanceDoesNotOutgrowTheTrustRegion(
            @ForAll("plants") Plants.Linear plant,
            @ForAll @DoubleRange(min = 0.01, max = 0.85) double fill,
            @ForAll @IntRange(min = 1, max = 500) int start,
            @ForAll @IntRange(min = 0, max = 8) int filledSamples,
            @ForAll long seed) {
        Loop loop = plant.loop(LocalConfig.builder().startBatch(start).build(), 0.5, seed);
        double largest = 0;
        for (int i = 0; i < filledSamples; i++) {
            largest = Math.max(largest, loop.decision().hardLimit());
            loop.saturated();
        }
        double before = Math.max(start, 2 * largest);
        for (int i = 0; i < 20; i++) {
            int limit = loop.decision().softLimit();
            loop.running(Math.min(fill * limit, limit - 1));
            assertThat((double) loop.decision().hardLimit()).isLessThanOrEqualTo(before);
        }
    }

    /** What it is worth shows all the same: a fleet that is spread thin is planned with what its instances come to. */
    @Property
    void anUnfilledInstanceIsPlannedWithWhatItReaches(
            @ForAll("plants") Plants.Linear plant,
            @ForAll @IntRange(min = 10, max = 500) int start,
            @ForAll @DoubleRange(min = 0.5, max = 1) double excitation,
            @ForAll long seed) {
        LocalConfig config = LocalConfig.builder().startBatch(start).build();
        Loop loop = plant.loop(config, excitation, seed);
        for (int i = 0; i < 60; i++) {
            loop.running(start * (0.2 + 0.6 * loop.next()));
        }
        BatchLimits reachable = Objects.requireNonNull(
                loop.state().reachable(Loop.instance(Loop.ID).accelerator()));
        assertNear(reachable.hard(0, 0), Math.min(config.maxBatch(), plant.best(0)));
        assertThat(loop.decision().hardLimit()).isLessThanOrEqualTo(Math.max(1, 2 * start));
        assertThat(reachable.hard(0, 0)).isGreaterThanOrEqualTo(loop.decision().hardLimit());
    }

    /** Prompts up to 4096 tokens per iteration for up to half a minute, on the batch that runs. */
    @Property
    void aBurstOfPrefillAloneDoesNotCollapseTheLimit(
            @ForAll("plants") Plants.Linear plant,
            @ForAll @IntRange(min = 1, max = 30) int seconds,
            @ForAll @DoubleRange(min = 64, max = 4096) double prefill,
            @ForAll long seed) {
        Loop loop = plant.loop(LocalConfig.DEFAULTS, 0.5, seed);
        for (int i = 0; i < 20; i++) {
            loop.saturated();
        }
        double before = loop.decision().softLimit();
        for (int i = 1; i <= seconds; i++) {
            int n = loop.decision().softLimit();
            Instant time = loop.now().plusSeconds(i);
            LocalStep step = new CurveRule(LocalConfig.DEFAULTS)
                    .step(
                            loop.state(),
                            input(
                                    plant.tiers(),
                                    loop.sample(time, "chat", n, prefill, plant.itlSeconds(n, prefill)),
                                    time));
            assertThat((double) step.decisions().get(Loop.ID).softLimit())
                    .isGreaterThanOrEqualTo(Math.floor(0.9 * before));
        }
    }

    @Property
    void aNewInstanceInheritsWhatTheFleetKnows(
            @ForAll("plants") Plants.Linear plant, @ForAll boolean withSample, @ForAll long seed) {
        Loop loop = plant.loop(LocalConfig.DEFAULTS, 0.5, seed);
        for (int i = 0; i < 20; i++) {
            loop.saturated();
        }
        Instant now = loop.now().plusSeconds(1);
        InstanceSample idle =
                withSample ? Loop.usage(now, List.of(), 0, Double.NaN).build() : null;
        LocalStep step = new CurveRule(LocalConfig.DEFAULTS)
                .step(
                        loop.state(),
                        new LocalInput(
                                List.of(
                                        Loop.instance(Loop.ID),
                                        Loop.instance("new").withSample(idle)),
                                plant.tiers(),
                                now));
        assertThat(step.decisions().get("new").limits())
                .isEqualTo(loop.decision().limits());
        assertThat(step.decisions().get("new").changed()).isTrue();
        assertThat(step.state().limits("default")).isEqualTo(loop.decision().limits());
    }

    /**
     * One limit per tier is remembered: with the first interactive sequence its limit applies, in the same step and without
     * a change of any limit, and with the last one that of the batch tier again.
     */
    @Property
    void limitsSwitchWithTheBindingTierInTheSameStep(
            @ForAll("plants") Plants.Linear plant,
            @ForAll @DoubleRange(min = 1.5, max = 5) double looser,
            @ForAll long seed) {
        double prompt = 300 * plant.promptPerOutput();
        List<TierProfile> tiers = List.of(
                Loop.tier("batch", looser * plant.sloSeconds(), prompt, 300),
                Loop.tier("chat", plant.sloSeconds(), prompt, 300));
        Loop loop = new Loop(new CurveRule(LocalConfig.DEFAULTS), plant, tiers, 1e9, 0.5, seed);
        for (int i = 0; i < 20; i++) {
            loop.saturated();
        }
        LocalStep without = withChats(loop.state(), tiers, plant, loop.now().plusSeconds(1), 0);
        LocalStep with = withChats(loop.state(), tiers, plant, loop.now().plusSeconds(1), 1);
        LocalStep again = withChats(with.state(), tiers, plant, loop.now().plusSeconds(2), 0);
        LocalDecision batch = without.decisions().get(Loop.ID);
        LocalDecision chat = with.decisions().get(Loop.ID);
        assertThat(List.of(batch.bindingTier(), chat.bindingTier())).containsExactly(0, 1);
        assertThat(chat.limits()).isEqualTo(batch.limits());
        assertThat(chat.changed()).isTrue();
        assertThat(chat.softLimit()).isEqualTo(batch.limits().soft(1, 1)).isLessThan(batch.softLimit());
        assertThat(again.decisions().get(Loop.ID).bindingTier()).isEqualTo(0);
    }

    /** A second with 50 batch sequences, and with {@code chats} that came at its very end. */
    private static LocalStep withChats(
            LocalState state, List<TierProfile> tiers, Plants.Linear plant, Instant now, int chats) {
        InstanceSample sample = Loop.usage(
                        now,
                        List.of(Loop.running("batch", 50), new TierUsage("chat", chats, 0, 0)),
                        50,
                        plant.itlSeconds(50, 50))
                .build();
        return new CurveRule(LocalConfig.DEFAULTS).step(state, input(tiers, sample, now));
    }

    /** A tighter SLO, a fuller cache, longer sequences never mean a larger batch. */
    @Property
    void theLimitIsMonotoneInWhatBoundsIt(
            @ForAll("plants") Plants.Linear plant,
            @ForAll @DoubleRange(min = 1, max = 3) double slo,
            @ForAll @DoubleRange(min = 1, max = 3) double prompt,
            @ForAll @DoubleRange(min = 1, max = 3) double cache,
            @ForAll("caches") double kvTokens,
            @ForAll long seed) {
        Loop loop = plant.loop(LocalConfig.DEFAULTS, 0.5, seed);
        for (int i = 0; i < 20; i++) {
            loop.saturated();
        }
        double itl = plant.sloSeconds();
        double meanPrompt = 300 * plant.promptPerOutput();
        List<TierProfile> tiers = List.of(
                Loop.tier("chat", itl, meanPrompt, 300), Loop.tier("batch", itl * slo, meanPrompt * prompt, 300));
        BatchLimits small = limits(loop, tiers, kvTokens);
        BatchLimits large = limits(loop, tiers, kvTokens * cache);
        for (int i = 0; i < 2; i++) {
            assertThat(small.soft(0, i)).isLessThanOrEqualTo(small.soft(1, i));
            assertThat(small.hard(0, i)).isLessThanOrEqualTo(small.hard(1, i));
            assertThat(small.soft(i, 1)).isLessThanOrEqualTo(small.soft(i, 0));
            assertThat(small.hard(i, 1)).isLessThanOrEqualTo(small.hard(i, 0));
            assertThat(small.soft(i, i)).isLessThanOrEqualTo(large.soft(i, i));
            assertThat((double) small.soft(i, i))
                    .isLessThanOrEqualTo(
                            Math.max(1, 0.9 * kvTokens / tiers.get(i).lengths().residentTokens()));
        }
    }

    @Provide
    Arbitrary<Double> caches() {
        return Plants.logUniform(1e3, 1e6);
    }

    private static BatchLimits limits(Loop loop, List<TierProfile> tiers, double kvTokens) {
        InstanceSample idle =
                Loop.usage(loop.now(), List.of(), 0, Double.NaN).kv(0, kvTokens).build();
        return new CurveRule(LocalConfig.DEFAULTS)
                .step(loop.state(), new LocalInput(List.of(Loop.instance("x").withSample(idle)), tiers, loop.now()))
                .decisions()
                .get("x")
                .limits();
    }

    private static LocalInput input(List<TierProfile> tiers, InstanceSample sample, Instant now) {
        return new LocalInput(List.of(Loop.instance(Loop.ID).withSample(sample)), tiers, now);
    }
}
