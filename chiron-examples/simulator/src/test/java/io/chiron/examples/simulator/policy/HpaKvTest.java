package io.chiron.examples.simulator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The worked examples of Kubernetes' documentation on horizontal pod autoscaling, and what follows from its rules. */
final class HpaKvTest {
    private static final double TARGET = 0.4;

    @ParameterizedTest
    @CsvSource({
        // use at twice the target doubles, at half of it halves
        "3, 0.8, 6",
        "4, 0.2, 2",
        // rounded up
        "3, 0.6, 5",
        "3, 0.2, 2",
        "1, 0.01, 1",
        // within 10 % of the target nothing changes, outside it does
        "10, 0.4, 10",
        "10, 0.439, 10",
        "10, 0.361, 10",
        "10, 0.445, 12",
        "10, 0.355, 9",
        // idle
        "4, 0, 0",
    })
    void replicasFollowTheRatioOfUseToTarget(int ready, double use, int desired) {
        assertThat(HpaKv.desired(ready, 0, use, TARGET)).isEqualTo(desired);
    }

    @ParameterizedTest
    @CsvSource({
        // on the way up they count as unused: 2 of 4 at 3.0 x the target are 1.5 x over all
        "2, 2, 1.2, 6",
        // on the way down they count as at target: 2 of 4 at a quarter of it are 0.625 x over all
        "2, 2, 0.1, 3",
        // what they add may turn the direction round or bring it within the tolerance: then nothing changes
        "2, 2, 0.6, 4",
        "2, 2, 0.8, 4",
        "9, 2, 0.355, 11",
        // nothing is measured
        "0, 3, 0, 3",
    })
    void replicasThatAreNotReadyDampen(int ready, int unready, double use, int desired) {
        assertThat(HpaKv.desired(ready, unready, use, TARGET)).isEqualTo(desired);
    }
}
