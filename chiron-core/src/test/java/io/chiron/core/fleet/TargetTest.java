package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The size of a fleet: what decides, in which order, and what is said of it. */
class TargetTest {
    private static final FleetConfig FIXED_ROLES =
            FleetConfig.builder().reassign(false).build();
    private static final FleetLimits LIMITS = FleetLimits.of(1, 20);

    @Test
    void interactiveWorkThatWantsMoreGetsItAndTheReasonHasItsNumbers() {
        Target target = target(idle(2), LIMITS, want(4), BatchPlan.NONE, 4);
        assertThat(target.instances()).isEqualTo(4);
        assertThat(target.held()).isNull();
        assertThat(target.reason().code()).isEqualTo(ReasonCode.INTERACTIVE_BACKPRESSURE);
        assertThat(target.reason().rejected()).isEqualTo("staying at 2 instances");
        assertThat(target.reason().numbers())
                .containsExactly(
                        Map.entry("instances", 2.0),
                        Map.entry("leadSeconds", 20.0),
                        Map.entry("interactiveReference", 5.0),
                        Map.entry("headroom", 1.2),
                        Map.entry("interactiveWant", 6.0),
                        Map.entry("interactiveMean", 3.0));
    }

    @Test
    void aTrendIsToldWhereThereIsOne() {
        InteractiveNeed rising =
                new InteractiveNeed(true, 5, 1.2, 6, Double.NaN, 0, 0, 3, 3, new Trend(3.5, 0.01), 5, 3600);
        Evidence evidence = Fleets.evidence(input(idle(2), LIMITS, FleetConfig.DEFAULTS), rising, null, 3600);
        assertThat(Target.numbers(ReasonCode.STEADY, BatchPlan.NONE, evidence).numbers())
                .containsEntry("interactiveLevel", 3.5)
                .containsEntry("interactiveTrendPerSecond", 0.01);
    }

    @Test
    void batchWorkThatWantsMoreGetsItAndTheReasonHasItsNumbers() {
        BatchPlan plan = new BatchPlan(2, 1, 5, 3, false, 100, 1000.4, 500.6);
        Target target = target(idle(2), LIMITS, want(1), plan, 1);
        assertThat(target.instances()).isEqualTo(5);
        assertThat(target.reason().code()).isEqualTo(ReasonCode.BATCH_BACKPRESSURE);
        assertThat(target.reason().numbers())
                .containsEntry("bbp", 2.0)
                .containsEntry("infeasibleGroups", 1.0)
                .containsEntry("needTokens", 1000.0)
                .containsEntry("supplyTokens", 501.0)
                .containsEntry("deadlineInSeconds", 100.0);
        BatchPlan late = new BatchPlan(0, 1, 5, 3, true, 100, 1000, 500);
        Target ofLate = target(idle(2), LIMITS, want(1), late, 1);
        assertThat(ofLate.reason().code()).isEqualTo(ReasonCode.BATCH_LATE);
        assertThat(ofLate.reason().rejected()).as("deferred").startsWith("one more launch for batch work");
    }

    @Test
    void aMinimumOfTheFleetOrOfItsPoolsIsKept() {
        Target ofFleet = target(idle(2), FleetLimits.of(3, 20), want(1), BatchPlan.NONE, 1);
        assertThat(ofFleet.instances()).isEqualTo(3);
        assertThat(ofFleet.reason().code()).isEqualTo(ReasonCode.BELOW_MINIMUM);
        FleetLimits pools = new FleetLimits(
                1,
                20,
                Map.of(Pool.MIXED, new FleetLimits.Range(2, 20), Pool.BATCH, new FleetLimits.Range(2, 20)),
                LIMITS.accelerators());
        assertThat(target(idle(2), pools, want(1), BatchPlan.NONE, 1).instances())
                .isEqualTo(4);
        Target enough = target(idle(4), pools, want(1), BatchPlan.NONE, 1);
        assertThat(enough.instances()).isEqualTo(4);
        assertThat(enough.reason().code()).isEqualTo(ReasonCode.STEADY);
    }

    @Test
    void downTakesTheHeldWantRoundedAndWhatMayRetire() {
        for (double held : new double[] {2.4, 2.5}) {
            Target target = target(idle(5), LIMITS, want(2), BatchPlan.NONE, held);
            assertThat(target.instances()).isEqualTo(held < 2.5 ? 2 : 3);
            assertThat(target.reason().code()).isEqualTo(ReasonCode.SURPLUS);
            assertThat(target.reason().rejected()).isEqualTo("keeping 5 instances");
        }
        BatchPlan plan = new BatchPlan(0, 0, 2, 4, false, 100, 1000, 5000);
        assertThat(target(idle(5), LIMITS, want(2), plan, 2).instances()).isEqualTo(4);
    }

    @Test
    void whatHoldsADownStepIsSaid() {
        Target held = target(idle(5), LIMITS, want(2), BatchPlan.NONE, 5);
        assertThat(held.instances()).isEqualTo(5);
        assertThat(held.held().code()).isEqualTo(ReasonCode.HOLD_WINDOW);
        assertThat(held.held().rejected()).isEqualTo("retiring 3 of 5 instances");

        assertThat(held(want(2), null, 179)).isEqualTo(ReasonCode.WARM_UP);
        assertThat(held(want(2), null, 180)).as("nothing: it shrinks").isNull();
        assertThat(held(want(2), ReasonCode.STALE, 3600)).isEqualTo(ReasonCode.STALE);
        assertThat(held(want(5), ReasonCode.BLIND, 3600)).isEqualTo(ReasonCode.BLIND);
        assertThat(held(want(5), null, 3600)).isEqualTo(ReasonCode.STEADY);
    }

    @Test
    void moreThanTheMaximumGoesWhateverIsWanted() {
        Target target = target(idle(5), FleetLimits.of(0, 4), want(9), BatchPlan.NONE, 9);
        assertThat(target.instances()).isEqualTo(4);
        assertThat(target.reason().code()).isEqualTo(ReasonCode.ABOVE_MAXIMUM);
        assertThat(target.reason().rejected()).isEqualTo("keeping 5 instances");
    }

    /** Roles that nobody may change are launched for those that have none, and at the maximum others make room. */
    @Test
    void fixedRolesAreLaunchedOrMakeRoom() {
        List<InstanceSnapshot> batch = Fleets.idle(Pool.BATCH, 3);
        assertThat(fixed(batch, LIMITS, want(2), 3600).instances()).isEqualTo(5);
        assertThat(fixed(batch, FleetLimits.of(0, 3), want(2), 3600).instances())
                .as("one goes, though two are missing: no more than serve interactive work")
                .isEqualTo(2);
        assertThat(fixed(batch, FleetLimits.of(3, 3), want(2), 3600).instances())
                .as("the minimum stays")
                .isEqualTo(5);
        assertThat(fixed(batch, FleetLimits.of(0, 3), want(2), 100).instances())
                .as("not before it may shrink")
                .isEqualTo(5);
        List<InstanceSnapshot> twoOfEach = new ArrayList<>(Fleets.idle(Pool.BATCH, 4));
        twoOfEach.addAll(Fleets.idle(Pool.INTERACTIVE, 2));
        assertThat(fixed(twoOfEach, FleetLimits.of(0, 6), want(5), 3600).instances())
                .as("at most doubles what serves interactive work")
                .isEqualTo(4);
    }

    @Test
    void batchWorkGetsARoleOfItsOwnWhereAllOthersAreInteractive() {
        BatchPlan plan = new BatchPlan(0, 0, 1, 1, false, 100, 1000, 5000);
        List<InstanceSnapshot> front = Fleets.idle(Pool.INTERACTIVE, 3);
        Evidence warm = Fleets.evidence(input(front, LIMITS, FIXED_ROLES), Fleets.need(3), null, 3600);
        assertThat(Target.of(warm, want(3), plan, 3).instances()).isEqualTo(4);
        assertThat(Target.of(warm, want(3), BatchPlan.NONE, 3).instances()).isEqualTo(3);
        Evidence cold = Fleets.evidence(input(front, LIMITS, FIXED_ROLES), Fleets.need(3), null, 89);
        assertThat(Target.of(cold, want(3), plan, 3).instances()).isEqualTo(3);
    }

    private static Target fixed(List<InstanceSnapshot> instances, FleetLimits limits, Want want, double ageSeconds) {
        Evidence evidence = Fleets.evidence(input(instances, limits, FIXED_ROLES), Fleets.need(2), null, ageSeconds);
        return Target.of(evidence, want, BatchPlan.NONE, want.instances());
    }

    private static @Nullable ReasonCode held(Want want, @Nullable ReasonCode blind, double ageSeconds) {
        Evidence evidence =
                Fleets.evidence(input(idle(5), LIMITS, FleetConfig.DEFAULTS), Fleets.need(2), blind, ageSeconds);
        Target target = Target.of(evidence, want, BatchPlan.NONE, want.instances());
        return target.held() == null ? null : target.held().code();
    }

    /** Or an operator would see a want of five and six instances kept, for ever. */
    @Test
    void whatIsKeptForCareIsTold() {
        Want careful = new Want(4.9, 5.3, 5, 6, 5, ReasonCode.INTERACTIVE_BACKPRESSURE);
        Target kept = target(idle(6), FleetLimits.of(0, 9), careful, BatchPlan.NONE, 6);
        assertThat(kept.instances()).isEqualTo(6);
        assertThat(kept.held()).isNotNull();
        assertThat(kept.held().numbers()).containsEntry("carefulWant", 5.3);
        assertThat(target(idle(6), FleetLimits.of(0, 9), want(6), BatchPlan.NONE, 6)
                        .held()
                        .numbers())
                .doesNotContainKey("carefulWant");
    }

    private static Target target(
            List<InstanceSnapshot> instances, FleetLimits limits, Want want, BatchPlan batch, double heldWant) {
        Evidence evidence = Fleets.evidence(input(instances, limits, FleetConfig.DEFAULTS), Fleets.need(6), null, 3600);
        return Target.of(evidence, want, batch, heldWant);
    }

    private static List<InstanceSnapshot> idle(int count) {
        return Fleets.idle(Pool.MIXED, count);
    }

    private static Want want(int instances) {
        return new Want(instances, instances, instances, ReasonCode.INTERACTIVE_BACKPRESSURE);
    }

    private static FleetInput input(List<InstanceSnapshot> instances, FleetLimits limits, FleetConfig config) {
        return Fleets.input(Fleets.snapshot(START, instances, 0, 0, List.of()), limits, config, START);
    }
}
