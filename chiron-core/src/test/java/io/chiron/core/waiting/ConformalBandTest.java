package io.chiron.core.waiting;

import static io.chiron.core.waiting.WaitingArbitraries.at;
import static io.chiron.core.waiting.WaitingArbitraries.waits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.WaitOutcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where the sample of one band begins and ends. */
class ConformalBandTest {
    /** Dispatched at {@code second}, predicted in {@code minute}. */
    private static WaitOutcome outcome(double second, long minute, double ratio) {
        double actual = second - 60 * minute - 0.5;
        return new WaitOutcome(at(second), 100, actual / ratio, actual);
    }

    @Test
    void outcomesAreFourSecondsApartAlsoAfterAClockWasSetBack() {
        ConformalBand band = ConformalBand.EMPTY.plus(outcome(100, 0, 1));
        assertThat(band.plus(outcome(103.9, 0, 1))).isSameAs(band);
        assertThat(band.plus(outcome(96.1, 0, 1))).isSameAs(band);
        assertThat(band.plus(outcome(104, 0, 1))).isNotSameAs(band);
        assertThat(band.plus(outcome(96, 0, 1))).isNotSameAs(band);
    }

    @Test
    void oneMinuteBringsSixteenAtMost() {
        ConformalBand band = ConformalBand.EMPTY;
        for (int i = 0; i < 16; i++) {
            ConformalBand next = band.plus(outcome(100 + 4 * i, 1, 1));
            assertThat(next).isNotSameAs(band);
            band = next;
        }
        assertThat(band.plus(outcome(200, 1, 1))).isSameAs(band);
        assertThat(band.plus(outcome(200, 2, 1))).isNotSameAs(band);
    }

    @Test
    void twentyOutcomesOfThreeMinutesAreEnough() {
        assertThat(band(20, 3).isLearned()).isTrue();
        assertThat(band(19, 3).isLearned()).isFalse();
        assertThat(band(20, 2).isLearned()).isFalse();
        assertThat(ConformalBand.EMPTY.isLearned()).isFalse();
    }

    @Test
    void theLevelIsRaisedByTheNumberOfMinutes() {
        // Ratios 1 to 30 of ten minutes: 0.5·11/10 of 30 is 16.5, the 17th.
        ConformalBand band = band(30, 10);
        assertThat(band.logRatio(0.5)).isEqualTo(StrictMath.log(17), within(1e-12));
        assertThat(band.logRatio(1e-9)).isEqualTo(StrictMath.log(1), within(1e-12));
        assertThat(band.logRatio(0.95)).as("the largest stands for more").isEqualTo(StrictMath.log(30), within(1e-12));
    }

    @Test
    void ratiosAreKeptWithinAMillion() {
        ConformalBand band = ConformalBand.EMPTY.plus(new WaitOutcome(at(100), 1, 1, 0));
        assertThat(band.logRatio(0.5)).isEqualTo(StrictMath.log(1e-6), within(1e-9));
        band = ConformalBand.EMPTY.plus(new WaitOutcome(at(100), 1, 1e-9, 10));
        assertThat(band.logRatio(0.5)).isEqualTo(StrictMath.log(1e6), within(1e-9));
    }

    @Test
    void outcomesAreForgottenAfterFourHoursAndTheOldestOfMoreThan512() {
        ConformalBand band = ConformalBand.EMPTY.plus(outcome(100, 0, 2)).plus(outcome(200, 1, 3));
        assertThat(band.forgetting(at(100 + 4 * 3600))).isSameAs(band);
        ConformalBand younger = band.forgetting(at(101 + 4 * 3600));
        assertThat(younger.logRatio(0.01)).isEqualTo(StrictMath.log(3), within(1e-12));
        assertThat(ConformalBand.EMPTY.forgetting(at(0))).isSameAs(ConformalBand.EMPTY);

        ConformalBand many = ConformalBand.EMPTY.plus(outcome(60, 0, 9));
        for (int i = 1; i < 512; i++) {
            many = many.plus(outcome(60 + 60 * i, i, 1));
        }
        assertThat(many.logRatio(0.9999)).isEqualTo(StrictMath.log(9), within(1e-12));
        assertThat(many.plus(outcome(60 + 60 * 512, 512, 1)).logRatio(0.9999)).isEqualTo(0, within(1e-12));
    }

    /** A reading a little older than the last says nothing; after a longer way back the clock was set. */
    @Test
    void aLateReadingIsLeftOut() {
        ConformalBands read = ConformalBands.EMPTY.observe(waits(at(1000), List.of()));
        assertThat(read.observe(waits(at(941), List.of(outcome(940, 1, 2))))).isSameAs(read);
        assertThat(read.observe(waits(at(940), List.of()))).isNotSameAs(read);
    }

    /** Ratios 1 to {@code count}, of so many minutes in turn. */
    private static ConformalBand band(int count, int minutes) {
        ConformalBand band = ConformalBand.EMPTY;
        for (int i = 1; i <= count; i++) {
            band = band.plus(outcome(1000 + 4 * i, i % minutes, i));
        }
        return band;
    }
}
