package io.chiron.core.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LengthStatsTest {
    private final LengthStats guess = LengthStats.guess(100, 200, 1.5);

    @Test
    void aGuessIsOfIndependentLengthsWithItsVariation() {
        assertThat(guess).isEqualTo(new LengthStats(100, 200, 130_000, 20_000, 0));
        assertThat(guess.outputDeviation()).isEqualTo(300, within(1e-9));
        assertThat(guess.promptPerOutput()).isEqualTo(0.5);
        // 20,000/200 + 130,000/400
        assertThat(guess.residentTokens()).isEqualTo(425);
    }

    @Test
    void longerOutputsKeepTheirVariation() {
        LengthStats learned = new LengthStats(100, 200, 130_000, 24_000, 50);
        assertThat(learned.withOutputsTimes(3)).isEqualTo(new LengthStats(100, 600, 1_170_000, 72_000, 50));
        assertThat(learned.withOutputsTimes(1)).isSameAs(learned);
        LengthStats short4 = LengthStats.guess(100, 4, 1).withOutputsTimes(1.0 / 16);
        assertThat(short4.meanOutput()).as("a token at least").isEqualTo(1);
        assertThat(short4.meanOutputSquared()).isEqualTo(2);
        assertThatIllegalArgumentException().isThrownBy(() -> learned.withOutputsTimes(16.1));
        assertThatIllegalArgumentException().isThrownBy(() -> learned.withOutputsTimes(0.06));
    }

    @Test
    void momentsThatNoLengthsHaveAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LengthStats(0, 200, 130_000, 20_000, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new LengthStats(100, 0.9, 130_000, 20_000, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new LengthStats(100, 200, 39_999, 20_000, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new LengthStats(100, 200, 130_000, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new LengthStats(100, 200, 130_000, 20_000, -1));
        assertThat(new LengthStats(100, 200, 40_000, 20_000, 0).outputDeviation())
                .isZero();
    }
}
