package io.chiron.core.waiting;

import static io.chiron.core.waiting.WaitingArbitraries.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.ArrivalBins;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.TierFlow;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;

class OutputBalanceProperties {
    /** A fleet that runs {@code running} requests of 200 tokens so far, and has completed {@code completed} tokens. */
    private static TierFlow flow(double second, double completed, double running) {
        double[] bins = new double[LengthHistogram.BINS];
        bins[LengthHistogram.bin(200)] = running;
        double count = completed / 300;
        return new TierFlow(
                "t",
                at(second),
                ArrivalBins.none(at(second)),
                0,
                0,
                0,
                new LengthMoments(count, count * 100, completed, count * 1e4, completed * 300, completed * 100),
                LengthHistogram.EMPTY,
                LengthHistogram.of(bins),
                List.of());
    }

    private static OutputBalance run(double perSecond, double countedTimes, int seconds) {
        OutputBalance balance = OutputBalance.UNKNOWN;
        for (int i = 0; i <= seconds; i++) {
            balance = balance.observe(flow(i, countedTimes * perSecond * i, 50), perSecond);
        }
        return balance;
    }

    @Property(tries = 1000)
    void aLastingGapIsTheFactorAndASmallOneIsNone(
            @ForAll @Scale(3) @DoubleRange(min = 200, max = 1e6) double perSecond,
            @ForAll @Scale(3) @DoubleRange(min = 0.1, max = 10) double countedTimes,
            @ForAll @IntRange(min = 130, max = 2000) int seconds) {
        double factor = run(perSecond, countedTimes, seconds).factor(true);
        boolean small = countedTimes > 0.81 && countedTimes < 1.24;
        boolean large = countedTimes < 0.79 || countedTimes > 1.26;
        if (small) {
            assertThat(factor).isEqualTo(1);
        } else if (large) {
            assertThat(factor).isEqualTo(1 / countedTimes, within(1e-6 / countedTimes));
        }
    }

    /** At first requests have begun and none has ended, so a gap means nothing; longer where they tell no progress. */
    @Property(tries = 1000)
    void nothingIsBelievedAtFirst(
            @ForAll @Scale(3) @DoubleRange(min = 0.1, max = 10) double countedTimes,
            @ForAll @IntRange(min = 0, max = 100) int seconds) {
        assertThat(run(1000, countedTimes, seconds).factor(true)).isEqualTo(1);
        assertThat(run(1000, countedTimes, 5 * seconds).factor(false)).isEqualTo(1);
    }

    /** What evicted requests had received goes and comes back. */
    @Property(tries = 1000)
    void evictedRequestsMakeNoGap(
            @ForAll @IntRange(min = 1, max = 400) int evicted, @ForAll @IntRange(min = 1, max = 30) int every) {
        OutputBalance balance = OutputBalance.UNKNOWN;
        for (int i = 0; i <= 600; i++) {
            double running = i / every % 2 == 0 ? 500 : 500 - evicted;
            balance = balance.observe(flow(i, 5000.0 * i, running), 5000);
        }
        assertThat(balance.factor(true)).isEqualTo(1);
    }

    /** A router that starts anew, a clock that jumps, engines that are not measured: what was learned stays, nothing is added. */
    @Property(tries = 1000)
    void breaksAreNewBases(
            @ForAll @Scale(3) @DoubleRange(min = 0.1, max = 0.7) double countedTimes,
            @ForAll @IntRange(min = 0, max = 4) int kind,
            @ForAll @Scale(3) @DoubleRange(min = 0, max = 1e9) double wrong) {
        OutputBalance before = run(1000, countedTimes, 300);
        OutputBalance after =
                switch (kind) {
                    case 0 -> before.observe(flow(301, 0, 0), wrong);
                    case 1 -> before.observe(flow(4000, countedTimes * 4e6, 50), wrong);
                    case 3 -> before.observe(flow(301, countedTimes * 301e3 + 5e4, 50), 1000);
                    case 2 -> before.observe(flow(-500, countedTimes * 4e5, 50), wrong);
                    default -> before.observe(flow(301, countedTimes * 301e3, 50), Double.NaN);
                };
        assertThat(after.factor(true)).isEqualTo(before.factor(true));
        assertThat(after.seconds()).isEqualTo(before.seconds());
        assertThat(before.observe(flow(300, wrong, 0), wrong)).isSameAs(before);
    }
}
