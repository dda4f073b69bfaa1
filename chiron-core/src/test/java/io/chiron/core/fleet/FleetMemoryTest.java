package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.KIND;
import static io.chiron.core.fleet.Fleets.START;
import static io.chiron.core.fleet.Fleets.actions;
import static io.chiron.core.fleet.Fleets.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Action;
import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is remembered from run to run, and what is forgotten. */
class FleetMemoryTest {
    private static final FleetLimits LIMITS = FleetLimits.of(1, 5);

    @Test
    void aWantIsHeldForTheWindowAndTheLatestOfOneTimeCounts() {
        HoldWindow hold = HoldWindow.empty().plus(0, 5, 10);
        assertThat(hold.plus(10, 1, 10).largest()).isEqualTo(5);
        assertThat(hold.plus(10.1, 1, 10).largest()).isEqualTo(1);
        assertThat(hold.plus(0, 1, 10).largest()).isEqualTo(1);
        assertThat(hold.plus(-5, 1, 10).largest()).as("a clock that went back").isEqualTo(1);
        assertThat(hold.plus(1, 3, 10).plus(10.5, 1, 10).largest()).isEqualTo(3);
        assertThat(HoldWindow.empty().largest()).isZero();
    }

    @Test
    void roomIsOfTheFleetTheKindAndThePool() {
        FleetLimits limits = new FleetLimits(
                0,
                3,
                Map.of(Pool.BATCH, new FleetLimits.Range(0, 1)),
                Map.of(KIND, new FleetLimits.Accelerator(2, 1), "other", new FleetLimits.Accelerator(9, 1)));
        Room room = new Room(limits);
        LeadTimes.Pending batch = LeadTimes.Pending.of(Pool.BATCH, "other", START);
        LeadTimes.Pending mixed = LeadTimes.Pending.of(Pool.MIXED, KIND, START);
        assertThat(room.has(batch)).isTrue();
        room.take(batch);
        assertThat(room.has(batch)).as("one batch instance").isFalse();
        assertThat(room.ofKind("other")).isEqualTo(8);
        room.take(new InstanceSnapshot("f", Pool.MIXED, Phase.FAILED, null, null, KIND, null));
        assertThat(room.ofKind(KIND)).isEqualTo(2);
        room.take(new InstanceSnapshot("d", Pool.MIXED, Phase.DRAINING, null, null, KIND, null));
        assertThat(room.ofKind(KIND)).isEqualTo(1);
        assertThat(room.has(mixed)).isTrue();
        room.take(mixed);
        assertThat(room.has(mixed)).isFalse();
        assertThat(room.has(LeadTimes.Pending.of(Pool.MIXED, "other", START)))
                .as("three in all")
                .isFalse();
        Room drained = new Room(limits);
        drained.take(new InstanceSnapshot("d", Pool.BATCH, Phase.DRAINING, null, null, "other", null));
        assertThat(drained.has(batch)).as("what drains is in no pool").isTrue();
    }

    @Test
    void launchesThatTheHostNeverTookAreForgotten() {
        FleetState state = FleetPlanner.step(
                        FleetState.initial(),
                        Fleets.input(
                                Fleets.snapshot(START, List.of(), 0, 0, List.of()),
                                FleetLimits.of(2, 5),
                                FleetConfig.DEFAULTS,
                                START))
                .state();
        assertThat(state.launchesUnseen()).hasSize(2);
        String one = state.launchesUnseen().iterator().next();
        assertThat(state.withoutLaunches(Set.of(one)).launchesUnseen())
                .hasSize(1)
                .doesNotContain(one);
        FleetSnapshot empty = Fleets.snapshot(START, List.of(), 0, 0, List.of());
        assertThat(state.withRoomFor(Set.of(), empty, FleetLimits.of(0, 1))).isSameAs(state);
        assertThat(state.withRoomFor(Set.of(one), empty, FleetLimits.of(0, 1)).launchesUnseen())
                .hasSize(1)
                .doesNotContain(one);
        assertThat(state.withRoomFor(Set.of(one), empty, FleetLimits.of(0, 2)).launchesUnseen())
                .hasSize(2);
    }

    /** A queue that has ended wants nothing any more; one that is short now may grow again. */
    @Test
    void theEndOfTheQueueEndsWhatItWanted() {
        assertThat(drainsAfter(List.of())).isPositive();
        assertThat(drainsAfter(List.of(Fleets.group(at(105), 3000, 1)))).isZero();
        assertThat(drainsAfter(null)).as("nobody knows").isZero();
    }

    /** Drains of a fleet of five that a long queue wanted until now. */
    private static int drainsAfter(List<RequestGroup> groups) {
        FleetState state = FleetState.initial();
        int drains = 0;
        for (int second = 0; second <= 110; second += 5) {
            List<RequestGroup> queue = second <= 100 ? List.of(Fleets.group(at(second), 600, 10_500)) : groups;
            FleetStep step = see(state, second, queue);
            state = step.state();
            drains += actions(step, Action.Drain.class).size();
            assertThat(second <= 100 && drains > 0).isFalse();
        }
        if (drains > 0) {
            assertThat(state.patience.lastShrink()).isNotNull();
            assertThat(state.patience.doublings()).as("nothing was undone").isZero();
        }
        return drains;
    }

    private static FleetStep see(FleetState state, int second, List<RequestGroup> groups) {
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            instances.add(Fleets.ready("i" + i, Pool.MIXED, at(second), 0, 0));
        }
        FleetConfig config = FleetConfig.builder()
                .warmUpSeconds(0)
                .holdSeconds(60)
                .initialLeadSeconds(20)
                .build();
        FleetSnapshot snapshot = Fleets.snapshot(at(second), instances, 0.1, 0, groups);
        return FleetPlanner.step(state, Fleets.input(snapshot, LIMITS, config, at(second)));
    }

    @Test
    void whatWasHeldBackIsSaidWhereNothingElseIsDone() {
        Situation situation = new Situation().with(Fleets.idle(Pool.MIXED, 2));
        situation.heldBack = Reason.of(ReasonCode.HOLD_WINDOW);
        assertThat(situation.want(2).held("scale")).containsExactly(situation.heldBack);
        assertThat(situation.want(3).held("scale")).isEmpty();
        assertThat(situation.want(1).held("scale")).isEmpty();
        situation.heldBack = null;
        assertThat(situation.want(2).held("scale")).isEmpty();
    }
}
