package io.chiron.examples.simulator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.examples.simulator.policy.KnativeKpa.Config;
import io.chiron.examples.simulator.policy.KnativeKpa.State;
import io.chiron.examples.simulator.policy.KnativeKpa.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Worked by hand from the rule of Knative's pod autoscaler. */
final class KnativeKpaTest {
    private static final Config CONFIG = new Config(100, 60, 6, 2);

    @ParameterizedTest
    @CsvSource({
        // ceil(stable / target)
        "4, 400, 400, 4",
        "4, 401, 401, 5",
        // down by half at most, from ready pods
        "5, 100, 100, 2",
        "4, 0, 0, 2",
        "1, 0, 0, 0",
        // the panic window alone does nothing below twice the ready pods
        "4, 400, 700, 4",
    })
    void calmFollowsTheStableWindow(int ready, double stable, double panic, int wanted) {
        Step step = KnativeKpa.step(State.CALM, CONFIG, 0, ready, stable, panic);
        assertThat(step).isEqualTo(new Step(wanted, State.CALM));
    }

    @Test
    void panicBeginsAtTwiceTheReadyPodsAndNeverFallsUntilItEnds() {
        Step begun = KnativeKpa.step(State.CALM, CONFIG, 10, 4, 400, 701);
        assertThat(begun).isEqualTo(new Step(8, new State(10, 8)));
        Step lower = KnativeKpa.step(begun.state(), CONFIG, 20, 8, 500, 300);
        assertThat(lower.replicas()).isEqualTo(8);
        Step lasting = KnativeKpa.step(lower.state(), CONFIG, 70, 8, 300, 300);
        assertThat(lasting.replicas()).isEqualTo(8);
        Step ended = KnativeKpa.step(lasting.state(), CONFIG, 70.1, 8, 500, 300);
        assertThat(ended).isEqualTo(new Step(5, State.CALM));
    }

    @Test
    void panicIsProlongedByWhatStillCallsForIt() {
        Step step = KnativeKpa.step(new State(10, 8), CONFIG, 50, 4, 400, 800);
        assertThat(step.state().panicSince()).isEqualTo(50);
    }

    @Test
    void noReadyPodCountsAsOne() {
        assertThat(KnativeKpa.step(State.CALM, CONFIG, 0, 0, 2_000_000, 0).replicas())
                .isEqualTo(1000);
    }

    @Test
    void aNewOneOfSeveralPodsBeginsInPanicAndCountsWhatWaits() {
        Rival.Rule kpa = Rules.of("knative-kpa:target=100");
        for (double now = 0; now <= 60; now++) {
            Rival.Wanted wanted = kpa.wanted(Fleet.of(4, 0.1, 20).queued(70, 0).at(now));
            assertThat(wanted == null ? 4 : wanted.replicas()).isEqualTo(4);
        }
        assertThat(kpa.wanted(Fleet.of(4, 0.1, 20).queued(70, 0).at(62)))
                .isEqualTo(new Rival.Wanted(2, "concurrency", 150));
    }
}
