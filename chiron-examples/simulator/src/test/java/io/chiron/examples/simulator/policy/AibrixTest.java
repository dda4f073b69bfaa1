package io.chiron.examples.simulator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.examples.simulator.policy.Aibrix.Panic;
import io.chiron.examples.simulator.policy.Aibrix.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Worked by hand from the rules of AIBrix' PodAutoscaler, as documented and as coded. */
final class AibrixTest {
    private static final double TARGET = 0.5;

    @ParameterizedTest
    @CsvSource({
        // within 10 % of the target nothing changes
        "10, 0.5, 10",
        "10, 0.549, 10",
        "10, 0.451, 10",
        "10, 0.56, 12",
        "10, 0.44, 9",
        // at most twice, at least half
        "3, 0.9, 6",
        "3, 1.0, 6",
        "2, 0.8, 4",
        "5, 0.01, 2",
        "1, 0.01, 1",
    })
    void apaFollowsTheRatio(int current, double mean, int wanted) {
        assertThat(Aibrix.apa(current, mean, TARGET)).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({
        // 4 pods at 0.7 each are a total of 2.8: 6 pods of 0.5
        "4, 2.8, 2.8, 6",
        "4, 2.1, 2.1, 4",
        "4, 8, 3, 8",
        "4, 0, 0, 2",
    })
    void kpaAsDocumentedDividesTheTotal(int current, double stable, double panic, int wanted) {
        assertThat(Aibrix.kpaDocumented(Panic.CALM, 0, current, stable, panic, TARGET))
                .isEqualTo(new Step(wanted, Panic.CALM));
    }

    @Test
    void kpaAsDocumentedDoesNotShrinkInPanic() {
        Step begun = Aibrix.kpaDocumented(Panic.CALM, 10, 4, 2, 4, TARGET);
        assertThat(begun).isEqualTo(new Step(8, new Panic(10, 8)));
        Step lower = Aibrix.kpaDocumented(begun.panic(), 100, 8, 1, 1, TARGET);
        assertThat(lower.replicas()).isEqualTo(8);
        assertThat(Aibrix.kpaDocumented(lower.panic(), 191, 8, 1, 1, TARGET).replicas())
                .isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        // the mean per pod divided by the target: full pods never ask for more than 2
        "2, 1.0, 1.0, 2",
        "4, 1.0, 1.0, 2",
        "8, 0.7, 0.7, 4",
        "1, 0.9, 0.9, 2",
        // panic by values, which may shrink
        "8, 0.1, 0.21, 4",
        "8, 0, 0.9, 4",
        "2, 0.6, 0.6, 2",
    })
    void kpaAsCodedDividesTheMean(int current, double stable, double panic, int wanted) {
        assertThat(Aibrix.kpaAsCoded(current, stable, panic, TARGET)).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({
        // documented: the most of 300 s, never above the present count
        "false, 8, 3, 2, 6, 6",
        "false, 8, 3, 2, 20, 8",
        "false, 8, 9, 2, 20, 9",
        // as coded: the least of it
        "true, 8, 3, 2, 6, 2",
        "true, 8, 9, 2, 6, 9",
    })
    void cooldown(boolean asCoded, int current, int recommended, double least, double most, int wanted) {
        assertThat(Aibrix.cooled(asCoded, current, recommended, least, most)).isEqualTo(wanted);
    }

    @Test
    void podsThatStartMultiplyWhatTheOthersReport() {
        // 2 ready ones at twice the target, 2 more on their way: asked for 8 unless the guard forbids it
        assertThat(Rules.of("aibrix-apa").wanted(Fleet.of(2, 1, 9).starting(2).at(0)))
                .isEqualTo(new Rival.Wanted(8, "stableKvUse", 1));
        assertThat(Rules.of("aibrix-apa:guard=true")
                        .wanted(Fleet.of(2, 1, 9).starting(2).at(0)))
                .isEqualTo(new Rival.Wanted(4, "stableKvUse", 1));
    }

    @Test
    void withoutMetricsNothingChanges() {
        assertThat(Rules.of("aibrix-kpa").wanted(Fleet.of(0, 0, 0).starting(2).at(0)))
                .isNull();
    }

    @Test
    void theStableWindowIsThreeMinutes() {
        Rival.Rule apa = Rules.of("aibrix-apa");
        for (double now = 0; now < 100; now++) {
            apa.wanted(Fleet.of(4, 0, 0).at(now));
        }
        for (double now = 100; now < 280; now++) {
            apa.wanted(Fleet.of(4, 0.8, 0).at(now));
        }
        Rival.Wanted wanted = apa.wanted(Fleet.of(4, 0.8, 0).at(280));
        assertThat(wanted).isNotNull();
        assertThat(wanted.replicas()).isEqualTo(7);
    }
}
