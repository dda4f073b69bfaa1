package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.KIND;
import static io.chiron.core.fleet.Fleets.START;
import static io.chiron.core.fleet.Fleets.actions;
import static io.chiron.core.fleet.Fleets.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.Action;
import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestGroup;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.Coefficients;
import io.chiron.core.local.TierProfile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Single situations of the fleet rule, over a range of sizes where size could matter. */
class FleetPlannerTest {
    private static final FleetConfig FAST = FleetConfig.builder()
            .warmUpSeconds(0)
            .holdSeconds(60)
            .initialLeadSeconds(20)
            .build();

    /** A fleet that is looked at every five seconds. */
    private static final class Watched {
        private final FleetLimits limits;
        private final FleetConfig config;
        private FleetState state = FleetState.initial();
        private FleetStep step;

        Watched(FleetLimits limits, FleetConfig config) {
            this.limits = limits;
            this.config = config;
        }

        FleetStep see(FleetSnapshot snapshot, double second) {
            step = FleetPlanner.step(state, Fleets.input(snapshot, limits, config, at(second)));
            state = step.state();
            return step;
        }

        FleetStep see(double second, int ready, double perSecond, long waiting, List<RequestGroup> groups) {
            return see(Fleets.snapshot(at(second), fleet(second, ready), perSecond, waiting, groups), second);
        }

        boolean shrinks() {
            return !actions(step, Action.Drain.class).isEmpty()
                    || !actions(step, Action.Retire.class).isEmpty();
        }

        List<Action.Launch> launches() {
            return actions(step, Action.Launch.class);
        }
    }

    private static List<InstanceSnapshot> fleet(double second, int ready) {
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (int i = 0; i < ready; i++) {
            instances.add(Fleets.ready("i" + i, Pool.MIXED, at(second), 0, 0));
        }
        return instances;
    }

    @Property
    void idleFleetShrinksAfterTheHoldWindowAndAnUnseenOneNever(
            @ForAll @IntRange(min = 2, max = 20) int ready, @ForAll @IntRange(max = 3) int missing) {
        Watched idle = new Watched(FleetLimits.of(1, 20), FAST);
        Watched blind = new Watched(FleetLimits.of(1, 20), FAST);
        boolean shrunk = false;
        for (int second = 0; second < 120; second += 5) {
            idle.see(second, ready, 0, 0, List.of());
            shrunk |= idle.shrinks();
            assertThat(idle.shrinks() && second < 60)
                    .as("inside the hold window")
                    .isFalse();
            FleetSnapshot whole = Fleets.snapshot(at(second), fleet(second, ready), 0, 0, List.of());
            FleetSnapshot part = new FleetSnapshot(
                    "f",
                    at(second),
                    whole.instances(),
                    missing == 0
                            ? List.of()
                            : missing == 1
                                    ? List.of(Fleets.flow("chat", at(second - 46), 0, 70, 0))
                                    : missing == 2
                                            ? List.of(Fleets.flow("chat", at(second + 46), 0, 70, 0))
                                            : whole.flows(),
                    missing == 3 ? null : List.of());
            blind.see(part, second);
            assertThat(blind.shrinks()).as("without data").isFalse();
            assertThat(blind.launches()).isEmpty();
        }
        assertThat(shrunk).as("without traffic").isTrue();
    }

    /** A queue that was long most of a minute ago may be gone. */
    @Property
    void nothingGrowsOnAStaleQueue(
            @ForAll @IntRange(min = 1, max = 10_000) int waiting, @ForAll @IntRange(max = 20) int ready) {
        Watched fleet = new Watched(FleetLimits.of(0, 50), FAST);
        for (int second = 0; second < 60; second += 5) {
            fleet.see(
                    new FleetSnapshot(
                            "f",
                            at(second),
                            fleet(second, ready),
                            List.of(Fleets.flow("chat", at(second - 46), 0, 70, waiting)),
                            List.of()),
                    second);
            assertThat(fleet.launches()).isEmpty();
        }
    }

    @Property
    void aClockThatJumpsIsNoReasonToShrinkOrToLaunch(
            @ForAll @IntRange(min = 2, max = 20) int ready,
            @ForAll @DoubleRange(min = 0, max = 1) double share,
            @ForAll @IntRange(min = -100_000, max = 100_000) int jump) {
        if (Math.abs(jump) < 200) {
            return;
        }
        Watched fleet = new Watched(FleetLimits.of(1, 40), FAST);
        double perSecond = share * 3 * ready;
        for (int second = 0; second < 100; second += 10) {
            fleet.see(second, ready, perSecond, 0, List.of());
        }
        for (int second = 100 + jump; second < 100 + jump + 60; second += 10) {
            fleet.see(second, ready, 0.2 * perSecond, 0, List.of());
            assertThat(fleet.shrinks()).isFalse();
            assertThat(fleet.launches()).isEmpty();
        }
        boolean shrunk = false;
        for (int second = 160 + jump; second < 300 + jump && !shrunk; second += 10) {
            fleet.see(second, ready, 0, 0, List.of());
            shrunk |= fleet.shrinks();
        }
        assertThat(shrunk).as("it goes on working").isTrue();
    }

    /** After a quarter of an hour without a request the learned headroom is still a number. */
    @Test
    void trafficThatComesBackAfterALongPauseIsServed() {
        Watched fleet = new Watched(FleetLimits.of(2, 40), FAST);
        for (int second = 0; second < 2200; second += 5) {
            fleet.see(second, 2, second < 600 || second > 2000 ? 12 : 0, 0, List.of());
            if (second > 2150) {
                assertThat(fleet.step.plan().headroom()).isBetween(1.05, 10.0);
            }
        }
        assertThat(fleet.step.plan().wantedInstances()).isGreaterThan(2);
    }

    @Test
    void fromZeroAQueueStartsOneInstance() {
        for (FleetConfig.InteractiveRule rule : FleetConfig.InteractiveRule.values()) {
            FleetConfig config = FleetConfig.builder().interactiveRule(rule).build();
            for (int kind = 0; kind < 3; kind++) {
                Watched fleet = new Watched(FleetLimits.of(0, 10), config);
                List<RequestGroup> groups = kind == 1 ? List.of(Fleets.group(START, 600, 1)) : List.of();
                FleetSnapshot snapshot = Fleets.snapshot(START, List.of(), 0, kind == 0 ? 3 : 0, groups);
                FleetStep step = FleetPlanner.step(
                        FleetState.initial(),
                        new FleetInput(snapshot, Fleets.TIERS, Map.of(), fleet.limits, config, 5, START));
                assertThat(actions(step, Action.Launch.class))
                        .as("%s %d", rule, kind)
                        .hasSize(kind < 2 ? 1 : 0);
            }
        }
    }

    @Test
    void aFleetWithoutBatchTiersNeedsNoQueueToShrink() {
        List<TierProfile> chat = List.of(Fleets.TIERS.get(0));
        Capability capability = new Capability(Fleets.CAPABILITY.curve(), BatchLimits.fixed(1, 64));
        FleetState state = FleetState.initial();
        int drains = 0;
        for (int second = 0; second < 120; second += 5) {
            FleetSnapshot snapshot = Fleets.snapshot(at(second), fleet(second, 5), 0, 0, null);
            FleetStep step = FleetPlanner.step(
                    state,
                    new FleetInput(
                            snapshot, chat, Map.of(KIND, capability), FleetLimits.of(1, 9), FAST, 5, at(second)));
            state = step.state();
            drains += actions(step, Action.Drain.class).size();
        }
        assertThat(drains).isPositive();
    }

    /** A host that took the launch does not do it twice; one that lost it does it now. After ten minutes it is another one. */
    @Property(tries = 20)
    void aLaunchThatIsNeverSeenIsAskedForAgainByItsIdUntilNothingCanComeOfIt(
            @ForAll @IntRange(min = 1, max = 8) int minimum) {
        Watched fleet = new Watched(FleetLimits.of(minimum, 2 * minimum), FAST);
        Set<String> ids = new LinkedHashSet<>();
        int asked = 0;
        for (int second = 0; second < 1000; second += 5) {
            fleet.see(second, 0, 0, 0, List.of());
            fleet.launches().forEach(launch -> ids.add(launch.launchId()));
            asked += fleet.launches().size();
            // Counted on for twice the lead time of 20 s.
            assertThat(asked)
                    .as("at %d", second)
                    .isEqualTo(minimum * (1 + (second < 605 ? second : second - 605 + 14 * 45) / 45));
            assertThat(ids).as("at %d", second).hasSize(second < 605 ? minimum : 2 * minimum);
        }
    }

    /** What was asked for again and comes in the end tells nothing of lead times: nobody knows which time it came of. */
    @Test
    void aLaunchThatWasAskedForAgainMeasuresNoLeadTime() {
        LeadTimes.Pending launch = LeadTimes.Pending.of(Pool.MIXED, KIND, START);
        InstanceSnapshot ready = new InstanceSnapshot("i", Pool.MIXED, Phase.READY, at(100), "l", KIND, null);
        LeadTimes once = LeadTimes.empty().asked(Map.of("l", launch), 1);
        LeadTimes again = once.asked(Map.of("l", launch.askedAgain(at(90))), 0);
        assertThat(once.observe(List.of(ready), at(110), 20).measuredSeconds()).containsExactly(100.0);
        assertThat(again.observe(List.of(ready), at(110), 20).measuredSeconds()).isEmpty();
        assertThat(again.observe(List.of(ready), at(110), 20).pending()).isEmpty();
    }

    @Test
    void moreThanTheMaximumIsGivenUp() {
        Watched fleet = new Watched(FleetLimits.of(0, 4), FAST);
        fleet.see(0, 7, 100, 50, List.of(Fleets.group(START, 1000, 50_000)));
        assertThat(actions(fleet.step, Action.Drain.class))
                .hasSize(3)
                .allMatch(drain -> drain.reason().code() == ReasonCode.ABOVE_MAXIMUM);
        assertThat(fleet.launches()).isEmpty();
    }

    /** What does most work for its cost is launched first, each kind up to its quota. */
    @Property
    void cheapestKindPerWorkComesFirst(
            @ForAll @IntRange(min = 1, max = 6) int quota,
            @ForAll @IntRange(min = 1, max = 8) int speed,
            @ForAll @IntRange(min = 1, max = 40) int cost) {
        if (cost == 2 * speed) {
            return;
        }
        Coefficients slow = Fleets.CAPABILITY.curve();
        Coefficients fast = new Coefficients(
                slow.aSeconds() / speed, slow.bSecondsPerSequence() / speed, slow.gSecondsPerToken() / speed);
        FleetLimits limits = new FleetLimits(
                12,
                12,
                Map.of(),
                Map.of(KIND, new FleetLimits.Accelerator(6, 2), "fast", new FleetLimits.Accelerator(quota, cost)));
        FleetStep step = FleetPlanner.step(
                FleetState.initial(),
                new FleetInput(
                        Fleets.snapshot(START, fleet(0, 1), 0, 0, List.of()),
                        Fleets.TIERS,
                        Map.of(KIND, Fleets.CAPABILITY, "fast", new Capability(fast, BatchLimits.fixed(2, 64))),
                        limits,
                        FAST,
                        5,
                        START));
        List<String> kinds = new ArrayList<>();
        actions(step, Action.Launch.class).forEach(launch -> kinds.add(launch.accelerator()));
        List<String> expected = new ArrayList<>();
        boolean fastFirst = cost < 2 * speed;
        for (int i = 0; i < 11; i++) {
            boolean first = i < (fastFirst ? quota : 5);
            expected.add(first == fastFirst ? "fast" : KIND);
        }
        assertThat(kinds).isEqualTo(expected.subList(0, Math.min(11, quota + 5)));
    }

    @Test
    void ibpIsWantOverCapacityAlsoWhereKindsDiffer() {
        Capability fast = new Capability(new Coefficients(0.005, 0.000125, 0.000025), BatchLimits.fixed(2, 64));
        FleetLimits limits = new FleetLimits(
                1,
                20,
                Map.of(),
                Map.of(KIND, new FleetLimits.Accelerator(20, 1), "fast", new FleetLimits.Accelerator(20, 4)));
        FleetState state = FleetState.initial();
        FleetPlan plan = null;
        double capacity = 0;
        for (int second = 0; second < 60; second += 5) {
            List<InstanceSnapshot> instances = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                InstanceSnapshot each = Fleets.ready("i" + i, Pool.MIXED, at(second), 5, 0);
                instances.add(i == 0 ? each.withAccelerator("fast") : each);
            }
            FleetSnapshot snapshot = Fleets.snapshot(at(second), instances, 12, 0, List.of());
            FleetInput input = new FleetInput(
                    snapshot, Fleets.TIERS, Map.of(KIND, Fleets.CAPABILITY, "fast", fast), limits, FAST, 5, at(second));
            FleetStep step = FleetPlanner.step(state, input);
            state = step.state();
            plan = step.plan();
            Roster roster = Roster.of(instances, LeadTimes.empty(), 20, at(second));
            capacity = Fleet.of(roster, input, LeadTimes.empty(), 20).capacity();
        }
        assertThat(capacity).isGreaterThan(6);
        assertThat(plan.interactiveBackpressure()).isCloseTo(plan.interactiveWant() / capacity, within(0.01));
    }

    /** README: what it cannot promise it says. */
    @Test
    void aGroupThatNoLaunchCanSaveIsReported() {
        Watched fleet = new Watched(FleetLimits.of(1, 4), FAST);
        fleet.see(0, 2, 1, 0, List.of(Fleets.group(START, 10, 1_000_000), Fleets.group(START, 100_000, 1)));
        assertThat(fleet.step.plan().infeasibleGroups()).isEqualTo(1);
        assertThat(fleet.step.decisions()).anySatisfy(decision -> {
            assertThat(decision.isHeld()).isTrue();
            assertThat(decision.reason().code()).isEqualTo(ReasonCode.INFEASIBLE);
            assertThat(decision.reason().numbers()).containsEntry("infeasibleGroups", 1.0);
        });
        fleet.see(5, 2, 1, 0, List.of(Fleets.group(at(5), 100_000, 1)));
        assertThat(fleet.step.decisions())
                .noneMatch(decision -> decision.reason().code() == ReasonCode.INFEASIBLE);
    }

    /** Six are needed: the two fast ones that the quota has left do the work of eight. */
    @Test
    void growthCountsTheKindsThatTheQuotasLeave() {
        for (int left = 0; left < 3; left++) {
            Fleet fleet = twoKinds(List.of(), left);
            assertThat(fleet.instancesFor(6)).isEqualTo(new int[] {6, 3, 2}[left]);
        }
    }

    /** One fast instance does what four slow ones do at the price of two: it is the last to go. */
    @Test
    void whatIsDearForItsWorkGoesFirst() {
        List<InstanceSnapshot> instances = new ArrayList<>(fleet(0, 3));
        instances.add(Fleets.ready("fast", Pool.MIXED, START, 0, 0).withAccelerator("fast"));
        assertThat(twoKinds(instances, 2).instancesFor(4)).isEqualTo(1);
        assertThat(twoKinds(instances, 2).instancesFor(4.5)).isEqualTo(2);
    }

    static Fleet twoKinds(List<InstanceSnapshot> instances, int fastQuota) {
        Capability fast = new Capability(new Coefficients(0.005, 0.000125, 0.000025), BatchLimits.fixed(2, 64));
        FleetLimits limits = new FleetLimits(
                0,
                20,
                Map.of(),
                Map.of(KIND, new FleetLimits.Accelerator(20, 1), "fast", new FleetLimits.Accelerator(fastQuota, 2)));
        FleetInput input = new FleetInput(
                Fleets.snapshot(START, instances, 1, 0, List.of()),
                Fleets.TIERS,
                Map.of(KIND, Fleets.CAPABILITY, "fast", fast),
                limits,
                FAST,
                5,
                START);
        return Fleet.of(Roster.of(instances, LeadTimes.empty(), 20, START), input, LeadTimes.empty(), 20);
    }

    /** Instances that start faster than plans are made teach headroom all the same. */
    @Test
    void headroomIsLearnedAlsoWhereStartsAreFasterThanPlans() {
        FleetConfig config =
                FleetConfig.builder().warmUpSeconds(0).initialLeadSeconds(2).build();
        Watched fleet = new Watched(FleetLimits.of(1, 40), config);
        for (int second = 0; second < 1200; second += 5) {
            fleet.see(second, 4, 8, 0, List.of());
        }
        assertThat(fleet.step.plan().headroom()).isNotEqualTo(Headroom.UNLEARNED);
    }
}
