package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.core.routing.RouterLaws.Law;
import io.chiron.core.routing.RouterRun.Kind;
import io.chiron.core.routing.RouterRun.Step;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Random lives of requests on up to four instances, whose tables change, beside a model. One law each. */
class RouterProperties {

    @Property
    void eachRequestIsInOnePlaceAndCountsReturnToZero(
            @ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun run = RouterRun.through(config, steps, Law.ONE_PLACE);
        run.drain();
        assertThat(run.router.queued()).isZero();
        assertThat(run.model.instances).allMatch(at -> run.router.inFlight(at) == 0);
        assertThat(run.router.groups(run.now)).isEmpty();
        assertThat(run.router.flows(run.now))
                .allMatch(flow -> flow.waitingRequests() == 0
                        && flow.waitingPromptTokens() == 0
                        && flow.runningOutputs().total() == 0);
    }

    @Property
    void callsAboutUnknownRequestsChangeNothing(
            @ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.IN_VAIN);
    }

    @Property
    void onlyReadyInstancesOfAServingPoolGetWork(
            @ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.ROLES);
    }

    @Property
    void interactiveAdmissionEndsAtTheHardLimit(
            @ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.HARD_CAP);
    }

    @Property
    void batchAdmissionEndsAtTheSoftLimit(@ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.BATCH_SOFT_CAP);
    }

    @Property
    void interactiveWorkSpreadsOverSoftRoom(@ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.SPREAD);
    }

    @Property
    void onlyTheBestBatchVictimsAreEvicted(@ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.VICTIMS);
    }

    @Property
    void fewestVictimsMakeSoftRoom(@ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.FEWEST_VICTIMS);
    }

    @Property
    void interactiveLimitAppliesInTheSameInstant(
            @ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.INTERACTIVE_LIMIT_AT_ONCE);
    }

    @Property
    void beyondSoftRoomTheLeastFilledIsTaken(
            @ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.LEAST_FILLED);
    }

    @Property
    void interactiveWorkOverflowsOnlyIfNothingCouldTakeIt(
            @ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.OVERFLOW_IS_LAST);
    }

    @Property
    void batchIsPlacedAtOnceExactlyIfItPassesNoOther(
            @ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.BATCH_AT_ONCE);
    }

    @Property
    void overflowIsServedFirstInOrder(@ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.OVERFLOW_FIRST);
    }

    @Property
    void nextBatchRequestIsTheEarliestAvailable(
            @ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.EARLIEST_DEADLINE);
    }

    @Property
    void nextTakesTheFirstRequestThatFits(@ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.TAKES_ROOM);
    }

    @Property
    void evictedRequestsWaitForTheirHomeUntilTheyAreNearlyDue(
            @ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.HOME);
    }

    @Property
    void workThatCannotBeEvictedTakesAShareOfMixedInstances(
            @ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.WORN_SHARE);
    }

    @Property
    void failureReturnsInteractiveWorkAndQueuesBatchWork(
            @ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.FAILED);
    }

    @Property
    void groupsAddUpAndPromiseNothing(@ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.GROUPS);
    }

    @Property
    void flowsCountWhatWaitsRunsAndEnded(@ForAll("configs") RouterConfig config, @ForAll("steps") List<Step> steps) {
        RouterRun.through(config, steps, Law.FLOWS);
    }

    @Provide
    Arbitrary<RouterConfig> configs() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.frequency(Tuple.of(8, true), Tuple.of(1, false)),
                        Arbitraries.frequency(Tuple.of(6, true), Tuple.of(1, false)),
                        Arbitraries.of(0.0, 3.0, 20.0),
                        Arbitraries.of(2, 5, 64))
                .as((evictions, evict, hard, homeWait, groups) -> RouterConfig.builder()
                        .maxEvictionsPerRequest(evictions)
                        .evictionEnabled(evict)
                        .hardAdmission(hard)
                        .homeWaitSeconds(homeWait)
                        .groupLimit(groups)
                        .build());
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(24, Kind.OFFER_INTERACTIVE),
                Tuple.of(26, Kind.OFFER_BATCH),
                Tuple.of(20, Kind.NEXT),
                Tuple.of(6, Kind.FIRST_TOKEN),
                Tuple.of(6, Kind.PROGRESS),
                Tuple.of(14, Kind.FINISHED),
                Tuple.of(4, Kind.CANCELLED),
                Tuple.of(2, Kind.FAILED),
                Tuple.of(4, Kind.EVICT),
                Tuple.of(3, Kind.PUBLISH));
        Arbitrary<Integer> numbers = Arbitraries.integers().between(0, 9_999).withoutEdgeCases();
        return Combinators.combine(kinds, numbers, numbers)
                .as((kind, a, b) -> new Step(kind, a, b % 100))
                .list()
                .ofMinSize(20)
                .ofMaxSize(70);
    }
}
