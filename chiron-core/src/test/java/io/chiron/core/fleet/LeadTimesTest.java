package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.KIND;
import static io.chiron.core.fleet.Fleets.START;
import static io.chiron.core.fleet.Fleets.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.core.fleet.LeadTimes.Pending;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a launch is followed, with numbers. */
class LeadTimesTest {
    private static final Pending LAUNCH = Pending.of(Pool.MIXED, KIND, START);
    private static final LeadTimes ONE = LeadTimes.empty().asked(Map.of("l", LAUNCH), 1);

    @Test
    void theLeadTimeIsTheNinthOfTenOfTheLast32() {
        assertThat(LeadTimes.empty().seconds(60)).isEqualTo(60);
        assertThat(measured(1, 10).seconds(60)).isEqualTo(9);
        assertThat(measured(1, 11).seconds(60)).isEqualTo(10);
        assertThat(measured(1, 100).measuredSeconds())
                .hasSize(32)
                .startsWith(69.0)
                .endsWith(100.0);
    }

    @Test
    void aLaunchIsExpectedThenOverdueThenLost() {
        assertThat(ONE.expected(20, at(40))).hasSize(1);
        assertThat(ONE.overdue(20, at(40))).isEmpty();
        assertThat(ONE.expected(20, at(40.1))).isEmpty();
        assertThat(ONE.overdue(20, at(40.1))).containsOnlyKeys("l");
        assertThat(ONE.expected(5, at(30))).as("observations lag").hasSize(1);
        assertThat(ONE.expected(5, at(30.1))).isEmpty();
        assertThat(ONE.observe(List.of(), at(600), 20).pending()).hasSize(1);
        assertThat(ONE.observe(List.of(), at(600.1), 20).pending()).isEmpty();
        assertThat(ONE.observe(List.of(), at(800), 200).pending()).hasSize(1);
        assertThat(ONE.observe(List.of(), at(800.1), 200).pending()).isEmpty();
    }

    @Test
    void aLaunchThatIsSeenIsFollowedByItsInstance() {
        LeadTimes seen = ONE.observe(List.of(instance(Phase.STARTING, "l", null)), at(10), 20);
        assertThat(seen.unseen()).isEmpty();
        assertThat(seen.pending().get("l").instance()).isEqualTo("i");
        assertThat(seen.starting()).isEmpty();
        LeadTimes ready = seen.observe(List.of(instance(Phase.READY, "l", at(25))), at(30), 20);
        assertThat(ready.measuredSeconds()).containsExactly(25.0);
        assertThat(ready.pending()).isEmpty();
        assertThat(seen.observe(List.of(instance(Phase.DRAINING, "l", null)), at(30), 20)
                        .measuredSeconds())
                .containsExactly(30.0);
        LeadTimes failed = seen.observe(List.of(instance(Phase.FAILED, "l", null)), at(30), 20);
        assertThat(failed.measuredSeconds()).isEmpty();
        assertThat(failed.pending()).isEmpty();
    }

    /** A start that hung and was ended makes the next one wait twice as long, and one that served forgets that. */
    @Test
    void startsGivenUpDoubleThePatience() {
        LeadTimes seen = ONE.observe(List.of(instance(Phase.STARTING, "l", null)), at(10), 20);
        assertThat(seen.givenUpAfterSeconds(20)).isEqualTo(80);
        assertThat(seen.observe(List.of(), at(80), 20).givenUp())
                .as("gone, for another reason")
                .isZero();
        LeadTimes gone = seen.observe(List.of(), at(80.1), 20);
        assertThat(gone.givenUp()).isEqualTo(1);
        assertThat(gone.givenUpAfterSeconds(20)).isEqualTo(160);
        LeadTimes many = new LeadTimes(Map.of(), List.of(), Map.of(), 9, 0);
        assertThat(many.givenUpAfterSeconds(20)).isEqualTo(40 * 32);
        LeadTimes again = new LeadTimes(Map.of("l", LAUNCH), List.of(), Map.of(), 3, 1);
        assertThat(again.observe(List.of(instance(Phase.READY, "l", null)), at(30), 20)
                        .givenUp())
                .isZero();
    }

    @Test
    void aStartOfUnknownOriginCountsFromWhenItWasSeenOrIsToServe() {
        LeadTimes seen = LeadTimes.empty().observe(List.of(instance(Phase.STARTING, null, null)), at(10), 20);
        assertThat(seen.starting()).containsExactly(Map.entry("i", at(10)));
        LeadTimes later = seen.observe(List.of(instance(Phase.STARTING, null, null)), at(15), 20);
        assertThat(later.startingForSeconds(instance(Phase.STARTING, null, null), 20, at(17)))
                .isEqualTo(7);
        assertThat(later.observe(List.of(instance(Phase.STARTING, null, null)), at(5), 20)
                        .starting())
                .as("a clock that went back")
                .containsEntry("i", at(5));
        assertThat(later.startingForSeconds(instance(Phase.STARTING, null, at(30)), 20, at(17)))
                .isEqualTo(7);
        assertThat(ONE.startingForSeconds(instance(Phase.STARTING, "l", null), 20, at(17)))
                .isEqualTo(17);
    }

    @Test
    void aClockThatWentBackCountsFromNow() {
        LeadTimes ahead = LeadTimes.empty().asked(Map.of("l", Pending.of(Pool.MIXED, KIND, at(100))), 1);
        assertThat(ahead.observe(List.of(), at(40), 20).pending().get("l").askedAt())
                .isEqualTo(at(40));
        assertThat(ONE.observe(List.of(), at(0), 20).pending()).containsEntry("l", LAUNCH);
    }

    /** After the limits were lowered, launches that were refused go before those that may be on their way. */
    @Test
    void refusedLaunchesWithoutRoomAreTakenBack() {
        LeadTimes three = ONE.asked(Map.of("m", LAUNCH), 1).asked(Map.of("n", LAUNCH), 1);
        List<InstanceSnapshot> one = List.of(instance(Phase.READY, null, null));
        assertThat(three.withRoomFor(Set.of("l", "n"), one, FleetLimits.of(0, 4)))
                .isSameAs(three);
        assertThat(three.withRoomFor(Set.of("l", "n"), one, FleetLimits.of(0, 3))
                        .pending())
                .containsOnlyKeys("l", "m");
        assertThat(three.withRoomFor(Set.of("l", "n"), one, FleetLimits.of(0, 1))
                        .pending())
                .containsOnlyKeys("m");
        FleetLimits kind = new FleetLimits(0, 9, Map.of(), Map.of(KIND, new FleetLimits.Accelerator(2, 1)));
        assertThat(three.withRoomFor(Set.of("l", "n"), one, kind).pending()).containsOnlyKeys("m");
        FleetLimits pool = new FleetLimits(
                0, 9, Map.of(Pool.MIXED, new FleetLimits.Range(0, 2)), Map.of(KIND, new FleetLimits.Accelerator(9, 1)));
        assertThat(three.withRoomFor(Set.of("l", "n"), one, pool).pending()).containsOnlyKeys("m");
        assertThat(three.without(Set.of("m")).pending()).containsOnlyKeys("l", "n");
        assertThat(three.newLaunchId("f", 0, START)).endsWith("-3");
    }

    private static LeadTimes measured(int from, int to) {
        LeadTimes leads = LeadTimes.empty();
        for (int i = from; i <= to; i++) {
            List<InstanceSnapshot> ready = new ArrayList<>();
            ready.add(instance(Phase.READY, "l" + i, at(i)));
            leads = leads.asked(Map.of("l" + i, LAUNCH), 1).observe(ready, at(1000), 20);
        }
        return leads;
    }

    private static InstanceSnapshot instance(Phase phase, @Nullable String launchId, @Nullable Instant readyAt) {
        return new InstanceSnapshot("i", Pool.MIXED, phase, readyAt, launchId, KIND, null);
    }
}
