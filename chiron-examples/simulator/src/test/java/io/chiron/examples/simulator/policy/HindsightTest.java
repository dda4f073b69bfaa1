package io.chiron.examples.simulator.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.FluidLimit;
import io.chiron.examples.simulator.workload.LengthMoments;
import io.chiron.examples.simulator.workload.Source;
import io.chiron.examples.simulator.workload.Sources;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Policies that know the workload in advance. */
final class HindsightTest {
    /** Regular arrivals of equal requests, so that needs can be worked out. */
    private static Source regular(double rate, double seconds) {
        Source source = Sources.generated("gamma:rate=" + rate + ",cv=0,seconds=" + seconds, 0);
        return seed -> {
            var arrivals = source.open(seed);
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return arrivals.hasNext();
                }

                @Override
                public Arrival next() {
                    double at = arrivals.next().arrivalSeconds();
                    return new Arrival(at, 200, 300, 0, Double.NaN);
                }
            };
        };
    }

    private static double rate(Scenario scenario) {
        LengthMoments lengths = new LengthMoments();
        lengths.add(200, 300);
        return FluidLimit.of(scenario.profile(), scenario.chunkTokens(), 0.2, lengths, StaticKind.ENGINE_CAP)
                .requestsPerSecond();
    }

    @Test
    void peakIsTheBusiestMinuteAndMeanTheWhole() {
        // 30 a second for four minutes, and in the first two of them as many again
        Scenario scenario = Rules.scenario(regular(30, 240), regular(30, 120));
        Hindsight need = Hindsight.of(scenario);
        assertThat(need.requestsPerInstanceSecond()).isCloseTo(rate(scenario), within(1e-9));
        assertThat(need.peakInstances()).isCloseTo(60 / rate(scenario), within(0.05));
        assertThat(need.meanInstances()).isCloseTo(45 / rate(scenario), within(0.05));
        assertThat(Policies.parse("static-peak", 1, 0.7).startingInstances(scenario))
                .isEqualTo((int) Math.ceil(need.peakInstances()));
        assertThat(Policies.parse("static-mean", 1, 0.7).startingInstances(scenario))
                .isEqualTo((int) Math.ceil(need.meanInstances()));
        assertThat(Policies.parse("static-peak:factor=2", 1, 0.7).startingInstances(scenario))
                .isEqualTo((int) Math.ceil(2 * need.peakInstances()));
    }

    @Test
    void batchWorkIsSpreadUpToItsDeadline() {
        Hindsight burst = Hindsight.of(Rules.scenario(Sources.batch("count=1000,at=60,deadline=60")));
        Hindsight slow = Hindsight.of(Rules.scenario(Sources.batch("count=1000,at=60,deadline=240")));
        assertThat(slow.peakInstances()).isCloseTo(burst.peakInstances() / 4, within(1e-9));
        // until the deadline: 300 s in place of 120
        assertThat(slow.meanInstances()).isCloseTo(burst.meanInstances() * 120 / 300, within(1e-9));
    }

    @Test
    void instancesStayWithinTheBounds() {
        Scenario scenario = Rules.scenario();
        assertThat(Hindsight.instances(scenario, 0)).isEqualTo(1);
        assertThat(Hindsight.instances(scenario, 3)).isEqualTo(3);
        assertThat(Hindsight.instances(scenario, 3.01)).isEqualTo(4);
        assertThat(Hindsight.instances(scenario, 1e9)).isEqualTo(Rules.MAX_INSTANCES);
    }

    @Test
    void thePathKeepsTheBacklogInsideTheSlack() {
        // one bin a second, slack 3, three bins ahead: 8 at once are 8 / (1 + 3) = 2, and what is left of them still is
        double[] sums = Oracle.cumulative(new double[] {0, 8, 0, 0, 0, 0, 0, 0, 0});
        assertThat(sums).containsExactly(0, 0, 8, 8, 8, 8, 8, 8, 8, 8);
        // (in two bins 8 / 5); they leave 6, which are 6 / 4, and so on
        assertThat(Oracle.path(sums, 1, 3, 3, 1)).containsExactly(2, 2, 2, 1, 1, 1, 1, 0, 0);
        // one bin is all that is looked at, and planned with more than is needed
        assertThat(Oracle.path(sums, 1, 1, 3, 1)).containsExactly(0, 2, 2, 1, 1, 1, 1, 0, 0);
        assertThat(Oracle.path(sums, 1, 1, 3, 1.5)).containsExactly(0, 3, 2, 2, 1, 0, 0, 0, 0);
    }

    @Test
    void whatIsNeededWithinALeadTimeIsHeld() {
        assertThat(Oracle.largestAhead(new double[] {1, 5, 2, 3, 0, 0}, 2)).containsExactly(5, 5, 3, 3, 0, 0);
        assertThat(Oracle.largestAhead(new double[] {1, 5, 2}, 0)).containsExactly(1, 5, 2);
    }

    @Test
    void theCostOfAMeanRequestIsThatOfTheFluidLimit() {
        Scenario scenario = Rules.scenario();
        LengthMoments lengths = new LengthMoments();
        lengths.add(100, 101);
        lengths.add(500, 301);
        FluidLimit limit = FluidLimit.of(scenario.profile(), 2048, 0.2, lengths);
        Oracle.Cost cost = Oracle.Cost.of(scenario.profile(), limit, lengths);
        assertThat(cost.seconds(300, 201)).isCloseTo(1 / limit.requestsPerSecond(), within(1e-9));
        assertThat(cost.perPromptToken()).isPositive();
        assertThat(cost.decodeShare()).isBetween(0.1, 0.95);
    }

    @Test
    void theOracleLaunchesALeadTimeBeforeASpike() {
        // 10 a second, from 120 s on 80, for a minute; 20 s of start-up
        Scenario scenario =
                Rules.scenario(Sources.generated("spike:rate=10,factor=8,at=120,for=60,cv=0.1,seconds=240", 0));
        ChironKind oracle = (ChironKind) Policies.parse("oracle", 1, 0.7);
        Rival.Rule rule = Objects.requireNonNull(oracle.steering()).apply(scenario);
        List<Integer> wanted = new ArrayList<>();
        for (int now : new int[] {0, 35, 105, 150, 200}) {
            wanted.add(Objects.requireNonNull(rule.wanted(Fleet.of(2, 0.1, 9).at(now)))
                    .replicas());
        }
        assertThat(wanted.get(0)).isEqualTo(1);
        assertThat(wanted.get(1)).isEqualTo(1);
        assertThat(wanted.get(2)).isGreaterThan(3);
        assertThat(wanted.get(3)).isBetween(3, wanted.get(2));
        assertThat(wanted.get(4)).isLessThan(3);
    }

    @Test
    void theOracleBringsEveryGroupInOnTime() {
        Scenario scenario = Rules.scenario(Sources.batch("count=9000,at=30,deadline=200"));
        ChironKind oracle = (ChironKind) Policies.parse("oracle", 1, 0.7);
        Rival.Rule rule = Objects.requireNonNull(oracle.steering()).apply(scenario);
        // the burst of 30 s is known 20 s before
        Rival.Wanted early =
                Objects.requireNonNull(rule.wanted(Fleet.of(1, 0, 0).at(5)));
        Rival.Wanted before =
                Objects.requireNonNull(rule.wanted(Fleet.of(1, 0, 0).at(15)));
        assertThat(early.replicas()).isEqualTo(1);
        assertThat(before.replicas()).isGreaterThan(1);
        // with half of it left and time enough one is plenty
        List<Observed.Deadline> rest = List.of(new Observed.Deadline(230, 20));
        Rival.Wanted after = Objects.requireNonNull(
                rule.wanted(Fleet.of(1, 0, 0).groups(rest).at(150)));
        assertThat(after.replicas()).isEqualTo(1);
    }
}
