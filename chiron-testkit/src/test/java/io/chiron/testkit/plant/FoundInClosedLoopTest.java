package io.chiron.testkit.plant;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Action;
import io.chiron.api.FleetLimits;
import io.chiron.core.ChironConfig;
import io.chiron.core.local.LocalConfig;
import io.chiron.core.local.RatioRule;
import io.chiron.testkit.plant.Fault.OfInstances;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What closed-loop properties have found, each as small as it was found. */
class FoundInClosedLoopTest {
    private static final double END = 3000;

    /**
     * Even arrivals that fill a whole number of instances to the last slot: so many are planned, now and then one request
     * waits, one more is launched, and given back when the hold window has passed. About one turn in 210 s, for ever, once; now
     * one an hour at most. Seen from 95 % of a whole number of instances on, and with Poisson arrivals in small fleets too; a
     * fifth to spare settles, see {@link ClosedLoopProperties}.
     */
    @ParameterizedTest
    @ValueSource(doubles = {3, 3.97, 4})
    void aLoadThatFillsAWholeNumberOfInstancesTurnsOnceAnHourAtMost(double instances) {
        double end = 36_000;
        double from = 6_000;
        Scenario scenario = new Scenario(
                new Scenario.Engine(0.18, 0.6, 10, 0.31, true, 0),
                new Scenario.Demand(instances, 397, 66, 1.2, 1800),
                new Scenario.Setup(false, false, 180, 1));
        Run run = ClosedLoop.of(
                        scenario.config().build(),
                        scenario.plant(),
                        Load.even(scenario.chat(), scenario.perSecond(), 0, end))
                .tickSeconds(5)
                .run(end);
        // A turn is a drain, a retirement and a launch.
        assertThat(run.between(from, end).stream().filter(Run.Moment::resized))
                .as(run.sizes())
                .hasSizeLessThanOrEqualTo((int) (3 * (end - from) / 3600));
    }

    /** The fleet rule needs a curve to know what an instance can do; the ratio rule learns none, so nothing was launched. */
    @Test
    void theRatioRuleScalesTheFleet() {
        Scenario scenario = Fleets.usual();
        ChironConfig config = ChironConfig.builder(
                        "fleet", scenario.tiers(), FleetLimits.of(1, scenario.maxInstances()))
                .batchSizeRule(new RatioRule(LocalConfig.DEFAULTS))
                .build();
        Run run = ClosedLoop.of(config, scenario.plant(), Fleets.even(scenario, END))
                .tickSeconds(5)
                .run(END);
        assertThat(run.last().ready()).as(run.sizes()).isGreaterThanOrEqualTo(3);
    }

    /** Instances that hang at their start are replaced, and were never given up: they filled the maximum, and nothing could start. */
    @Test
    void stuckInstancesMakeRoomForTheirReplacement() {
        Scenario scenario = Fleets.usual();
        Load load = Fleets.even(scenario, END).and(Load.even(scenario.chat(), scenario.perSecond(), 600, END));
        Run run = ClosedLoop.of(scenario.config().build(), scenario.plant(), load)
                .instances(3)
                .tickSeconds(5)
                .fault(OfInstances.NEVER_READY, 600, END + 1)
                .run(END);
        assertThat(run.between(900, END).stream()
                        .flatMap(moment -> moment.report().decisions().stream())
                        .filter(decision -> decision.action() instanceof Action.Retire))
                .as(run.sizes())
                .isNotEmpty();
    }

    /**
     * A load of 0.8 instances: while a guess of the lengths weighed as much as twenty requests of equal length, it looked like
     * one until half an hour had passed.
     */
    @Test
    void aSmallFleetSettlesWithinTwentyFiveMinutes() {
        Scenario any = new Scenario(
                new Scenario.Engine(0.19, 0.3, 4, 0.08, true, 90),
                new Scenario.Demand(0.3, 291, 85, 0.3, 1800),
                new Scenario.Setup(true, true, 180, 1));
        Scenario scenario = any.filling(0.8 * Math.ceil(any.demand().instances()));
        Run run = ClosedLoop.of(
                        scenario.config().build(),
                        scenario.plant(),
                        Load.even(scenario.chat(), scenario.perSecond(), 0, 2100))
                .tickSeconds(10)
                .run(2100);
        assertThat(run.between(1500, 2100).stream().filter(Run.Moment::resized))
                .as(run.sizes())
                .isEmpty();
    }

    /**
     * Even arrivals every seven seconds: counted in blocks of twelve seconds they looked like bursts, and a load of 0.8
     * instances asked for 1.00 of one, now above and now below what launches a second.
     */
    @Test
    void evenArrivalsThatAreFewSettleOnOneInstance() {
        Scenario scenario = new Scenario(
                new Scenario.Engine(0.18, 0.4, 4, 0.34, false, 90),
                new Scenario.Demand(0.8, 20, 130, 2, 1200),
                new Scenario.Setup(true, false, 0, 0));
        Run run = ClosedLoop.of(
                        scenario.config().build(),
                        scenario.plant(),
                        Load.even(scenario.chat(), scenario.perSecond(), 0, 2100))
                .tickSeconds(5)
                .run(2100);
        assertThat(run.between(1500, 2100).stream().filter(Run.Moment::resized))
                .as(run.sizes())
                .isEmpty();
        assertThat(run.last().ready()).as(run.sizes()).isEqualTo(1);
    }

    /** A source that lists no instance any more: what was launched was not seen either, and launched again once given up. */
    @Test
    void anEmptyListOfInstancesIsNoReasonToExceedTheMaximum() {
        Scenario scenario = new Scenario(
                new Scenario.Engine(0.2, 0.4, 9, 0.11, true, 10),
                new Scenario.Demand(0.5, 121, 108, 1.5, 1800),
                new Scenario.Setup(false, false, 180, 2));
        Run run = ClosedLoop.of(
                        scenario.config().build(),
                        scenario.plant(),
                        Load.even(scenario.chat(), scenario.perSecond(), 0, 1200))
                .instances(2)
                .tickSeconds(10)
                .fault(Fault.OfSource.EMPTY, 600, 720)
                .run(1200);
        assertThat(run.peakPaid()).as(run.sizes()).isLessThanOrEqualTo(scenario.maxInstances());
    }
}
