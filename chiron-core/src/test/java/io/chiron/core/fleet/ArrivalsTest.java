package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.KIND;
import static io.chiron.core.fleet.Fleets.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Action;
import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.ReasonCode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who comes, into which pool, and what stands in the way. */
class ArrivalsTest {
    @Test
    void aFleetGrowsToTwiceWhatServesAtATime() {
        Situation situation = new Situation().with(Fleets.idle(Pool.MIXED, 3));
        assertThat(situation.want(6).launches()).hasSize(3);
        assertThat(situation.held("launch")).isEmpty();
        assertThat(situation.want(9).launches()).hasSize(3);
        assertThat(situation.held("launch")).singleElement().satisfies(reason -> {
            assertThat(reason.code()).isEqualTo(ReasonCode.AT_LIMIT);
            assertThat(reason.rejected()).isEqualTo("at most twice the ready instances at a time");
            assertThat(reason.numbers()).containsEntry("missingInstances", 3.0).containsEntry("maxInstances", 20.0);
        });
        situation.with(starting("s"));
        situation.launched("l", Pool.MIXED, 5);
        assertThat(situation.want(9).launches()).as("what comes counts").hasSize(1);
        assertThat(new Situation().want(5).launches()).as("from none, one").hasSize(1);
        Situation minimum = new Situation();
        minimum.limits = FleetLimits.of(4, 20);
        assertThat(minimum.want(5).launches()).hasSize(4);
    }

    @Test
    void quotaAndMaximumStandInTheWay() {
        Situation situation = new Situation().with(Fleets.idle(Pool.MIXED, 3));
        situation.limits = FleetLimits.of(0, 5);
        assertThat(situation.want(6).launches()).hasSize(2);
        assertThat(situation.held("launch")).singleElement().satisfies(reason -> assertThat(reason.rejected())
                .isEqualTo("quota or maximum is reached"));
        situation.limits = new FleetLimits(0, 20, Map.of(), Map.of(KIND, new FleetLimits.Accelerator(4, 1)));
        assertThat(situation.want(6).launches()).hasSize(1);
        situation.with(new InstanceSnapshot("d", Pool.MIXED, Phase.FAILED, null, null, KIND, null));
        assertThat(situation.want(6).launches()).as("what failed takes no room").hasSize(1);
        situation.limits = FleetLimits.of(0, 5);
        situation.with(InstanceSnapshot.of("s", Pool.MIXED, Phase.STARTING, START.minusSeconds(50)));
        assertThat(situation.want(6).launches()).as("what hangs does").hasSize(1);
    }

    @Test
    void mixedOnesComeFirstThenWhoIsShortOfInstances() {
        Map<Pool, Integer> pools = Map.of(Pool.MIXED, 1, Pool.INTERACTIVE, 1, Pool.BATCH, 1);
        assertThat(new Situation().want(1, Map.of(Pool.BATCH, 1)).launches()).containsExactly(Pool.BATCH);
        Situation empty = new Situation();
        empty.limits = FleetLimits.of(3, 20);
        empty.interactiveWant = 3;
        assertThat(empty.want(3, pools).launches()).containsExactly(Pool.MIXED, Pool.INTERACTIVE, Pool.BATCH);
        empty.interactiveWant = 1;
        assertThat(empty.want(3, pools).launches()).containsExactly(Pool.MIXED, Pool.BATCH, Pool.INTERACTIVE);
    }

    @Test
    void whatIsOverdueIsAskedForAgainByItsIdAndBeforeOthers() {
        Situation situation = new Situation().with(Fleets.idle(Pool.MIXED, 3));
        situation.launched("lost", Pool.MIXED, 41);
        assertThat(situation.want(5).actions(Action.Launch.class))
                .extracting(Action.Launch::launchId)
                .hasSize(2)
                .startsWith("lost");
        situation.limits = FleetLimits.of(0, 4);
        assertThat(situation.want(5).actions(Action.Launch.class))
                .extracting(Action.Launch::launchId)
                .containsExactly("lost");
    }

    @Test
    void drainsAreTakenBackThoseWithMostWorkFirst() {
        Situation situation = new Situation()
                .with(Fleets.idle(Pool.MIXED, 1))
                .with(draining("little", 1))
                .with(draining("much", 9));
        assertThat(situation.want(2).of(Action.CancelDrain.class)).containsExactly("much");
        assertThat(situation.launches()).isEmpty();
        assertThat(situation.want(4).of(Action.CancelDrain.class)).containsExactly("much", "little");
        assertThat(situation.launches()).hasSize(1);
        assertThat(situation.want(1).of(Action.CancelDrain.class)).isEmpty();
    }

    /** One that holds work of others cannot serve interactive work only; nobody comes back into a full pool for nothing. */
    @Test
    void aDrainIsTakenBackIfSomePoolHasUseForIt() {
        FleetLimits noMixed = new FleetLimits(
                0,
                20,
                Map.of(Pool.MIXED, new FleetLimits.Range(0, 0)),
                Map.of(KIND, new FleetLimits.Accelerator(20, 1)));
        for (Pool wanted : new Pool[] {Pool.BATCH, Pool.INTERACTIVE}) {
            for (int saved : new int[] {0, 9}) {
                Situation situation = new Situation()
                        .with(Fleets.ready("i", wanted, START, 0, 0))
                        .with(draining("d", 1).withSample(Fleets.sample(START, 1, 0, saved)));
                situation.limits = noMixed;
                situation.want(2, Map.of(wanted, 2));
                assertThat(situation.of(Action.CancelDrain.class))
                        .as("%s %d", wanted, saved)
                        .hasSize(wanted == Pool.BATCH || saved == 0 ? 1 : 0);
                situation.limits = FleetLimits.of(0, 20);
                assertThat(situation.want(2, Map.of(wanted, 2)).of(Action.CancelDrain.class))
                        .as("there is room in its pool")
                        .hasSize(1);
            }
        }
    }

    @Test
    void whereRolesAreFixedABatchDrainIsNoHelpForInteractiveWork() {
        Situation situation = new Situation()
                .with(Fleets.ready("i", Pool.MIXED, START, 0, 0))
                .with(InstanceSnapshot.of("b", Pool.BATCH, Phase.DRAINING, START.minusSeconds(500)));
        situation.config = FleetConfig.builder().reassign(false).build();
        situation.interactiveWant = 2;
        Map<Pool, Integer> pools = Map.of(Pool.MIXED, 2, Pool.BATCH, 1);
        assertThat(situation.want(2, pools).of(Action.CancelDrain.class)).isEmpty();
        assertThat(situation.want(3, pools).of(Action.CancelDrain.class)).containsExactly("b");
        situation.launched("l", Pool.MIXED, 5);
        assertThat(situation.want(3, pools).of(Action.CancelDrain.class))
                .as("what comes serves it")
                .containsExactly("b");
        situation.limits = new FleetLimits(
                0,
                20,
                Map.of(Pool.BATCH, new FleetLimits.Range(0, 0)),
                Map.of(KIND, new FleetLimits.Accelerator(20, 1)));
        assertThat(situation.want(3, pools).of(Action.CancelDrain.class)).isEmpty();
    }

    /** Where roles are fixed, only a launch into a pool that is short of instances is asked for again. */
    @Test
    void whatIsOverdueIsAskedForAgainOnlyIfItsPoolIsShort() {
        for (boolean reassign : new boolean[] {true, false}) {
            Situation situation = new Situation().with(Fleets.idle(Pool.MIXED, 3));
            situation.config = FleetConfig.builder().reassign(reassign).build();
            situation.launched("lost", Pool.BATCH, 41);
            assertThat(situation.want(4).actions(Action.Launch.class))
                    .extracting(Action.Launch::launchId)
                    .hasSize(1)
                    .doesNotContain(reassign ? "" : "lost");
            assertThat(situation.want(4, Map.of(Pool.MIXED, 3, Pool.BATCH, 1)).actions(Action.Launch.class))
                    .extracting(Action.Launch::launchId)
                    .containsExactly("lost");
        }
    }

    private static InstanceSnapshot starting(String id) {
        return InstanceSnapshot.of(id, Pool.MIXED, Phase.STARTING, START.plusSeconds(5));
    }

    private static InstanceSnapshot draining(String id, long chats) {
        return InstanceSnapshot.of(id, Pool.MIXED, Phase.DRAINING, START.minusSeconds(500))
                .withSample(Fleets.sample(START, chats, 0, 0));
    }
}
