package io.chiron.examples.simulator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows an HPA's formula, and KEDA on top of it: worked by hand from their documentation. */
final class HpaTest {
    @ParameterizedTest
    @CsvSource({
        // ceil(total / target)
        "2, 750, 250, 3",
        "2, 751, 250, 4",
        "4, 250, 250, 1",
        "3, 0, 250, 0",
        // within 10 % of what the present ones should bear nothing changes
        "4, 1099, 250, 4",
        "4, 1101, 250, 5",
        "4, 900, 250, 4",
        "4, 750, 250, 3",
        // a step of one is within it: up from 11 on, down from 10 on
        "11, 12, 1, 11",
        "10, 11, 1, 11",
        "10, 9, 1, 10",
        "9, 8, 1, 8",
        // from zero there is no ratio
        "0, 5, 10, 1",
    })
    void averageValueOfATotal(int current, double total, double target, int desired) {
        assertThat(Hpa.averageValue(current, total, target, Hpa.TOLERANCE)).isEqualTo(desired);
    }

    @Test
    void upIsImmediateAndAtMostTheLargerOfDoubleAndFourPods() {
        Hpa hpa = new Hpa(Hpa.Behavior.DEFAULT);
        assertThat(hpa.apply(0, 2, 50)).isEqualTo(6);
        assertThat(hpa.apply(15, 6, 50)).isEqualTo(12);
        assertThat(hpa.apply(30, 12, 50)).isEqualTo(24);
        assertThat(hpa.apply(45, 24, 25)).isEqualTo(25);
    }

    @Test
    void downFollowsTheLargestRecommendationOfFiveMinutes() {
        Hpa hpa = new Hpa(Hpa.Behavior.DEFAULT);
        // the 10 that it finds count as the first one
        assertThat(hpa.apply(0, 10, 8)).isEqualTo(10);
        assertThat(hpa.apply(15, 10, 7)).isEqualTo(10);
        for (double now = 30; now <= 285; now += 15) {
            assertThat(hpa.apply(now, 10, 2)).isEqualTo(10);
        }
        assertThat(hpa.apply(300, 10, 2)).isEqualTo(8);
        // the 8 of time 0 is out of the window now, then the 7 of time 15
        assertThat(hpa.apply(315, 8, 2)).isEqualTo(7);
        assertThat(hpa.apply(330, 7, 2)).isEqualTo(2);
    }

    @Test
    void upCanWaitForAWindowToo() {
        Hpa hpa = new Hpa(new Hpa.Behavior(240, 240, 10, 0, 150));
        assertThat(hpa.apply(0, 3, 3)).isEqualTo(3);
        for (double now = 15; now <= 240; now += 15) {
            assertThat(hpa.apply(now, 3, 5)).isEqualTo(3);
        }
        assertThat(hpa.apply(255, 3, 6)).isEqualTo(5);
    }

    @Test
    void stepsOfPodsCountFromAPeriodAgo() {
        Hpa hpa = new Hpa(new Hpa.Behavior(0, 0, 10, 0, 150));
        assertThat(hpa.apply(0, 5, 100)).isEqualTo(15);
        assertThat(hpa.apply(15, 15, 100)).isEqualTo(15);
        assertThat(hpa.apply(135, 15, 100)).isEqualTo(15);
        assertThat(hpa.apply(150, 15, 100)).isEqualTo(25);
        assertThat(hpa.apply(300, 25, 1)).isEqualTo(15);
        assertThat(hpa.apply(315, 15, 1)).isEqualTo(15);
        assertThat(hpa.apply(450, 15, 1)).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({
        // total, idle seconds, current, what the HPA says, wanted
        "0, 0, 0, 1, 0",
        "1, 0, 0, 0, 1",
        "0, 299, 2, 1, 1",
        "0, 300, 2, 1, 0",
        "5, 300, 2, 3, 3",
        "0, 0, 1, 0, 1",
    })
    void kedaItselfGoesToZeroAndBack(double total, double idleSeconds, int current, int hpa, int wanted) {
        assertThat(KedaInflight.activated(total, idleSeconds, current, hpa)).isEqualTo(wanted);
    }

    @Test
    void kedaCountsWhatRunsAndWhatWaitsByThePollBefore() {
        Rival.Rule keda = Rules.of("keda-inflight:threshold=100");
        assertThat(wanted(keda, Fleet.of(2, 0.1, 80).queued(40, 0).at(0))).isEqualTo(2);
        // 15 s on the metric is still that of time 0; 30 s on it is the scrape of 22.5 s
        assertThat(wanted(keda, Fleet.of(2, 0.1, 80).queued(440, 0).at(15))).isEqualTo(2);
        assertThat(keda.wanted(Fleet.of(2, 0.1, 80).queued(440, 0).at(22.5))).isNull();
        assertThat(wanted(keda, Fleet.of(2, 0.1, 80).queued(40, 0).at(30))).isEqualTo(6);
        // starting ones are replicas already
        assertThat(wanted(keda, Fleet.of(2, 0.1, 80).starting(4).at(45))).isEqualTo(6);
    }

    private static int wanted(Rival.Rule rule, Observed seen) {
        Rival.Wanted wanted = rule.wanted(seen);
        assertThat(wanted).isNotNull();
        return wanted.replicas();
    }
}
