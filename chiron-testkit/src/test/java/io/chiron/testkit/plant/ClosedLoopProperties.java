package io.chiron.testkit.plant;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.testkit.plant.Fault.OfActuator;
import io.chiron.testkit.plant.Fault.OfClock;
import io.chiron.testkit.plant.Fault.OfInstances;
import io.chiron.testkit.plant.Fault.OfSource;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.statistics.Statistics;

/**
 * What holds of Chiron in closed loop, whatever the plant, the load and the settings. Without shrinking: a run that fails
 * says its scenario, which is small. {@code verify} always sees the same plants; the profile {@code long} sees new ones each
 * time, and {@code -Dtest.seed=fresh} or {@code -Dtest.seed=42} asks for others (see {@link Seeds}). Of some thousand
 * new ones, one had not recovered from a fault in time (decision 0025).
 */
@AddLifecycleHook(Seeds.class)
class ClosedLoopProperties {
    private static final double TICK_SECONDS = 5;
    private static final double PLANNED = 0.95;
    private static final double SETTLED_SECONDS = 2400;
    private static final double SETTLED = 0.995;
    /** A drain, a retirement and a launch. */
    private static final int ONE_TURN = 3;

    private static final double FAULT_SECONDS = 600;
    private static final double RECOVERED_SECONDS = 900;

    @Provide
    Arbitrary<Scenario> scenarios() {
        return Scenario.any();
    }

    /** Every fault there is, the total blindness of {@link OfSource#NULL} among them. */
    @Provide
    Arbitrary<Fault> faults() {
        List<Fault> all = new ArrayList<>(List.of(OfSource.values()));
        all.addAll(List.of(OfActuator.values()));
        all.addAll(List.of(OfInstances.values()));
        all.addAll(List.of(OfClock.values()));
        return Arbitraries.of(all);
    }

    private static Run run(Scenario scenario, Load load, double seconds) {
        return ClosedLoop.of(scenario.config().build(), scenario.plant(), load)
                .tickSeconds(TICK_SECONDS)
                .run(seconds);
    }

    /**
     * In the 75 plants of a build each; of many, one in a thousand or so still tries one instance less after 40 minutes.
     * A load that a whole number of instances serves with a fifth to spare; nearer to it see
     * {@link FoundInClosedLoopTest}.
     */
    @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void constantLoadSettles(@ForAll("scenarios") Scenario any) {
        Scenario scenario = any.filling(0.8 * Math.ceil(any.demand().instances()));
        double end = SETTLED_SECONDS + 600;
        Run run = run(scenario, Load.even(scenario.chat(), scenario.perSecond(), 0, end), end);
        long resized = run.between(SETTLED_SECONDS, end).stream()
                .filter(Run.Moment::resized)
                .count();
        assertThat(resized)
                .as("resized since %s s: %s", SETTLED_SECONDS, run.sizes())
                .isLessThanOrEqualTo(ONE_TURN);
        Statistics.label("settled").collect(resized == 0).coverage(settled -> settled.check(true)
                .count((count, plants) -> count >= SETTLED * plants));
        assertQuota(scenario, run);
        assertInTime(run.outcomes(Scenario.CHAT, SETTLED_SECONDS, end - 20), 1);
    }

    @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void twiceTheLoadNeverEndsWithFewerInstances(@ForAll("scenarios") Scenario scenario) {
        Run once = run(scenario, Load.even(scenario.chat(), scenario.perSecond(), 0, 1200), 1200);
        Run twice = run(scenario, Load.even(scenario.chat(), 2 * scenario.perSecond(), 0, 1200), 1200);
        assertThat(meanPaid(twice))
                .as("once: %s twice: %s", once.sizes(), twice.sizes())
                .isGreaterThanOrEqualTo(meanPaid(once));
        assertQuota(scenario, once);
        assertQuota(scenario, twice);
    }

    private static double meanPaid(Run run) {
        return run.between(800, 1200).stream()
                .mapToInt(Run.Moment::paid)
                .average()
                .orElseThrow();
    }

    /** Deadlines that the plant can meet with an instance and more to spare, each with the probability that is planned. */
    @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void feasibleDeadlinesAreMet(@ForAll("scenarios") Scenario scenario, @ForAll long seed) {
        double at = 300;
        double until = at + scenario.demand().deadlineSeconds() + 60;
        Load load = Load.poisson(scenario.chat(), scenario.perSecond(), 0, until, seed)
                .and(Load.burst(scenario.jobs(), scenario.jobCount(), at));
        Run run = run(scenario, load, until);
        assertQuota(scenario, run);
        // Planned are 1.64 deviations: of many plants 95 % meet their deadlines, give or take three standard errors.
        Statistics.label("deadlines met")
                .collect(run.inTime(Scenario.JOBS) >= PLANNED)
                .coverage(met -> met.check(true)
                        .count((count, plants) ->
                                count >= PLANNED * plants - 3 * Math.sqrt(PLANNED * (1 - PLANNED) * plants)));
        assertThat(run.inTime(Scenario.JOBS)).as("in time: %s", run.sizes()).isGreaterThanOrEqualTo(0.8);
    }

    @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void recoversFromAnySingleFault(@ForAll("scenarios") Scenario scenario, @ForAll("faults") Fault fault) {
        double end = FAULT_SECONDS + 120 + RECOVERED_SECONDS;
        Load load = Load.even(scenario.chat(), scenario.perSecond(), 0, end);
        Run run = ClosedLoop.of(scenario.config().build(), scenario.plant(), load)
                .instances((int) Math.ceil(scenario.demand().instances()))
                .tickSeconds(TICK_SECONDS)
                .fault(fault, FAULT_SECONDS, FAULT_SECONDS + 120)
                .run(end);
        assertInTime(run.outcomes(Scenario.CHAT, end - 300, end - 20), 0.95);
        assertQuota(scenario, run);
    }

    /** At no instant, what is launched and not seen yet included. */
    private static void assertQuota(Scenario scenario, Run run) {
        assertThat(run.peakPaid()).as("most instances: %s", run.sizes()).isLessThanOrEqualTo(scenario.maxInstances());
    }

    private static void assertInTime(List<Outcome> outcomes, double share) {
        long met = outcomes.stream().filter(Outcome::inTime).count();
        assertThat((double) met).as("in time of %s", outcomes.size()).isGreaterThanOrEqualTo(share * outcomes.size());
    }
}
