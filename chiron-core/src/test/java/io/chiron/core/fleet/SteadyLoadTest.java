package io.chiron.core.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SteadyLoadTest {
    private static final int SECONDS = 1500;
    private static final double SLACK_SECONDS = 10;
    private static final double PER_SECOND = 0.137;
    private static final double WORK = 5.8;
    private static final double MEAN = PER_SECOND * WORK;

    /** Blocks of 12 s hold one or two of these requests, and looked like bursts that ask for 0.2 instances more. */
    @Test
    void sparseEvenArrivalsAreNoBursts() {
        double[] work = new double[SECONDS];
        for (int i = 0; i < SECONDS * PER_SECOND; i++) {
            work[(int) (i / PER_SECOND)] += WORK;
        }
        assertThat(SteadyLoad.capacity(work, SLACK_SECONDS)).isBetween(MEAN, 1.15 * MEAN);
    }

    /** What the formula says of a Poisson stream, whose variance per second is rate times squared work, and what the mean may err by. */
    @Test
    void sparseRandomArrivalsAreStillBursts() {
        SplittableRandom random = new SplittableRandom(1);
        int runs = 200;
        double sum = 0;
        int steady = 0;
        for (int run = 0; run < runs; run++) {
            double[] work = new double[SECONDS];
            for (double at = 0; at < SECONDS; at -= StrictMath.log(1 - random.nextDouble()) / PER_SECOND) {
                work[(int) at] += WORK;
            }
            double capacity = SteadyLoad.capacity(work, SLACK_SECONDS);
            if (!Double.isNaN(capacity)) {
                sum += capacity;
                steady++;
            }
        }
        double product = PER_SECOND * WORK * WORK * StrictMath.log(1 / 0.003) / (2 * SLACK_SECONDS);
        double exact = (MEAN + Math.sqrt(MEAN * MEAN + 4 * product)) / 2;
        assertThat(steady).isGreaterThan(runs * 9 / 10);
        assertThat(sum / steady).isBetween(exact, 1.25 * exact);
    }
}
