package io.chiron.core.waiting;

import static io.chiron.core.waiting.WaitingArbitraries.at;
import static io.chiron.core.waiting.WaitingArbitraries.waits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.WaitOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

@Domain(WaitingArbitraries.class)
@Domain(DomainContext.Global.class)
class ConformalBandsProperties {
    @Property
    void readingTheSameOutcomesAgainChangesNothing(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 60) int overlap) {
        List<WaitOutcome> outcomes = outcomes(random, 60, 100, 0, 10);
        ConformalBands once = ConformalBands.EMPTY.observe(waits(at(1000), outcomes));
        // The same in two readings that overlap, and once more at a later time.
        ConformalBands twice = ConformalBands.EMPTY
                .observe(waits(at(10 * overlap + 5), outcomes.subList(0, overlap)))
                .observe(waits(at(1000), outcomes))
                .observe(waits(at(1010), outcomes));
        for (double p = 0.05; p < 1; p += 0.1) {
            assertThat(twice.factor(p, 100)).isEqualTo(once.factor(p, 100));
        }
    }

    /**
     * Minutes that each bring their own error: an outcome of a new minute is covered as promised, by few minutes too.
     */
    @Example
    @Tag("slow")
    void coversAnOutcomeOfANewMinute() {
        for (int minutes : new int[] {3, 5, 9, 20}) {
            Random random = new Random(minutes);
            int covered = 0;
            int all = 2000;
            for (int i = 0; i < all; i++) {
                List<WaitOutcome> outcomes = new ArrayList<>();
                for (int minute = 0; minute < minutes; minute++) {
                    outcomes.addAll(burst(random, 60 * minute, 10));
                }
                ConformalBands bands = ConformalBands.EMPTY.observe(waits(at(10_000), outcomes));
                WaitOutcome next = burst(random, 0, 1).get(0);
                covered += next.actualSeconds() <= bands.factor(0.6, 100) * next.predictedSeconds() ? 1 : 0;
            }
            // 2000 tries scatter by 0.01; minutes being whole, up to one of them is more than asked for.
            assertThat(covered / (double) all)
                    .as("%d minutes", minutes)
                    .isBetween(0.6 - 0.03, 0.6 + 1.0 / (minutes + 1) + 0.03);
        }
    }

    @Property
    void factorIsAQuantileOfTheRatios(
            @ForAll Random random, @ForAll @Scale(4) @DoubleRange(min = 0.05, max = 0.95) double p) {
        // One outcome a minute: independent, so the level is (n + 1)p/n.
        int n = 100;
        List<WaitOutcome> outcomes = outcomes(random, n, 100, 0, 60);
        double[] ratios = outcomes.stream()
                .mapToDouble(outcome -> outcome.actualSeconds() / outcome.predictedSeconds())
                .sorted()
                .toArray();
        double factor =
                ConformalBands.EMPTY.observe(waits(at(10_000), outcomes)).factor(p, 100);
        int rank = (int) Math.min(n, Math.ceil((n + 1) * p - 1e-9));
        assertThat(factor).isEqualTo(ratios[rank - 1], within(1e-9));
    }

    @Property
    void tooFewOutcomesGiveNoFactor(
            @ForAll Random random,
            @ForAll @IntRange(min = 0, max = 30) int count,
            @ForAll @Scale(4) @DoubleRange(min = 0.01, max = 0.99) double p) {
        ConformalBands bands = ConformalBands.EMPTY.observe(waits(at(10_000), outcomes(random, count, 100, 0, 60)));
        if (count < 20) {
            assertThat(bands.factor(p, 100)).isZero();
        } else {
            assertThat(bands.factor(p, 100)).isGreaterThan(0);
        }
    }

    @Property
    void timesQueuePositionNeverFalls(
            @ForAll ConformalBands bands,
            @ForAll @Scale(4) @DoubleRange(min = 0, max = 6.5) double logPosition,
            @ForAll @Scale(4) @DoubleRange(min = 0, max = 1) double moreDecades,
            @ForAll @Scale(4) @DoubleRange(min = 0.01, max = 0.999) double p) {
        double here = StrictMath.pow(10, logPosition);
        double there = here * StrictMath.pow(10, moreDecades);
        double quantile = bands.factor(p, here) * here;
        assertThat(bands.factor(p, there) * there).isGreaterThanOrEqualTo(quantile * (1 - 1e-9));
    }

    @Property
    void factorIsInterpolatedBetweenBandsAndEndsADecadeAway(
            @ForAll @Scale(4) @DoubleRange(min = 1, max = 3) double low,
            @ForAll @Scale(4) @DoubleRange(min = 1, max = 3) double high) {
        List<WaitOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            outcomes.add(new WaitOutcome(at(60 * i), 100, 10, 10 * low));
            outcomes.add(new WaitOutcome(at(60 * i), 1000, 10, 10 * high));
        }
        ConformalBands bands = ConformalBands.EMPTY.observe(waits(at(10_000), outcomes));
        assertThat(bands.factor(0.5, 100)).isEqualTo(low, within(1e-9));
        assertThat(bands.factor(0.5, 10)).isEqualTo(low, within(1e-9));
        assertThat(bands.factor(0.5, 1000)).isEqualTo(high, within(1e-9));
        assertThat(bands.factor(0.5, 10_000)).isEqualTo(high, within(1e-9));
        // The band between has no outcome of its own and takes those of the lower one.
        assertThat(bands.factor(0.5, StrictMath.pow(10, 2.5))).isEqualTo(low, within(1e-9));
        assertThat(bands.factor(0.5, StrictMath.pow(10, 2.75))).isEqualTo(Math.sqrt(low * high), within(1e-6));
        // Beyond, nothing below, and what was reached above.
        double step = Math.sqrt(10);
        assertThat(bands.factor(0.5, step)).isLessThan(0.01);
        assertThat(bands.factor(0.5, 10_000 * step)).isEqualTo(high / step, within(1e-9));
    }

    @Example
    void aBurstCountsByTheMinuteOfItsPrediction() {
        // All of one burst was predicted at once: whatever their sizes, two are not enough.
        List<WaitOutcome> bursts = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            bursts.add(new WaitOutcome(at(10 * i), 100, 10 * i, 10 * i));
        }
        for (int i = 1; i <= 20; i++) {
            bursts.add(new WaitOutcome(at(2000 + 10 * i), 100, 10 * i / 3.0, 10 * i));
        }
        assertThat(ConformalBands.EMPTY.observe(waits(at(5000), bursts)).factor(0.5, 100))
                .isZero();
        for (int i = 1; i <= 20; i++) {
            bursts.add(new WaitOutcome(at(3000 + 10 * i), 100, 10 * i / 3.0, 10 * i));
        }
        // And the largest is but one of three.
        assertThat(ConformalBands.EMPTY.observe(waits(at(5000), bursts)).factor(0.5, 100))
                .isEqualTo(3, within(1e-9));
    }

    @Example
    void oldOutcomesAreForgotten() {
        Random random = new Random(1);
        ConformalBands bands = ConformalBands.EMPTY.observe(waits(at(3600), outcomes(random, 60, 100, 0, 60)));
        assertThat(bands.observe(waits(at(4 * 3600), List.of())).factor(0.9, 100))
                .isGreaterThan(0);
        assertThat(bands.observe(waits(at(9 * 3600), List.of())).factor(0.9, 100))
                .isZero();
        // And so are the oldest of many.
        List<WaitOutcome> many = outcomes(random, 60, 100, 0, 10);
        for (int i = 0; i < 600; i++) {
            many.add(new WaitOutcome(at(700 + 10 * i), 100, 10, 10));
        }
        assertThat(ConformalBands.EMPTY.observe(waits(at(7000), many)).factor(0.99, 100))
                .isEqualTo(1, within(1e-9));
    }

    @Example
    void clockSetBackCountsNothingTwiceAndLearningGoesOn() {
        Random random = new Random(2);
        List<WaitOutcome> old = outcomes(random, 100, 100, 0, 60);
        ConformalBands bands = ConformalBands.EMPTY.observe(waits(at(6000), old));
        double before = bands.factor(0.5, 100);
        ConformalBands back = bands.observe(waits(at(3000), old)).observe(waits(at(3001), old));
        assertThat(back.factor(0.5, 100)).isEqualTo(before);
        List<WaitOutcome> fresh = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            fresh.add(new WaitOutcome(at(3010 + 7.5 * i), 100, 10, 70));
        }
        assertThat(back.observe(waits(at(8000), fresh)).factor(0.1, 100)).isEqualTo(7, within(1e-9));
    }

    /** Outcomes at one position, {@code spacingSeconds} apart, with ratios of any size about 1. */
    private static List<WaitOutcome> outcomes(
            Random random, int count, long position, double startSeconds, double spacingSeconds) {
        List<WaitOutcome> outcomes = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            double ratio = StrictMath.exp(0.3 * random.nextGaussian());
            outcomes.add(new WaitOutcome(at(startSeconds + i * spacingSeconds), position, 10, 10 * ratio));
        }
        return outcomes;
    }

    /** Outcomes predicted within one minute: a common error, and little of their own. */
    private static List<WaitOutcome> burst(Random random, double startSeconds, int count) {
        double common = StrictMath.exp(0.3 * random.nextGaussian());
        List<WaitOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double ratio = common * StrictMath.exp(0.03 * random.nextGaussian());
            outcomes.add(new WaitOutcome(at(startSeconds + 5 * i + 5), 100, 1, ratio));
        }
        return outcomes;
    }
}
