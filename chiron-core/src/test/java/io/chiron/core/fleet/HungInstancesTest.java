package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.KIND;
import static io.chiron.core.fleet.Fleets.START;
import static io.chiron.core.fleet.Fleets.actions;
import static io.chiron.core.fleet.Fleets.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Action;
import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Instances that hang, starting or draining, are paid for and in the way: they end some time. */
class HungInstancesTest {
    private static final FleetConfig FAST = FleetConfig.builder()
            .warmUpSeconds(0)
            .holdSeconds(60)
            .initialLeadSeconds(20)
            .build();

    /** One instance serves and three are wanted, at most; each launch starts for {@code leadSeconds} and then serves. */
    private static final class Host {
        final TreeMap<String, Integer> launchedAt = new TreeMap<>();
        final Set<String> ended = new TreeSet<>();
        private final double leadSeconds;
        private FleetState state = FleetState.initial();

        Host(double leadSeconds) {
            this.leadSeconds = leadSeconds;
        }

        int serving(int second) {
            return (int) launchedAt.entrySet().stream()
                    .filter(each -> !ended.contains(each.getKey()) && second - each.getValue() >= leadSeconds)
                    .count();
        }

        void see(int second) {
            List<InstanceSnapshot> instances = new ArrayList<>();
            instances.add(Fleets.ready("i0", Pool.MIXED, at(second), 1, 0));
            launchedAt.forEach((id, launched) -> {
                if (!ended.contains(id)) {
                    Phase phase = second - launched >= leadSeconds ? Phase.READY : Phase.STARTING;
                    instances.add(new InstanceSnapshot(id, Pool.MIXED, phase, null, id, KIND, null));
                }
            });
            assertThat(instances).as("paid for").hasSizeLessThanOrEqualTo(3);
            FleetStep step = FleetPlanner.step(
                    state,
                    Fleets.input(
                            Fleets.snapshot(at(second), instances, 1, 0, List.of()),
                            FleetLimits.of(3, 3),
                            FAST,
                            at(second)));
            state = step.state();
            actions(step, Action.Launch.class).forEach(each -> launchedAt.put(each.launchId(), second));
            actions(step, Action.Retire.class).forEach(each -> ended.add(each.instance()));
        }
    }

    @Test
    void startsThatHangAreReplacedThoughTheFleetIsFull() {
        Host host = new Host(Double.POSITIVE_INFINITY);
        for (int second = 0; second < 1200; second += 5) {
            host.see(second);
        }
        // After 80, 240, 560 and 1200 s: patience doubles, for what is hung may be slow.
        assertThat(host.launchedAt).hasSize(2 + 2 + 2 + 2);
    }

    /** A lead time far above the one that was assumed: starts that are given up too early must not go on for ever. */
    @ParameterizedTest
    @ValueSource(ints = {60, 100, 300, 900})
    void slowStartsAreNotGivenUpForEver(int leadSeconds) {
        Host host = new Host(leadSeconds);
        int second = 0;
        while (host.serving(second) < 2 && second < 7200) {
            host.see(second);
            second += 5;
        }
        assertThat(second).isLessThan(4 * leadSeconds + 60);
    }

    /** Nobody knows when it was asked for, nor when it is expected to serve. */
    @Test
    void aStartOfUnknownOriginIsStuckSomeTimeToo() {
        FleetState state = FleetState.initial();
        for (int second = 0; second < 60; second += 5) {
            List<InstanceSnapshot> instances = List.of(
                    Fleets.ready("i0", Pool.MIXED, at(second), 1, 0),
                    InstanceSnapshot.of("other", Pool.MIXED, Phase.STARTING, null));
            FleetStep step = FleetPlanner.step(
                    state,
                    Fleets.input(
                            Fleets.snapshot(at(second), instances, 1, 0, List.of()),
                            FleetLimits.of(1, 3),
                            FAST,
                            at(second)));
            state = step.state();
            assertThat(step.plan().stuckInstances()).as("at %d", second).isEqualTo(second > 40 ? 1 : 0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDrainingInstanceThatReportsNothingEndsSomeTime(boolean everReported) {
        FleetState state = FleetState.initial();
        int endedAt = 0;
        for (int second = 0; second < 3600 && endedAt == 0; second += 5) {
            InstanceSnapshot gone = InstanceSnapshot.of("gone", Pool.MIXED, Phase.DRAINING, START.minusSeconds(86_400));
            List<InstanceSnapshot> instances = List.of(
                    Fleets.ready("i0", Pool.MIXED, at(second), 1, 0),
                    everReported ? gone.withSample(Fleets.sample(START.minusSeconds(60), 0, 0, 0)) : gone);
            FleetStep step = FleetPlanner.step(
                    state,
                    Fleets.input(
                            Fleets.snapshot(at(second), instances, 1, 0, List.of()),
                            FleetLimits.of(1, 3),
                            FAST,
                            at(second)));
            state = step.state();
            endedAt = actions(step, Action.Retire.class).isEmpty() ? 0 : second;
        }
        assertThat(endedAt).isEqualTo(605);
    }
}
