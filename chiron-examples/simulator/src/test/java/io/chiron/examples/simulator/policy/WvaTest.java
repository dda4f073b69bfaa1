package io.chiron.examples.simulator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.examples.simulator.policy.WvaSaturation.Config;
import io.chiron.examples.simulator.policy.WvaSaturation.Pod;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Worked by hand from the two analyzers of the workload variant autoscaler and the HPA that carries them out. */
final class WvaTest {
    private static int change(Pod... pods) {
        return WvaSaturation.change(List.of(pods), Config.DEFAULT);
    }

    @Test
    void v1AddsOneAboveAMeanOf70PercentOr2Waiting() {
        assertThat(change(new Pod(0.69, 0), new Pod(0.69, 0))).isZero();
        assertThat(change(new Pod(0.72, 0), new Pod(0.70, 0))).isEqualTo(1);
        assertThat(change(new Pod(0.5, 2), new Pod(0.5, 2))).isZero();
        assertThat(change(new Pod(0.5, 2), new Pod(0.5, 2.5))).isEqualTo(1);
    }

    @Test
    void v1LeavesSaturatedPodsOutOfTheMean() {
        // by KV, by waiting; both at their threshold are saturated
        assertThat(change(new Pod(0.80, 0), new Pod(0.5, 5), new Pod(0.5, 0))).isZero();
        assertThat(change(new Pod(0.79, 0), new Pod(0.5, 0), new Pod(0.5, 0))).isZero();
        assertThat(change(new Pod(0.95, 0), new Pod(0.6, 0))).isZero();
        // all are: nothing is spare
        assertThat(change(new Pod(0.9, 0), new Pod(0.1, 6))).isEqualTo(1);
    }

    @Test
    void v1TakesOneAwayIfTheOthersStaySpare() {
        assertThat(change(new Pod(0.34, 0), new Pod(0.34, 0))).isEqualTo(-1);
        assertThat(change(new Pod(0.36, 0), new Pod(0.36, 0))).isZero();
        assertThat(change(new Pod(0.1, 1), new Pod(0.1, 1))).isEqualTo(-1);
        assertThat(change(new Pod(0.1, 1), new Pod(0.1, 1.5))).isZero();
        assertThat(change(new Pod(0, 0))).isZero();
    }

    @Test
    void v1CountsAMissingValueAsZeroAndLeavesOutAPodWithoutAny() {
        assertThat(change(new Pod(Double.NaN, 0), new Pod(0.6, 0))).isEqualTo(-1);
        assertThat(change(new Pod(Double.NaN, Double.NaN), new Pod(0.6, 0))).isZero();
        assertThat(change(new Pod(Double.NaN, Double.NaN))).isEqualTo(1);
    }

    /** Runs a rule on the same fleet every second and returns the first number that differs, with its time. */
    private static String firstChange(Rival.Rule rule, Fleet fleet, int seconds) {
        for (int now = 0; now < seconds; now++) {
            Rival.Wanted wanted = rule.wanted(fleet.at(now));
            if (wanted != null) {
                return wanted.replicas() + " at " + now;
            }
        }
        return "none";
    }

    @Test
    void theSampleHpaActsAtTheNextSyncAndTheChartsAfterFourMinutes() {
        Fleet full = Fleet.of(2, 0.79, 9);
        assertThat(firstChange(Rules.of("wva-saturation:hpa=sample"), full, 600))
                .isEqualTo("3 at 0");
        // the count that an HPA finds holds it for its window, and so does one that it recommended
        assertThat(firstChange(Rules.of("wva-saturation"), full, 600)).isEqualTo("3 at 240");
        Rival.Rule chart = Rules.of("wva-saturation");
        chart.wanted(Fleet.of(2, 0.5, 9).at(-15));
        assertThat(firstChange(chart, full, 600)).isEqualTo("3 at 255");
    }

    @Test
    void v1IsFrozenWhileAPodStartsOrTheCountDiffers() {
        Rival.Rule rule = Rules.of("wva-saturation:hpa=sample");
        assertThat(Objects.requireNonNull(rule.wanted(Fleet.of(2, 0.79, 9).at(0)))
                        .replicas())
                .isEqualTo(3);
        for (int now = 1; now < 300; now++) {
            assertThat(rule.wanted(Fleet.of(2, 0.79, 9).starting(1).at(now))).isNull();
        }
        assertThat(firstChange(
                        Rules.of("wva-saturation:hpa=sample"),
                        Fleet.of(2, 0.79, 9).starting(1),
                        300))
                .isEqualTo("none");
    }

    @Test
    void theToleranceOfTheHpaSwallowsAStepOnEleven() {
        assertThat(firstChange(Rules.of("wva-saturation:hpa=sample"), Fleet.of(11, 0.79, 9), 900))
                .isEqualTo("none");
        assertThat(firstChange(Rules.of("wva-saturation:hpa=sample;tolerance=0"), Fleet.of(11, 0.79, 9), 900))
                .isEqualTo("12 at 0");
        assertThat(firstChange(Rules.of("wva-saturation:hpa=sample"), Fleet.of(10, 0.79, 9), 900))
                .isEqualTo("11 at 0");
    }

    @Test
    void v1RemembersTheWorstMinute() {
        Rival.Rule rule = Rules.of("wva-saturation:hpa=sample");
        rule.wanted(Fleet.of(4, 0.6, 9).at(0));
        // a peak at the scrape of 7.5 s keeps the pods from going until it is a minute old
        for (int half = 15; half <= 16; half++) {
            rule.wanted(Fleet.of(4, 0.65, 9).at(half / 2.0));
        }
        String down = "none";
        for (int now = 9; now < 200 && down.equals("none"); now++) {
            Rival.Wanted wanted = rule.wanted(Fleet.of(4, 0.1, 9).at(now));
            down = wanted == null ? down : wanted.replicas() + " at " + now;
        }
        assertThat(down).isEqualTo("3 at 90");
    }

    @Test
    void v1SeesTheRoutersQueueInEqualParts() {
        assertThat(firstChange(
                        Rules.of("wva-saturation:hpa=sample"),
                        Fleet.of(2, 0.5, 9).queued(4, 0),
                        40))
                .isEqualTo("none");
        assertThat(firstChange(
                        Rules.of("wva-saturation:hpa=sample"),
                        Fleet.of(2, 0.5, 9).queued(5, 0),
                        40))
                .isEqualTo("3 at 0");
    }

    @ParameterizedTest
    @CsvSource({
        // up: demand / 0.85 above what ready and starting ones hold
        "2, 0, 170, 100, 2",
        "2, 0, 171, 100, 3",
        "2, 0, 300, 100, 4",
        "2, 2, 300, 100, 4",
        // down: what ready ones hold above demand / 0.70
        "4, 0, 210, 100, 3",
        "4, 0, 211, 100, 4",
        "4, 0, 0, 100, 1",
        "3, 2, 140, 100, 4",
        "1, 0, 0, 100, 1",
    })
    void v2ComparesTokens(int ready, int starting, double demand, double capacity, int desired) {
        assertThat(WvaTokens.desired(ready, starting, demand, capacity, 0.85, 0.70))
                .isEqualTo(desired);
    }

    @ParameterizedTest
    @CsvSource({
        // 8192 · 200 / 1000 = 1638 sequences: the cap binds
        "8192, 256, 800, 200, 230400",
        // 1024 · 200 / 1000 = 204.8 sequences of 900 tokens
        "1024, 256, 800, 200, 184320",
    })
    void v2DerivesTheBoundByCompute(double budget, int cap, double prompt, double output, double tokens) {
        assertThat(WvaTokens.derivedTokens(budget, cap, prompt, output)).isEqualTo(tokens);
    }

    @Test
    void v2KeepsCapacitiesApartByOutputLengthAndTakesTheMedian() {
        assertThat(List.of(WvaTokens.bucket(99), WvaTokens.bucket(100), WvaTokens.bucket(499), WvaTokens.bucket(500)))
                .containsExactly(0, 1, 1, 2);
        assertThat(WvaTokens.median(List.of(9.0, 1.0, 2.0))).isEqualTo(2);
        assertThat(WvaTokens.median(List.of(4.0, 1.0, 2.0, 9.0))).isEqualTo(3);
    }

    @Test
    void v2CountsTheRoutersQueueAtOnce() {
        // 2 x 40,000 in use and prompts of 120,000 against 80,000 per replica: (200,000 / 0.85 - 160,000) / 80,000
        assertThat(firstChange(
                        Rules.of("wva-tokens:hpa=sample"), Fleet.of(2, 0.4, 9).queued(100, 120_000), 40))
                .isEqualTo("3 at 0");
    }
}
