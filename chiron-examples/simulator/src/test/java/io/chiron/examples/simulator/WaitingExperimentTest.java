package io.chiron.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.Decision;
import io.chiron.core.routing.RoutingTable;
import io.chiron.core.waiting.ConformalBands;
import io.chiron.core.waiting.LengthStats;
import io.chiron.core.waiting.ServiceRate;
import io.chiron.core.waiting.WaitingTime;
import io.chiron.core.waiting.WaitingTimeEstimator;
import io.chiron.examples.simulator.policy.Policy;
import io.chiron.examples.simulator.run.SimClock;
import io.chiron.examples.simulator.workload.Arrival;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What predicted waits are to reach, on shorter queues, and that the comparison itself is right. */
final class WaitingExperimentTest {
    private static WaitingExperiment.Outcome run(String... args) {
        WaitingCommand command = new WaitingCommand();
        new CommandLine(command).parseArgs(args);
        return command.report().predictions();
    }

    private static Map<Integer, WaitingExperiment.Band> bands(WaitingExperiment.Outcome outcome) {
        Map<Integer, WaitingExperiment.Band> bands = new TreeMap<>();
        outcome.bands().forEach(band -> bands.put(band.position(), band));
        return bands;
    }

    @Test
    void aSteadyQueueIsPredicted() {
        WaitingExperiment.Outcome outcome = run("--instances", "2", "--queue", "24000");
        assertThat(outcome.r2()).isGreaterThan(0.995);
        Map<Integer, WaitingExperiment.Band> bands = bands(outcome);
        assertThat(bands.get(2000).meanAbsoluteError()).isLessThan(0.03);
        for (int position : new int[] {100, 1000, 2000}) {
            assertThat(bands.get(position).coverage90()).as("at %d", position).isGreaterThan(0.85);
        }
    }

    @Test
    void soIsOneBesideBurstyInteractiveLoad() {
        WaitingExperiment.Outcome outcome =
                run("--instances", "2", "--queue", "20000", "--interactive", "gamma:rate=6,cv=4,seconds=800");
        assertThat(outcome.r2()).isGreaterThan(0.98);
        assertThat(bands(outcome).get(2000).meanAbsoluteError()).isLessThan(0.1);
    }

    @Test
    void theSameSeedGivesTheSame() {
        String[] args = {"--instances", "1", "--queue", "5500", "--seed", "9"};
        assertThat(run(args)).isEqualTo(run(args));
    }

    @Test
    void aPerfectPredictionHasNoErrorAndATwiceTooLongOneHasItAll() {
        WaitingExperiment.Outcome perfect = regular(1);
        assertThat(perfect.r2()).isCloseTo(1, within(1e-4));
        WaitingExperiment.Outcome twice = regular(2);
        assertThat(twice.r2()).isLessThan(0);
        assertThat(bands(perfect).get(1000).bias()).isCloseTo(0, within(2e-3));
        assertThat(bands(twice).get(1000).bias()).isCloseTo(1, within(2e-3));
        assertThat(bands(twice).get(1000).meanAbsoluteError()).isCloseTo(1, within(2e-3));
        assertThat(bands(twice).get(1000).coverage90()).isEqualTo(1);
        assertThat(bands(regular(0.5)).get(1000).coverage90()).isZero();
    }

    @Test
    void evictedRequestsAreAheadOfThoseThatNeverLeft() {
        WaitingExperiment experiment = new WaitingExperiment("batch", 100, 1);
        List<Long> asked = new ArrayList<>();
        experiment.predict(
                0,
                policy((tier, position) -> {
                    asked.add(position);
                    return WaitingTime.ZERO;
                }),
                107);
        assertThat(asked).isSorted().startsWith(15L).endsWith(107L);
    }

    /** Ten dispatches a second, and predictions that are longer by a factor. */
    private static WaitingExperiment.Outcome regular(double factor) {
        int queue = 20_000;
        WaitingExperiment experiment = new WaitingExperiment("batch", queue, 1);
        LengthStats lengths = new LengthStats(100, 100, 10_000, 10_000, 1e9);
        ServiceRate rate = ServiceRate.UNKNOWN;
        for (int minute = 0; minute < 60; minute++) {
            rate = rate.observe(60_000 / factor, 60, true, SimClock.instant(60.0 * minute));
        }
        ServiceRate known = rate;
        Policy policy = policy(
                (tier, position) -> WaitingTimeEstimator.estimate(position, lengths, known, 0, ConformalBands.EMPTY));
        for (int second = 0; second < queue / 10; second++) {
            if (second % 30 == 0) {
                experiment.predict(second, policy, queue - 10L * second);
            }
            for (int i = 1; i <= 10; i++) {
                experiment.dispatched(second + i / 10.0, Arrival.BATCH);
            }
        }
        return experiment.outcome();
    }

    private static Policy policy(BiFunction<String, Long, WaitingTime> waits) {
        return new Policy() {
            @Override
            public List<Decision> tick(Instant now) {
                return List.of();
            }

            @Override
            public RoutingTable routingTable() {
                return new RoutingTable(List.of(), List.of());
            }

            @Override
            public WaitingTime waitingTime(String tier, long position) {
                return waits.apply(tier, position);
            }
        };
    }
}
