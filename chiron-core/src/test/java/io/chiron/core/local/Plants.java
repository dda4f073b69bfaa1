package io.chiron.core.local;

import io.chiron.api.InstanceSample;
import io.chiron.api.TierUsage;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Generators: noise-free linear plants with an SLO that they can meet, and samples that an engine may or may not send. */
final class Plants {
    private static final double MARGIN = LocalConfig.DEFAULTS.margin();

    private Plants() {}

    /** {@code itl = a + b·n + g·P} with lengths and an SLO; the soft limit that is right lies in [2, 2048]. */
    record Linear(double a, double b, double g, double promptPerOutput, double sloSeconds) implements Loop.Plant {
        @Override
        public double itlSeconds(double sequences, double prefillTokens) {
            return a + b * sequences + g * prefillTokens;
        }

        double best(double margin) {
            return ((1 - margin) * sloSeconds - a) / (b + g * promptPerOutput);
        }

        List<TierProfile> tiers() {
            return List.of(Loop.tier("chat", sloSeconds, 300 * promptPerOutput, 300));
        }

        Loop loop(LocalConfig config, double excitation, long seed) {
            return new Loop(new CurveRule(config), this, tiers(), 1e9, excitation, seed);
        }
    }

    /**
     * Fixed time 2 to 80 ms, a sequence 1/1000 to 1/20 of that, a prompt token 0.1 to 2 times a sequence; the SLO leaves the
     * batch at least a tenth of the fixed time, else what is to be learned is lost in rounding.
     */
    static Arbitrary<Linear> linear() {
        return Combinators.combine(
                        logUniform(2e-3, 8e-2),
                        logUniform(1e-3, 5e-2),
                        logUniform(0.1, 2),
                        logUniform(0.05, 5),
                        logUniform(2, 2048))
                .as((a, b, g, promptPerOutput, best) -> {
                    double perSequence = a * b * (1 + g * promptPerOutput);
                    return new Linear(
                            a,
                            a * b,
                            a * b * g,
                            promptPerOutput,
                            (a + perSequence * Math.max(best, 0.1 * a / perSequence)) / (1 - MARGIN));
                })
                .filter(plant -> plant.best(MARGIN) <= 2048);
    }

    static Arbitrary<Double> logUniform(double low, double high) {
        return Arbitraries.doubles().between(0, 1).ofScale(9).map(x -> low * StrictMath.pow(high / low, x));
    }

    /** Values as a broken scrape may carry them. */
    static Arbitrary<Double> anything() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, logUniform(1e-9, 1e9)),
                Tuple.of(1, Arbitraries.doubles()),
                Tuple.of(
                        1,
                        Arbitraries.of(
                                0.0,
                                -1.0,
                                Double.NaN,
                                Double.POSITIVE_INFINITY,
                                Double.NEGATIVE_INFINITY,
                                Double.MAX_VALUE,
                                Double.MIN_VALUE)));
    }

    /** A sample of tier "chat" a second or so after {@code time}. */
    static Arbitrary<InstanceSample> samples(Instant time) {
        Arbitrary<Double> any = anything();
        Arbitrary<TierUsage> usage = Combinators.combine(
                        Arbitraries.of("chat", "batch", "stranger"),
                        Arbitraries.longs().between(-1, 4000),
                        any)
                .as((tier, now, mean) -> new TierUsage(tier, now, mean, Double.NaN));
        return Combinators.combine(
                        Arbitraries.integers().between(-30, 30),
                        usage.list().ofMaxSize(2),
                        any,
                        any,
                        any,
                        any,
                        any,
                        any)
                .as((second, tiers, iterations, prefill, itl, kv, budget, preemptions) -> InstanceSample.builder(
                                time.plusSeconds(second), 1)
                        .tiers(tiers)
                        .iterations(iterations)
                        .prefillTokens(prefill)
                        .meanItlSeconds(itl)
                        .kv(Math.abs(prefill), kv)
                        .iterationBudgetTokens(budget)
                        .preemptions(preemptions)
                        .build());
    }
}
