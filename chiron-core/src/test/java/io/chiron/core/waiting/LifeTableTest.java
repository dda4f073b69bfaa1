package io.chiron.core.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.LengthHistogram;
import io.chiron.core.waiting.LifeTable.Moments;
import org.junit.jupiter.api.Test;

/** The life table with numbers: the bin of 8 holds the lengths 8 and 9. */
class LifeTableTest {
    private static final int EIGHT = LengthHistogram.bin(8);
    private static final double NEXT = LengthHistogram.lowerBound(EIGHT + 1);

    /** Of a hundred 60 ended at 8 or 9 tokens, and 40 run with 64 so far: those go on at the hazard that was seen. */
    @Test
    void whatStillRunsIsExtrapolatedAtTheHazardSeen() {
        LifeTable table = LifeTable.EMPTY.plus(bins(8, 60), LengthHistogram.EMPTY, of(64, 40), 1, 1);
        Moments moments = table.moments();
        double lived = 70 * (NEXT - 8) + 40 * (64 - NEXT);
        double more = lived / 60;
        assertThat(moments.unseen()).isEqualTo(0.4, within(1e-12));
        assertThat(moments.mean()).isEqualTo(0.6 * 8.5 + 0.4 * (64 + more), within(1e-9));
        assertThat(moments.meanSquared())
                .isEqualTo(0.6 * 72.5 + 0.4 * (64 * 64 + 2 * 64 * more + 2 * more * more), within(1e-9));
        assertThat(table.completedMoments()).isEqualTo(new Moments(8.5, 72.5, 0));
    }

    /** Fewer than half have left the bin that all are in: the table ends below it, and its hazard is all there is. */
    @Test
    void aFrontInsideOneBinIsExtrapolatedFromItsStart() {
        LifeTable table = LifeTable.EMPTY.plus(bins(8, 10), LengthHistogram.EMPTY, of(8, 100), 1, 1);
        Moments moments = table.moments();
        double more = (110 * (8 - 1) + (NEXT - 8) * 110 / 2) / 10;
        assertThat(moments.unseen()).isEqualTo(1);
        assertThat(moments.mean()).isEqualTo(8 + more, within(1e-9));
    }

    @Test
    void theHazardOfTheTailIsPooledOverTheNearestCompletions() {
        double[] completed = bins(8, 100);
        completed[LengthHistogram.bin(32)] = 100;
        LifeTable table = LifeTable.EMPTY.plus(completed, LengthHistogram.EMPTY, of(64, 100), 1, 1);
        int bin = LengthHistogram.bin(32);
        double lived =
                150 * (LengthHistogram.lowerBound(bin + 1) - 32) + 100 * (64 - LengthHistogram.lowerBound(bin + 1));
        // 100 at 32 are more than 3·√200, so those at 8 do not count.
        double tail = 64 + lived / 100;
        double middle = (32 + 38) / 2.0;
        assertThat(moments(table).mean()).isEqualTo((8.5 + middle + tail) / 3, within(1e-9));
    }

    @Test
    void reachingABinCountsOnceAndFades() {
        LifeTable first = LifeTable.EMPTY.plus(bins(8, 60), LengthHistogram.EMPTY, of(64, 40), 1, 1);
        LifeTable same = first.plus(bins(8, 0), of(64, 40), of(64, 40), 1, 1);
        assertThat(moments(same)).isEqualTo(moments(first));
        LifeTable faded = first.plus(bins(8, 0), of(64, 40), of(64, 40), 0.5, 1);
        assertThat(moments(faded).unseen()).isEqualTo(0.4, within(1e-12));
        // Thirty are left of sixty, and the forty ended now: all of them are known.
        LifeTable ended = first.plus(bins(64, 40), of(64, 40), LengthHistogram.EMPTY, 0.5, 2);
        assertThat(ended.completedMoments().mean()).isEqualTo((30 * 8.5 + 80 * middleOf64()) / 110, within(1e-9));
    }

    @Test
    void aTableIsEmptyUntilAnOutputHasEnded() {
        assertThat(LifeTable.EMPTY.isEmpty()).isTrue();
        assertThat(LifeTable.EMPTY
                        .plus(bins(8, 0), LengthHistogram.EMPTY, of(8, 5), 1, 1)
                        .isEmpty())
                .isTrue();
        assertThat(LifeTable.EMPTY
                        .plus(bins(8, 1), LengthHistogram.EMPTY, of(8, 5), 1, 1)
                        .isEmpty())
                .isFalse();
    }

    private static double middleOf64() {
        double last = Math.ceil(LengthHistogram.lowerBound(LengthHistogram.bin(64) + 1)) - 1;
        return (64 + last) / 2;
    }

    private static Moments moments(LifeTable table) {
        return table.moments();
    }

    private static double[] bins(double length, double count) {
        double[] bins = new double[LengthHistogram.BINS];
        bins[LengthHistogram.bin(length)] = count;
        return bins;
    }

    private static LengthHistogram of(double length, double count) {
        return LengthHistogram.of(bins(length, count));
    }
}
