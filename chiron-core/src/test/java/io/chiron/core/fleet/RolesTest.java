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
import io.chiron.api.RequestGroup;
import io.chiron.core.fleet.FleetConfig.InteractiveRule;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Roles that nobody may change, and roles of which too little is known to change them. */
class RolesTest {
    private static FleetConfig.Builder fast() {
        return FleetConfig.builder().warmUpSeconds(0).holdSeconds(60).initialLeadSeconds(20);
    }

    /** Enough instances are no help to chats if all of them take batch work only. */
    @ParameterizedTest
    @EnumSource
    void chatsThatWaitGetAnInstanceThatMayServeThem(InteractiveRule rule) {
        FleetConfig config = fast().reassign(false).interactiveRule(rule).build();
        FleetState state = FleetState.initial();
        int launches = 0;
        for (int second = 0; second < 60; second += 5) {
            FleetStep step = FleetPlanner.step(
                    state, Fleets.input(batchOnly(second), FleetLimits.of(0, 20), config, at(second)));
            state = step.state();
            for (Action.Launch launch : actions(step, Action.Launch.class)) {
                assertThat(launch.pool()).isEqualTo(Pool.MIXED);
                launches++;
            }
        }
        // Seen by nobody, each launch is asked for again after 40 s.
        assertThat(launches).isBetween(1, 2);
    }

    /** More is wanted than the maximum allows, and there is room: nobody has to make any. */
    @Test
    void withRoomLeftWhatServesChatsIsLaunchedHoweverMuchIsWanted() {
        FleetConfig config = fast().reassign(false).build();
        FleetState state = FleetState.initial();
        int launches = 0;
        for (int second = 0; second < 30; second += 5) {
            List<InstanceSnapshot> instances = List.of(
                    Fleets.ready("a", Pool.MIXED, at(second), 60, 0), Fleets.ready("b", Pool.MIXED, at(second), 60, 0));
            FleetStep step = FleetPlanner.step(
                    state,
                    Fleets.input(
                            Fleets.snapshot(at(second), instances, 8, 1000, List.of()),
                            FleetLimits.of(0, 5),
                            config,
                            at(second)));
            state = step.state();
            launches += actions(step, Action.Launch.class).size();
            assertThat(step.plan().wantedInstances()).isGreaterThan(5);
        }
        assertThat(launches).isPositive();
    }

    /** Where the fleet is at its maximum a batch instance makes room: interactive work comes first. */
    @Test
    void aBatchInstanceMakesRoomForTheFirstThatServesChats() {
        FleetConfig config = fast().reassign(false).build();
        FleetState state = FleetState.initial();
        int drains = 0;
        for (int second = 0; second < 120 && drains == 0; second += 5) {
            FleetStep step =
                    FleetPlanner.step(state, Fleets.input(batchOnly(second), FleetLimits.of(0, 3), config, at(second)));
            state = step.state();
            assertThat(actions(step, Action.Launch.class)).isEmpty();
            drains += actions(step, Action.Drain.class).size();
        }
        assertThat(drains).isEqualTo(1);
    }

    /** Three batch instances with work for them, one chat in ten seconds and twenty that wait. */
    private static FleetSnapshot batchOnly(int second) {
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            instances.add(Fleets.ready("b" + i, Pool.BATCH, at(second), 0, 60));
        }
        List<RequestGroup> groups = List.of(Fleets.group(at(second), 3600, 5000));
        return Fleets.snapshot(at(second), instances, 0.1, 20, groups);
    }

    @Test
    void aDrainTakenBackStaysInsideThePoolsMaximum() {
        FleetLimits limits = new FleetLimits(
                0,
                20,
                Map.of(Pool.BATCH, new FleetLimits.Range(0, 1)),
                Map.of(KIND, new FleetLimits.Accelerator(20, 1)));
        FleetConfig config = fast().reassign(false).build();
        FleetState state = FleetState.initial();
        for (int second = 0; second < 30; second += 5) {
            List<InstanceSnapshot> instances = List.of(
                    Fleets.ready("front", Pool.MIXED, at(second), 20, 0),
                    Fleets.ready("b0", Pool.BATCH, at(second), 0, 5),
                    InstanceSnapshot.of("b1", Pool.BATCH, Phase.DRAINING, START.minusSeconds(86_400))
                            .withSample(Fleets.sample(at(second), 0, 5, 0)));
            FleetStep step = FleetPlanner.step(
                    state,
                    Fleets.input(
                            Fleets.snapshot(at(second), instances, 30, 50, List.of()), limits, config, at(second)));
            state = step.state();
            assertThat(actions(step, Action.CancelDrain.class)).isEmpty();
            assertThat(second > 0 || !actions(step, Action.Launch.class).isEmpty())
                    .as("launched instead")
                    .isTrue();
        }
    }

    /** Of a thousand instances a few more or less are wanted from minute to minute: their roles do not follow. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void rolesOfALargeFleetDoNotFollowNoise(long seed) {
        int size = 1000;
        Random random = new Random(seed);
        Map<String, Pool> roles = new HashMap<>();
        FleetState state = FleetState.initial();
        int late = 0;
        for (int second = 0; second < 600; second += 5) {
            List<InstanceSnapshot> instances = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                instances.add(Fleets.ready("i" + i, roles.getOrDefault("i" + i, Pool.MIXED), at(second), 5, 5));
            }
            double perSecond = 2000 * (0.98 + 0.04 * random.nextDouble());
            FleetSnapshot snapshot = Fleets.snapshot(
                    at(second), instances, perSecond, 0, List.of(Fleets.group(at(second), 3600, 100_000)));
            FleetStep step = FleetPlanner.step(
                    state, Fleets.input(snapshot, FleetLimits.of(size, size), fast().build(), at(second)));
            state = step.state();
            List<Action.Reassign> changes = actions(step, Action.Reassign.class);
            changes.forEach(change -> roles.put(change.instance(), change.pool()));
            late += second < 300 ? 0 : changes.size();
        }
        assertThat(roles).as("roles were dealt out").isNotEmpty();
        assertThat(late).as("changes in five minutes").isLessThanOrEqualTo(3);
    }

    /** What is wanted moves about a whole number from tick to tick: the last role that serves chats does not move with it. */
    @Test
    void theLastRoleThatServesChatsDoesNotFollowAWantAtAWholeNumber() {
        FleetState state = FleetState.initial();
        Map<String, Pool> roles = new HashMap<>();
        DoubleSummaryStatistics wanted = new DoubleSummaryStatistics();
        int turns = 0;
        for (int second = 0; second < 900; second += 5) {
            List<InstanceSnapshot> instances = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                instances.add(Fleets.ready("i" + i, roles.getOrDefault("i" + i, Pool.MIXED), at(second), 30, 10));
            }
            FleetSnapshot snapshot = Fleets.snapshot(
                    at(second),
                    instances,
                    11.3,
                    second % 10 == 0 ? 0 : 12,
                    List.of(Fleets.group(at(second), 3600, 2_000)));
            FleetStep step =
                    FleetPlanner.step(state, Fleets.input(snapshot, FleetLimits.of(5, 5), fast().build(), at(second)));
            state = step.state();
            List<Action.Reassign> changes = actions(step, Action.Reassign.class);
            changes.forEach(change -> roles.put(change.instance(), change.pool()));
            if (second >= 600) {
                wanted.accept(step.plan().interactiveWant());
                turns += changes.size();
            }
        }
        assertThat(wanted.getMin()).as("wanted for chats").isBetween(2.0, 3.0);
        assertThat(wanted.getMax()).as("wanted for chats").isBetween(3.05, 4.0);
        assertThat(turns).as("changes of roles").isZero();
    }

    /** A queue that is not known for one tick is not an empty one. */
    @Test
    void rolesStayWhileTheQueueIsUnknown() {
        FleetState state = FleetState.initial();
        for (int second = 0; second < 60; second += 5) {
            List<InstanceSnapshot> instances = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                instances.add(Fleets.ready("i" + i, i < 2 ? Pool.BATCH : Pool.MIXED, at(second), i < 2 ? 0 : 5, 0));
            }
            FleetSnapshot known = Fleets.snapshot(at(second), instances, 3, 0, List.of());
            FleetSnapshot unknown = new FleetSnapshot("f", known.time(), known.instances(), known.flows(), null);
            FleetStep step =
                    FleetPlanner.step(state, Fleets.input(unknown, FleetLimits.of(0, 20), fast().build(), at(second)));
            state = step.state();
            assertThat(actions(step, Action.Reassign.class)).isEmpty();
        }
    }

    /** What the busy share of the first seconds says is no evidence, what waits is. */
    @Test
    void theBusyRuleLaunchesNothingDuringWarmUpUnlessWorkWaits() {
        FleetConfig config = fast().warmUpSeconds(90)
                .interactiveRule(InteractiveRule.BUSY_INSTANCES)
                .build();
        for (int waiting = 0; waiting < 2; waiting++) {
            FleetState state = FleetState.initial();
            int early = 0;
            int later = 0;
            for (int second = 0; second < 120; second += 5) {
                List<InstanceSnapshot> instances = List.of(
                        Fleets.ready("i0", Pool.MIXED, at(second), 5, 0),
                        Fleets.ready("i1", Pool.MIXED, at(second), 5, 0));
                FleetStep step = FleetPlanner.step(
                        state,
                        Fleets.input(
                                Fleets.snapshot(at(second), instances, 1, waiting, List.of()),
                                FleetLimits.of(0, 20),
                                config,
                                at(second)));
                state = step.state();
                int launches = actions(step, Action.Launch.class).size();
                early += second < 90 ? launches : 0;
                later += launches;
            }
            assertThat(early > 0).isEqualTo(waiting > 0);
            assertThat(later).isPositive();
        }
    }
}
