package io.chiron.core.local;

import static io.chiron.core.local.Loop.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When an engine counts as another one, with numbers: an iteration of one second is expected. */
class SurpriseTest {
    private static final Coefficients EXPECTED = new Coefficients(1, 0, 0);

    @Test
    void mostSamplesOfAStepMustMissByMoreThanTwice() {
        assertThat(after(2).side()).isZero();
        assertThat(after(2.01).side()).isEqualTo(1);
        assertThat(after(0.5).side()).isZero();
        assertThat(after(0.49).side()).isEqualTo(-1);
        assertThat(after(3, 1).side()).as("half is not most").isZero();
        assertThat(after(3, 3, 1).side()).isEqualTo(1);
        assertThat(after(0.1, 0.1, 1).side()).isEqualTo(-1);
        assertThat(after(1)).isSameAs(Surprise.NONE);
        assertThat(Surprise.NONE.after(step(3), new Coefficients(0, 0, 0)).side())
                .as("nothing was expected")
                .isZero();
    }

    @Test
    void fiveStepsInARowToTheSameSideAreAChange() {
        Surprise surprise = Surprise.NONE;
        for (int i = 1; i <= 4; i++) {
            // The curve follows; what was expected before it did is what counts.
            surprise = surprise.after(step(3, 4), i == 1 ? EXPECTED : new Coefficients(3, 0, 0));
            assertThat(surprise.steps()).isEqualTo(i);
            assertThat(surprise.isChange()).isFalse();
        }
        assertThat(surprise.expected()).isEqualTo(EXPECTED);
        assertThat(surprise.samples().samples()).isEqualTo(8);
        assertThat(surprise.after(step(3), EXPECTED).isChange()).isTrue();
        assertThat(surprise.after(step(1), EXPECTED)).isSameAs(Surprise.NONE);
        Surprise other = surprise.after(step(0.1), new Coefficients(3, 0, 0));
        assertThat(other.side()).isEqualTo(-1);
        assertThat(other.steps()).isEqualTo(1);
        assertThat(other.samples().samples()).isEqualTo(1);
        assertThat(other.expected()).isEqualTo(new Coefficients(3, 0, 0));
    }

    /** By 1/itl², but what is more than eight times as fast weighs no more for it. */
    @Test
    void samplesWeighByTheirRelativeError() {
        assertThat(after(4).samples().scaled(1).meanWeight()).isEqualTo(1 / 16.0, within(1e-12));
        assertThat(after(0.25).samples().scaled(1).meanWeight()).isEqualTo(16, within(1e-12));
        assertThat(after(0.01).samples().scaled(1).meanWeight()).isEqualTo(64, within(1e-12));
    }

    private static Surprise after(double... itlSeconds) {
        return Surprise.NONE.after(step(itlSeconds), EXPECTED);
    }

    private static List<Observation> step(double... itlSeconds) {
        return Arrays.stream(itlSeconds)
                .mapToObj(itl -> new Observation(10, 0, itl, START))
                .toList();
    }
}
