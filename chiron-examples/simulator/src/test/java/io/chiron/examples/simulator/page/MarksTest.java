package io.chiron.examples.simulator.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.run.SimClock;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MarksTest {
    private final Marks marks = new Marks();

    @Test
    void decisionsOfOneTickWithOneReasonAreOneMark() {
        launch(10, "a", ReasonCode.INTERACTIVE_BACKPRESSURE);
        launch(10, "b", ReasonCode.INTERACTIVE_BACKPRESSURE);
        launch(10, "c", ReasonCode.BATCH_BACKPRESSURE);
        launch(11, "d", ReasonCode.INTERACTIVE_BACKPRESSURE);
        assertThat(marks.all())
                .extracting(mark -> mark.instances)
                .containsExactly(List.of("a", "b"), List.of("c"), List.of("d"));
        assertThat(marks.all().get(0).count).isEqualTo(2);
    }

    @Test
    void heldOnesInARowAreOneSpan() {
        held(0, ReasonCode.STEADY);
        held(5, ReasonCode.STEADY);
        held(10, ReasonCode.HOLD_WINDOW);
        held(15, ReasonCode.STEADY);
        launch(15, "a", ReasonCode.BATCH_BACKPRESSURE);
        held(20, ReasonCode.STEADY);
        assertThat(marks.all())
                .filteredOn(mark -> mark.held)
                .extracting(mark -> mark.fromSeconds + "-" + mark.untilSeconds)
                .containsExactly("0.0-5.0", "10.0-10.0", "15.0-20.0");
    }

    /** A busy lane gets coarse, loses none of its decisions, and leaves the others as they are. */
    @Test
    void memoryIsBounded() {
        launch(1, "a", ReasonCode.BELOW_MINIMUM);
        launch(3, "b", ReasonCode.BELOW_MINIMUM);
        for (int t = 0; t < 100_000; t++) {
            Pool pool = t % 3 == 0 ? Pool.BATCH : Pool.MIXED;
            Reason reason = Reason.of(ReasonCode.POOL_BALANCE);
            marks.add(Decision.taken(SimClock.instant(t), new Action.Reassign(Scenario.FLEET, "i" + t, pool, reason)));
        }
        List<Marks.Mark> reassigned = marks.all().stream()
                .filter(mark -> mark.what.equals("reassign"))
                .toList();
        assertThat(reassigned).hasSizeBetween(Marks.LANE / 4, Marks.LANE);
        assertThat(reassigned.stream().mapToLong(mark -> mark.count).sum()).isEqualTo(100_000);
        assertThat(reassigned).allSatisfy(mark -> assertThat(mark.instances).hasSizeLessThanOrEqualTo(8));
        assertThat(marks.all()).filteredOn(mark -> mark.what.equals("launch")).hasSize(2);
    }

    private void launch(double seconds, String id, ReasonCode code) {
        marks.add(Decision.taken(
                SimClock.instant(seconds),
                new Action.Launch(Scenario.FLEET, id, Pool.MIXED, "default", Reason.of(code))));
    }

    private void held(double seconds, ReasonCode code) {
        marks.add(Decision.held(SimClock.instant(seconds), Scenario.FLEET, "scale", Reason.of(code)));
    }
}
