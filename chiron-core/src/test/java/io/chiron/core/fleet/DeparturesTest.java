package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.KIND;
import static io.chiron.core.fleet.Fleets.START;
import static io.chiron.core.fleet.Fleets.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.chiron.api.Action;
import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.ReasonCode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who goes, in which order, and why somebody stays. */
class DeparturesTest {
    @Test
    void whatFailedOrFinishedDrainingGoes() {
        Situation situation = new Situation()
                .with(Fleets.ready("i", Pool.MIXED, START, 0, 0))
                .with(instance("failed", Phase.FAILED, null, null))
                .with(instance("empty", Phase.DRAINING, null, Fleets.sample(START, 0, 0, 0)))
                .with(instance("busy", Phase.DRAINING, null, Fleets.sample(START, 0, 1, 0)))
                .with(instance(
                        "queued",
                        Phase.DRAINING,
                        null,
                        InstanceSample.builder(START, 1).waitingRequests(1).build()))
                .with(instance("stale", Phase.DRAINING, null, Fleets.sample(at(-46), 0, 0, 0)))
                .with(instance("silent", Phase.DRAINING, null, null))
                .want(1);
        assertThat(situation.actions(Action.Retire.class))
                .extracting(Action.Retire::instance, retire -> retire.reason().code())
                .containsExactly(tuple("failed", ReasonCode.FAILED), tuple("empty", ReasonCode.DRAINED));
    }

    @Test
    void aDrainThatSaysNothingForTenMinutesEnds() {
        for (int seconds : new int[] {600, 601}) {
            Situation situation = new Situation().with(Fleets.ready("i", Pool.MIXED, START, 0, 0));
            situation.with(instance("silent", Phase.DRAINING, null, null));
            situation.silent = new SilentDrains(Map.of("silent", at(-seconds)));
            assertThat(situation.want(1).of(Action.Retire.class)).hasSize(seconds - 600);
            situation
                    .actions(Action.Retire.class)
                    .forEach(retire -> assertThat(retire.reason().numbers()).containsEntry("silentForSeconds", 601.0));
        }
    }

    @Test
    void whatHangsIsSaidAndEndedAtTwiceTheTime() {
        Situation stuck = new Situation()
                .with(Fleets.ready("i", Pool.MIXED, START, 0, 0))
                .with(instance("hangs", Phase.STARTING, at(-40), null));
        stuck.want(1);
        assertThat(stuck.held("launch")).singleElement().satisfies(reason -> {
            assertThat(reason.code()).isEqualTo(ReasonCode.STUCK);
            assertThat(reason.numbers()).containsEntry("stuckInstances", 1.0).containsEntry("leadSeconds", 20.0);
            assertThat(reason.rejected()).isEqualTo("waiting for hangs");
        });
        assertThat(stuck.of(Action.Retire.class)).isEmpty();
        for (int since : new int[] {60, 61}) {
            Situation given = new Situation().with(instance("hangs", Phase.STARTING, at(-since), null));
            assertThat(given.want(0).of(Action.Retire.class)).hasSize(since - 60);
            given.actions(Action.Retire.class)
                    .forEach(retire -> assertThat(retire.reason().numbers()).containsEntry("startingForSeconds", 81.0));
        }
    }

    @Test
    void startingOnesGoFirstTheLatestOfThemThenWhatLosesLeast() {
        Situation situation = new Situation()
                .with(Fleets.ready("chats", Pool.MIXED, START, 5, 0))
                .with(Fleets.ready("jobs", Pool.MIXED, START, 0, 5))
                .with(Fleets.ready("few", Pool.MIXED, START, 0, 2))
                .with(instance("soon", Phase.STARTING, at(5), null))
                .with(instance("late", Phase.STARTING, at(10), null));
        assertThat(situation.want(4).of(Action.Retire.class)).containsExactly("late");
        assertThat(situation.want(1).of(Action.Retire.class)).containsExactly("late", "soon");
        assertThat(situation.of(Action.Drain.class)).containsExactly("few", "jobs");
    }

    /** Batch work would keep it for minutes; but there must be somebody to take it. */
    @Test
    void aDrainPushesItsBatchWorkOffUnlessItIsTheLast() {
        Situation situation = new Situation()
                .with(Fleets.ready("one", Pool.MIXED, START, 3, 2))
                .with(Fleets.ready("two", Pool.MIXED, START, 5, 0));
        situation.want(0, Map.of());
        assertThat(situation.actions(Action.Evict.class)).singleElement().satisfies(evict -> {
            assertThat(evict.instance()).isEqualTo("one");
            assertThat(evict.tier()).isEqualTo("jobs");
            assertThat(evict.count()).isEqualTo(2);
        });
        Situation last = new Situation().with(Fleets.ready("one", Pool.MIXED, START, 0, 2));
        assertThat(last.want(0, Map.of()).of(Action.Drain.class)).containsExactly("one");
        assertThat(last.actions(Action.Evict.class)).isEmpty();
    }

    @Test
    void whatServesForLessThanALeadTimeOrIsNotMeasuredStaysAndThatIsSaid() {
        Situation young = new Situation()
                .with(instance("young", Phase.READY, at(-19), Fleets.sample(START, 0, 0, 0)))
                .with(instance("unmeasured", Phase.READY, at(-100), Fleets.sample(at(-46), 0, 0, 0)));
        young.want(0, Map.of());
        assertThat(young.of(Action.Drain.class)).isEmpty();
        assertThat(young.held("drain")).singleElement().satisfies(reason -> assertThat(reason.code())
                .isEqualTo(ReasonCode.MINIMUM_LIFE));
        Situation old = new Situation()
                .with(instance("old", Phase.READY, at(-20), Fleets.sample(START, 0, 0, 0)))
                .with(instance("ahead", Phase.READY, at(20), Fleets.sample(START, 0, 0, 0)))
                .with(instance("unknown", Phase.READY, null, Fleets.sample(START, 0, 0, 0)));
        old.want(0, Map.of());
        assertThat(old.of(Action.Drain.class)).containsExactly("old", "ahead", "unknown");
        assertThat(old.held("drain")).isEmpty();
    }

    @Test
    void whatIsDearestForItsWorkAndWhatNobodyLaunchesGoesFirst() {
        Situation situation = new Situation()
                .with(Fleets.ready("cheap", Pool.MIXED, START, 0, 0))
                .with(Fleets.ready("dear", Pool.MIXED, START, 3, 0).withAccelerator("dear"))
                .with(Fleets.ready("old", Pool.MIXED, START, 5, 0).withAccelerator("old"));
        situation.limits = new FleetLimits(
                0,
                20,
                Map.of(),
                Map.of(KIND, new FleetLimits.Accelerator(9, 1), "dear", new FleetLimits.Accelerator(9, 2)));
        situation.launchOrder = List.of(KIND, "dear");
        assertThat(situation.want(1).of(Action.Drain.class)).containsExactly("old", "dear");
    }

    /** Where roles are fixed, what interactive work wants is not given up for a pool that has too many. */
    @Test
    void fixedRolesThatAreWantedStay() {
        Situation situation = new Situation()
                .with(Fleets.ready("front", Pool.MIXED, START, 0, 0))
                .with(Fleets.ready("batch", Pool.BATCH, START, 0, 3));
        situation.config = FleetConfig.builder().reassign(false).build();
        situation.interactiveWant = 1;
        assertThat(situation.want(1).of(Action.Drain.class)).containsExactly("batch");
        situation.interactiveWant = 0;
        assertThat(situation.want(1).of(Action.Drain.class)).containsExactly("front");
    }

    private static InstanceSnapshot instance(
            String id, Phase phase, @Nullable Instant readyAt, @Nullable InstanceSample sample) {
        return new InstanceSnapshot(id, Pool.MIXED, phase, readyAt, null, KIND, sample);
    }
}
