package io.chiron.examples.simulator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.examples.simulator.policy.Llumnix.Load;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Worked by hand from the rule of Llumnix. */
final class LlumnixTest {
    @Test
    void freenessIsOfAllInstancesTogether() {
        // (500 - 100 + 100 - 0) / (20 + 30), not the mean of 20 and 3.3
        assertThat(Llumnix.freeness(List.of(new Load(500, 100, 20), new Load(100, 0, 30))))
                .isEqualTo(10);
        assertThat(Llumnix.freeness(List.of(new Load(500, 0, 0)))).isInfinite();
        assertThat(Llumnix.freeness(List.of(new Load(0, 100, 10)))).isEqualTo(-10);
    }

    @Test
    void oneMoreBelowTheLowerThreshold() {
        assertThat(Llumnix.change(List.of(new Load(99, 0, 10)), 10, 60)).isEqualTo(1);
        assertThat(Llumnix.change(List.of(new Load(100, 0, 10)), 10, 60)).isZero();
        // what waits demands blocks
        assertThat(Llumnix.change(List.of(new Load(1000, 901, 10)), 10, 60)).isEqualTo(1);
    }

    @Test
    void oneLessIfTheOthersAloneStayAboveTheUpperThreshold() {
        Load free = new Load(610, 0, 10);
        assertThat(Llumnix.change(List.of(free, free), 10, 60)).isEqualTo(-1);
        assertThat(Llumnix.change(List.of(new Load(600, 0, 10), free), 10, 60)).isZero();
        // the newest does not count
        assertThat(Llumnix.change(List.of(free, new Load(300, 0, 10)), 10, 60)).isEqualTo(-1);
        assertThat(Llumnix.change(List.of(free), 10, 60)).isZero();
    }

    @Test
    void blocksHold16TokensLessAWatermarkAndWhatWaitsCounts() {
        // (0.99·100,000 - 50,000)/16 = 3062.5 each; the queue demands 500 blocks and brings 20 requests
        Rival.Wanted wanted =
                Rules.of("llumnix").wanted(Fleet.of(2, 0.5, 40).queued(20, 8000).at(0));
        assertThat(wanted).isEqualTo(new Rival.Wanted(2, "freeness", (2 * 3062.5 - 500) / 100));
    }

    @Test
    void nothingUntilEveryInstanceReports() {
        assertThat(Rules.of("llumnix").wanted(Fleet.of(2, 0.99, 40).starting(1).at(0)))
                .isNull();
        Rival.Rule rule = Rules.of("llumnix");
        assertThat(rule.wanted(Fleet.of(2, 0.99, 40).at(0))).isEqualTo(new Rival.Wanted(3, "freeness", 0));
        assertThat(rule.wanted(Fleet.of(2, 0.99, 40).at(9))).isNull();
        assertThat(rule.wanted(Fleet.of(2, 0.99, 40).at(10))).isNotNull();
    }
}
