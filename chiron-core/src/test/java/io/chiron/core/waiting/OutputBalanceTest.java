package io.chiron.core.waiting;

import static io.chiron.core.waiting.WaitingArbitraries.at;
import static io.chiron.core.waiting.WaitingArbitraries.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.TierFlow;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From when on a gap is believed, and what one reading adds to it. */
class OutputBalanceTest {
    private static final OutputBalance BEFORE = new OutputBalance(50_000, 20_000, 100, at(0), 600, 1000);

    @Test
    void aGapIsBelievedAfterMinutesAndTenThousandTokens() {
        assertThat(balance(20_000, 10_000, 120).factor(true)).isEqualTo(2);
        assertThat(balance(20_000, 10_000, 119).factor(true)).isEqualTo(1);
        assertThat(balance(20_000, 10_000, 900).factor(false)).isEqualTo(2);
        assertThat(balance(20_000, 10_000, 899).factor(false)).isEqualTo(1);
        assertThat(balance(10_000, 5000, 900).factor(true)).isEqualTo(2);
        assertThat(balance(9999, 5000, 900).factor(true)).isEqualTo(1);
        assertThat(balance(20_000, 0, 900).factor(true)).isEqualTo(1);
    }

    @Test
    void aQuarterIsNoGapAndNoneIsBeyondSixteen() {
        assertThat(balance(12_500, 10_000, 900).factor(true)).isEqualTo(1);
        assertThat(balance(12_600, 10_000, 900).factor(true)).isEqualTo(1.26);
        assertThat(balance(16_000, 20_000, 900).factor(true)).isEqualTo(1);
        assertThat(balance(15_800, 20_000, 900).factor(true)).isEqualTo(0.79);
        assertThat(balance(20_000, 1000, 900).factor(true)).isEqualTo(16);
        assertThat(balance(10_000, 200_000, 900).factor(true)).isEqualTo(1.0 / 16);
    }

    @Test
    void whatWasComparedFadesByHalfInTenMinutes() {
        OutputBalance next = BEFORE.observe(reading(60, 2500, 0), 30);
        double keep = StrictMath.pow(0.5, 0.1);
        assertThat(next.producedTokens()).isEqualTo(keep * 50_000 + 1800, within(1e-6));
        assertThat(next.countedTokens()).isEqualTo(keep * 20_000 + 1500, within(1e-6));
        assertThat(next.seconds()).isEqualTo(keep * 100 + 60, within(1e-9));
        assertThat(next.last()).isEqualTo(at(60));
        assertThat(next.lastCompletedTokens()).isEqualTo(2500);
        assertThat(next.lastCountedTokens()).isEqualTo(2500);
    }

    @Test
    void runningRequestsCountWithTheMiddleOfTheirBin() {
        int bin = LengthHistogram.bin(200);
        double middle = (LengthHistogram.lowerBound(bin) + LengthHistogram.lowerBound(bin + 1)) / 2;
        assertThat(BEFORE.observe(reading(1, 600, 3), 30).lastCountedTokens()).isEqualTo(600 + 3 * middle);
    }

    @Test
    void aNewBaseAddsNothing() {
        assertBase(reading(61, 2500, 0), 30);
        assertBase(reading(-1, 2500, 0), 30);
        assertBase(reading(10, 599, 0), 30);
        assertBase(reading(10, 2500, 0), -1);
        assertBase(reading(10, 2500, 0), 1.1e12);
        // 16·30·10 + 10,000 tokens are the most that ten seconds may bring.
        assertBase(reading(10, 1000 + 14_801, 0), 30);
        assertThat(BEFORE.observe(reading(10, 1000 + 14_800, 0), 30).seconds()).isGreaterThan(100);
        assertThat(BEFORE.observe(reading(10, 600, 0), 0).seconds()).isGreaterThan(100);
        assertThat(BEFORE.observe(reading(0, 2500, 0), 30)).isSameAs(BEFORE);
    }

    private static void assertBase(TierFlow reading, double producedPerSecond) {
        OutputBalance next = BEFORE.observe(reading, producedPerSecond);
        double output = reading.completed().output();
        assertThat(next).isEqualTo(new OutputBalance(50_000, 20_000, 100, reading.time(), output, output));
    }

    private static OutputBalance balance(double produced, double counted, double seconds) {
        return new OutputBalance(produced, counted, seconds, at(0), 0, 0);
    }

    private static TierFlow reading(double second, double completed, int running) {
        double[] bins = new double[LengthHistogram.BINS];
        bins[LengthHistogram.bin(200)] = running;
        LengthMoments moments = new LengthMoments(1, 1, completed, 1, completed, completed);
        return flow(at(second), moments, LengthHistogram.EMPTY, LengthHistogram.of(bins), List.of());
    }
}
