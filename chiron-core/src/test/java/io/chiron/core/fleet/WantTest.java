package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.ReasonCode;
import io.chiron.core.fleet.FleetConfig.InteractiveRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What interactive demand wants, and what is believed before it is known. */
class WantTest {
    private static final FleetConfig BUSY = FleetConfig.builder()
            .interactiveRule(InteractiveRule.BUSY_INSTANCES)
            .busyTarget(0.5)
            .build();

    @Test
    void fromZeroWhatWaitsWantsOneInstance() {
        for (FleetConfig config : List.of(FleetConfig.DEFAULTS, BUSY)) {
            FleetInput waiting = input(List.of(), 3, config, false);
            Want want = Want.of(Fleets.evidence(waiting, InteractiveNeed.NONE, null, 0));
            assertThat(want).isEqualTo(new Want(1, 1, 1, ReasonCode.INTERACTIVE_BACKPRESSURE));
            FleetInput quiet = input(List.of(), 0, config, false);
            assertThat(Want.of(Fleets.evidence(quiet, InteractiveNeed.NONE, null, 0))
                            .instances())
                    .isZero();
        }
    }

    @Test
    void theBusyRuleWantsItsTargetShareButNotForLessThanATenth() {
        assertThat(busy(2, 4, 3600, null, 0)).as("half of them is busy").isEqualTo(4);
        assertThat(busy(4, 4, 3600, null, 0)).isEqualTo(8);
        assertThat(busy(0, 4, 3600, null, 0)).isZero();
        // 9 % above the target and below, and 12.5 %.
        assertThat(busy(35, 64, 3600, null, 0)).isEqualTo(64);
        assertThat(busy(36, 64, 3600, null, 0)).isEqualTo(72);
        assertThat(busy(29, 64, 3600, null, 0)).isEqualTo(64);
        assertThat(busy(28, 64, 3600, null, 0)).isEqualTo(56);
        assertThat(busy(4, 4, 89, null, 0)).as("warm-up").isEqualTo(4);
        assertThat(busy(4, 4, 3600, ReasonCode.STALE, 0)).as("blind").isEqualTo(4);
        assertThat(busy(4, 4, 89, null, 1)).as("what waits is evidence").isEqualTo(8);
    }

    /** One fast instance does the work of four: used to half it is no fuller than instances were, and needs no care. */
    @Test
    void howFullAFleetGetsIsToldByItsWorkNotByItsHeads() {
        List<InstanceSnapshot> instances = new ArrayList<>(Fleets.idle(Pool.MIXED, 3));
        instances.add(Fleets.ready("fast", Pool.MIXED, START, 0, 0).withAccelerator("fast"));
        Fleet fleet = FleetPlannerTest.twoKinds(instances, 2);
        assertThat(fleet.capacity(1)).isCloseTo(4, within(1e-9));
        assertThat(fleet.capacity(4)).isCloseTo(fleet.capacity(), within(1e-9));
        assertThat(fleet.capacity(5)).isCloseTo(8, within(1e-9));
        Roster roster = Roster.of(instances, LeadTimes.empty(), 20, START);
        FleetInput input = input(instances, 0, FleetConfig.DEFAULTS, false);
        Explored halfAndMore = new Explored(600, 360);
        Want want = Want.of(new Evidence(input, roster, fleet, Fleets.need(4), halfAndMore, null, 3600, 20));
        assertThat(want.instances()).isEqualTo(1);
        assertThat(want.careful()).isEqualTo(want.capacity());
        Explored little = new Explored(600, 120);
        Want careful = Want.of(new Evidence(input, roster, fleet, Fleets.need(4), little, null, 3600, 20));
        assertThat(careful.instances()).isEqualTo(1);
        assertThat(careful.keep()).isGreaterThan(1);
    }

    @Test
    void withoutACurveTheFleetIsKept() {
        List<InstanceSnapshot> instances = new ArrayList<>(Fleets.idle(Pool.MIXED, 2));
        instances.addAll(Fleets.idle(Pool.BATCH, 3));
        Want want =
                Want.of(Fleets.evidence(input(instances, 5, FleetConfig.DEFAULTS, false), Fleets.need(9), null, 3600));
        assertThat(want).isEqualTo(new Want(5, 2, 2, ReasonCode.WARM_UP));
        assertThat(Want.of(Fleets.evidence(
                        input(instances, 5, FleetConfig.DEFAULTS, true), InteractiveNeed.NONE, null, 3600)))
                .isEqualTo(want);
    }

    @Test
    void beforeTheModelIsTrustedOnlyWhatWaitsIsEvidence() {
        List<InstanceSnapshot> instances = new ArrayList<>(Fleets.idle(Pool.MIXED, 2));
        instances.addAll(Fleets.idle(Pool.BATCH, 1));
        FleetInput input = input(instances, 0, FleetConfig.DEFAULTS, true);
        Want quiet = Want.of(Fleets.evidence(input, Fleets.need(9), null, 89));
        assertThat(quiet.instances()).isEqualTo(3);
        assertThat(quiet.front()).isEqualTo(2);
        assertThat(quiet.capacity()).isEqualTo(4.5);
        InteractiveNeed backlog =
                new InteractiveNeed(true, 5, 1.2, 6, Double.NaN, 6.5, 7, 3, 3, new Trend(3, 0), 5, 60);
        Want urged = Want.of(Fleets.evidence(input, backlog, null, 89));
        assertThat(urged.capacity()).isEqualTo(6.5);
        assertThat(urged.instances()).isEqualTo(7);
        assertThat(urged.front()).isEqualTo(7);
        InteractiveNeed little =
                new InteractiveNeed(true, 5, 1.2, 6, Double.NaN, 0.5, 1, 0.4, 0.4, new Trend(0.4, 0), 5, 60);
        assertThat(Want.of(Fleets.evidence(input, little, null, 89)).instances())
                .as("what is there is not given up")
                .isEqualTo(3);
    }

    @Test
    void aTrustedWantIsRoundedUpButNotForAPerCent() {
        FleetInput input = input(Fleets.idle(Pool.MIXED, 2), 0, FleetConfig.DEFAULTS, true);
        assertThat(Want.of(Fleets.evidence(input, Fleets.need(4.03), null, 90)))
                .isEqualTo(new Want(4.03, 4, 4, ReasonCode.INTERACTIVE_BACKPRESSURE));
        assertThat(Want.of(Fleets.evidence(input, Fleets.need(4.05), null, 90)).instances())
                .isEqualTo(5);
    }

    /** Instances wanted where {@code busy} of {@code all} run chats. */
    private static int busy(int busy, int all, double ageSeconds, @Nullable ReasonCode blind, long waiting) {
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (int i = 0; i < all; i++) {
            instances.add(Fleets.ready("i" + i, Pool.MIXED, START, i < busy ? 2 : 0, 1));
        }
        // What serves batch work only is not asked.
        instances.add(Fleets.ready("b", Pool.BATCH, START, 2, 0));
        Evidence evidence = Fleets.evidence(input(instances, waiting, BUSY, true), Fleets.need(9), blind, ageSeconds);
        Want want = Want.of(evidence);
        assertThat(want.front()).isEqualTo(want.instances());
        return want.instances();
    }

    private static FleetInput input(
            List<InstanceSnapshot> instances, long waiting, FleetConfig config, boolean learned) {
        FleetSnapshot snapshot = Fleets.snapshot(START, instances, 0, waiting, List.of());
        return new FleetInput(
                snapshot,
                Fleets.TIERS,
                learned ? Map.of(Fleets.KIND, Fleets.CAPABILITY) : Map.of(),
                FleetLimits.of(0, 200),
                config,
                5,
                START);
    }
}
