package io.chiron.testkit.plant;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Action;
import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestGroup;
import io.chiron.api.RoutedRequest;
import io.chiron.core.Chiron;
import io.chiron.core.ChironConfig;
import io.chiron.core.PollingSource;
import io.chiron.core.TickReport;
import io.chiron.core.local.LocalDecision;
import io.chiron.core.routing.Router;
import io.chiron.core.routing.RouterConfig;
import io.chiron.testkit.plant.Fault.OfInstances;
import io.chiron.testkit.plant.Fault.OfSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faults in closed loop, each on its own: what Chiron says and does meanwhile, and that it is over afterwards. */
class FaultsTest {
    private static final double FROM = 600;
    private static final double TO = 720;
    private static final double END = 1500;

    private final Scenario scenario = Fleets.usual();

    private ClosedLoop loop(Load load) {
        return ClosedLoop.of(scenario.config().build(), scenario.plant(), load).instances(3);
    }

    private Run run(Fault fault) {
        return loop(Fleets.even(scenario, END)).fault(fault, FROM, TO).run(END);
    }

    private static void assertServed(Run run, double from, double to) {
        assertThat(run.outcomes(Scenario.CHAT, from, to).stream().map(Outcome::inTime))
                .as(run.sizes())
                .containsOnly(true);
    }

    /** No snapshot, one of another time, or one that tells nothing: nothing changes, and it says why. */
    @ParameterizedTest
    @EnumSource(
            value = OfSource.class,
            names = {"THROWS", "NULL", "EMPTY", "PAST", "FUTURE"})
    void withoutASnapshotOfNowEverythingIsHeld(OfSource fault) {
        Run run = run(fault);
        ReasonCode code = fault == OfSource.PAST || fault == OfSource.FUTURE ? ReasonCode.STALE : ReasonCode.BLIND;
        for (Run.Moment moment : run.between(FROM, TO - 1)) {
            assertThat(moment.report().blindness()).isEqualTo(code);
            assertThat(moment.scaled()).isFalse();
        }
        assertThat(run.at(TO + 1).report().blindness()).isNull();
        assertServed(run, 300, END - 20);
    }

    /** What is measured cannot be true: every batch limit is held, with the reason. */
    @ParameterizedTest
    @EnumSource(
            value = OfSource.class,
            names = {"NOT_A_NUMBER", "NEGATIVE", "INFINITE"})
    void samplesThatCannotBeTrueHoldTheBatchLimits(OfSource fault) {
        Run run = run(fault);
        for (Run.Moment moment : run.between(FROM, TO - 1)) {
            assertThat(moment.report().local().values()).allMatch(LocalDecision::held);
        }
        assertServed(run, 300, END - 20);
    }

    @ParameterizedTest
    @EnumSource(
            value = OfSource.class,
            names = {"DUPLICATED", "COUNTERS_RESET"})
    void whatIsListedTwiceOrCountsAnewHurtsNobody(OfSource fault) {
        Run run = run(fault);
        assertServed(run, 300, END - 20);
        assertThat(run.peakPaid()).isLessThanOrEqualTo(scenario.maxInstances());
    }

    /** Instances that are not listed are taken for gone; what is launched for them is given back. */
    @Test
    void whatIsNotListedIsReplacedAndGivenBack() {
        Run run = run(OfSource.HALF_THE_FLEET);
        assertServed(run, TO + 60, END - 20);
        assertThat(run.last().paid())
                .as(run.sizes())
                .isLessThanOrEqualTo(run.at(FROM).paid());
    }

    @ParameterizedTest
    @EnumSource(Fault.OfActuator.class)
    void anActuatorThatFailsWhileTheLoadDoublesIsTriedUntilItWorks(Fault.OfActuator fault) {
        Load load = Fleets.even(scenario, END).and(Load.even(scenario.chat(), scenario.perSecond(), FROM, END));
        Run run = loop(load).fault(fault, FROM, TO).run(END);
        assertServed(run, TO + 400, END - 20);
        assertThat(run.peakPaid()).isLessThanOrEqualTo(scenario.maxInstances());
        boolean refused = run.between(FROM, TO).stream()
                .anyMatch(moment -> !moment.report().failures().isEmpty());
        assertThat(refused).isEqualTo(fault == Fault.OfActuator.THROWS || fault == Fault.OfActuator.NO_QUOTA);
    }

    /** While the load doubles, so that there are launches to go wrong. */
    @ParameterizedTest
    @EnumSource(OfInstances.class)
    void instancesThatMisbehaveAreReplaced(OfInstances fault) {
        Load load = Fleets.even(scenario, END).and(Load.even(scenario.chat(), scenario.perSecond(), FROM, END));
        Run run = loop(load).fault(fault, FROM, TO).run(END);
        assertServed(run, TO + 400, END - 20);
        assertThat(run.peakPaid()).isLessThanOrEqualTo(scenario.maxInstances());
    }

    @ParameterizedTest
    @EnumSource(Fault.OfClock.class)
    void aClockThatJumpsStopsNothing(Fault.OfClock fault) {
        Run run = run(fault);
        assertServed(run, TO + 60, END - 20);
        assertThat(run.peakPaid()).isLessThanOrEqualTo(scenario.maxInstances());
        assertThat(run.between(FROM, TO).stream()
                        .filter(moment -> moment.report().planned()))
                .as("the fleet rule runs on")
                .hasSizeGreaterThan(5);
    }

    /** Behind the polling source a hang costs no tick: it is stale after a while, then holds, and comes back. */
    @Test
    void aSourceThatHangsIsStaleAndComesBack() {
        Queue<Runnable> hanging = new ArrayDeque<>();
        boolean[] hangs = {false};
        ClosedLoop loop = loop(Fleets.even(scenario, END))
                .source(healthy -> new PollingSource(healthy, task -> {
                    if (hangs[0]) {
                        hanging.add(task);
                    } else {
                        task.run();
                    }
                }));
        Run run = loop.at(FROM, chiron -> hangs[0] = true)
                .at(TO, chiron -> {
                    hangs[0] = false;
                    hanging.forEach(Runnable::run);
                })
                .run(END);
        assertThat(hanging).as("polls while one hangs").hasSize(1);
        assertThat(run.at(TO - 1).report().blindness()).isEqualTo(ReasonCode.STALE);
        assertThat(run.at(TO + 5).report().blindness()).isNull();
        assertServed(run, 300, END - 20);
    }

    @Test
    void deadlinesThatHavePassedAreStillServed() {
        Load late = Load.burst(new Load.Requests(Scenario.JOBS, 100, 100, -60), 50, FROM);
        Run run = loop(Fleets.even(scenario, END).and(late)).run(END);
        assertThat(run.outcomes(Scenario.JOBS, 0, END)).hasSize(50).allMatch(Outcome::ended);
        assertServed(run, 300, END - 20);
        assertThat(run.peakPaid()).as(run.sizes()).isLessThanOrEqualTo(scenario.maxInstances());
        assertThat(run.last().paid()).as(run.sizes()).isEqualTo(run.at(FROM).paid());
    }

    @Test
    void aConfigurationThatIsReplacedHoldsFromThenOn() {
        ChironConfig.Builder smaller = ChironConfig.builder("fleet", scenario.tiers(), FleetLimits.of(1, 2));
        Run run = loop(Fleets.even(scenario, END))
                .at(FROM, chiron -> chiron.reconfigure(smaller.build()))
                .at(900, chiron -> chiron.reconfigure(scenario.config().build()))
                .run(END);
        assertThat(run.at(FROM).paid()).isGreaterThan(2);
        assertThat(run.between(FROM + 120, 899).stream().mapToInt(Run.Moment::paid))
                .as(run.sizes())
                .containsOnly(2);
        assertServed(run, 1200, END - 20);
    }

    /** The queue is known in at most 64 groups, and the plan stays inside the quota. */
    @Test
    void aMillionRequestsInOneTick() {
        int million = 1_000_000;
        Router router = new Router(scenario.tiers(), RouterConfig.DEFAULTS);
        for (int i = 0; i < million; i++) {
            router.offer(
                    new RoutedRequest(
                            "r" + i, Scenario.JOBS, 100, ClosedLoop.START, ClosedLoop.START.plusSeconds(60 + i % 7200)),
                    ClosedLoop.START);
        }
        assertThat(router.queued()).isEqualTo(million);
        List<RequestGroup> groups = router.groups(ClosedLoop.START);
        assertThat(groups).hasSizeLessThanOrEqualTo(64);
        assertThat(groups.stream().mapToLong(RequestGroup::count).sum()).isEqualTo(million);
        int[] launches = {0};
        Chiron chiron = new Chiron(
                scenario.config().build(),
                (fleet, now) -> new FleetSnapshot(
                        fleet,
                        now,
                        List.of(InstanceSnapshot.of("i0", Pool.MIXED, Phase.READY, ClosedLoop.START)),
                        router.flows(now),
                        router.groups(now)),
                action -> launches[0] += action instanceof Action.Launch ? 1 : 0);
        for (int second = 0; second < 200; second += 5) {
            TickReport report = chiron.tick(ClosedLoop.START.plusSeconds(second));
            assertThat(report.failures()).isEmpty();
        }
        assertThat(launches[0]).isLessThan(scenario.maxInstances());
    }
}
