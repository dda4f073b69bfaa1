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

/** What holds of Chiron in closed loop, whatever the plant, the load and the settings. */
class ClosedLoopProperties {
    @Provide
    Arbitrary<Scenario> scenarios() {
        return Scenario.any();
    }

    @Provide
    Arbitrary<Fault> faults() {
        List<Fault> all = new ArrayList<>(List.of(OfSource.values()));
        all.addAll(List.of(OfActuator.values()));
        all.addAll(List.of(OfInstances.values()));
        all.addAll(List.of(OfClock.values()));
        return Arbitraries.of(all);
    }

    private static ClosedLoop loop(Scenario scenario, Load load) {
        return ClosedLoop.of(scenario.config().build(), scenario.plant(), load).tickSeconds(5);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void constantLoadSettles(@ForAll("scenarios") Scenario scenario) {
        Run run = loop(scenario, Load.even(scenario.chat(), scenario.perSecond(), 0, 2400))
                .run(2400);
        assertThat(run.between(1500, 2400)).noneMatch(Run.Moment::resized);
        assertThat(run.peakPaid()).isLessThanOrEqualTo(scenario.maxInstances());
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void twiceTheLoadNeverEndsWithFewerInstances(@ForAll("scenarios") Scenario scenario) {
        double once = paid(loop(scenario, Load.even(scenario.chat(), scenario.perSecond(), 0, 1500))
                .run(1500));
        double twice = paid(loop(scenario, Load.even(scenario.chat(), 2 * scenario.perSecond(), 0, 1500))
                .run(1500));
        assertThat(twice).isGreaterThanOrEqualTo(once);
    }

    private static double paid(Run run) {
        return run.between(900, 1500).stream()
                .mapToInt(Run.Moment::paid)
                .average()
                .orElseThrow();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void feasibleDeadlinesAreMet(@ForAll("scenarios") Scenario scenario, @ForAll long seed) {
        double at = 300;
        double until = at + scenario.demand().deadlineSeconds() + 300;
        Load load = Load.poisson(scenario.chat(), scenario.perSecond(), 0, until, seed)
                .and(Load.burst(scenario.jobs(), scenario.jobCount(), at));
        Run run = loop(scenario, load).run(until);
        assertThat(run.inTime(Scenario.JOBS)).isGreaterThanOrEqualTo(0.95);
        assertThat(run.peakPaid()).isLessThanOrEqualTo(scenario.maxInstances());
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void recoversFromAnySingleFault(@ForAll("scenarios") Scenario scenario, @ForAll("faults") Fault fault) {
        Load load = Load.even(scenario.chat(), scenario.perSecond(), 0, 1800);
        Run run = loop(scenario, load).fault(fault, 600, 720).run(1800);
        List<Outcome> after = run.outcomes(Scenario.CHAT, 1500, 1780);
        double inTime = after.stream().filter(Outcome::inTime).count() / Math.max(1.0, after.size());
        assertThat(inTime).isGreaterThanOrEqualTo(0.95);
        assertThat(run.peakPaid()).isLessThanOrEqualTo(scenario.maxInstances());
    }
}
