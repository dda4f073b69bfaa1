package io.chiron.core.waiting;

import io.chiron.api.ArrivalBins;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.TierFlow;
import io.chiron.api.Times;
import io.chiron.api.WaitOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** Arbitrary values of this package, and flows to feed it. */
class WaitingArbitraries extends DomainContextBase {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    static Instant at(double seconds) {
        return START.plus(Times.duration(seconds));
    }

    /** Numbers spread evenly over the decades from 10^low to 10^high. */
    static Arbitrary<Double> decades(double low, double high) {
        return Arbitraries.doubles().between(low, high).ofScale(4).map(exponent -> StrictMath.pow(10, exponent));
    }

    @Provide
    Arbitrary<LengthStats> lengths() {
        return Combinators.combine(
                        decades(0, 4),
                        decades(0, 3.5),
                        Arbitraries.doubles().between(0, 3).ofScale(3),
                        Arbitraries.oneOf(Arbitraries.just(0.0), decades(0, 5)))
                .as((prompt, output, variation, samples) -> {
                    LengthStats guess = LengthStats.guess(prompt, output, variation);
                    return new LengthStats(
                            prompt, output, guess.meanOutputSquared(), guess.meanPromptOutput(), samples);
                });
    }

    @Provide
    Arbitrary<ServiceRate> rates() {
        Arbitrary<List<Double>> noise = Arbitraries.doubles()
                .between(0.2, 2)
                .ofScale(3)
                .list()
                .ofMinSize(1)
                .ofMaxSize(30);
        return Combinators.combine(decades(0, 6), noise).as((mean, factors) -> {
            ServiceRate rate = ServiceRate.UNKNOWN;
            for (int i = 0; i < factors.size(); i++) {
                rate = rate.observe(mean * factors.get(i) * 20, 20, true, at(20.0 * (i + 1)));
            }
            return rate;
        });
    }

    /** Bands with anything in them: in each of some bands, outcomes at any ratio, in a varying number of minutes. */
    @Provide
    Arbitrary<ConformalBands> bands() {
        Arbitrary<List<WaitOutcome>> band = Combinators.combine(
                        decades(0, 6.5),
                        decades(0, 3),
                        Arbitraries.doubles()
                                .between(-2, 2)
                                .ofScale(3)
                                .list()
                                .ofMinSize(15)
                                .ofMaxSize(50))
                .as((position, seconds, logRatios) -> {
                    List<WaitOutcome> outcomes = new ArrayList<>();
                    for (int i = 0; i < logRatios.size(); i++) {
                        double actual = seconds * StrictMath.pow(10, logRatios.get(i));
                        outcomes.add(new WaitOutcome(at(10.0 * i), (long) Math.max(1, position), seconds, actual));
                    }
                    return outcomes;
                });
        return band.list().ofMaxSize(5).map(lists -> {
            List<WaitOutcome> all = new ArrayList<>();
            lists.forEach(all::addAll);
            all.sort(Comparator.comparing(WaitOutcome::dispatchedAt));
            return ConformalBands.EMPTY.observe(waits(at(3600), all));
        });
    }

    static TierFlow waits(Instant time, List<WaitOutcome> outcomes) {
        return flow(time, LengthMoments.ZERO, LengthHistogram.EMPTY, LengthHistogram.EMPTY, outcomes);
    }

    static TierFlow flow(
            Instant time,
            LengthMoments completed,
            LengthHistogram outputs,
            LengthHistogram running,
            List<WaitOutcome> outcomes) {
        return new TierFlow("batch", time, ArrivalBins.none(START), 0, 0, 0, completed, outputs, running, outcomes);
    }

    static LengthHistogram histogram(List<Double> lengths) {
        double[] counts = new double[LengthHistogram.BINS];
        lengths.forEach(length -> counts[LengthHistogram.bin(length)]++);
        return LengthHistogram.of(counts);
    }
}
