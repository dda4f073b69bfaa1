package io.chiron.examples.simulator.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.examples.simulator.policy.DynamoSla.Config;
import io.chiron.examples.simulator.policy.DynamoSla.Engine;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Worked by hand from the rules of Dynamo's planner. */
final class DynamoTest {
    private static final IterationFit.Line LINE = new IterationFit.Line(0.01, 0.0001, 0.0000001);
    private static final Config CONFIG = new Config(1, 0.05, 2000);

    @Test
    void easyTargetsGoUpByAnyAndDownByAll() {
        assertThat(DynamoThroughput.change(List.of(0.2, 1.01), 1, 0.6)).isEqualTo(1);
        assertThat(DynamoThroughput.change(List.of(0.2, 1.0), 1, 0.6)).isZero();
        assertThat(DynamoThroughput.change(List.of(0.2, 0.59), 1, 0.6)).isEqualTo(-1);
        assertThat(DynamoThroughput.change(List.of(0.2, 0.6), 1, 0.6)).isZero();
        assertThat(DynamoThroughput.change(List.of(0.2), 1, 0.6)).isZero();
        assertThat(DynamoThroughput.change(List.of(), 1, 0.6)).isZero();
    }

    @Test
    void easyTargetsCountWhatWaitsInTheShareOfEachEngine() {
        Observed seen = Fleet.of(2, 0.5, 9).queued(20, 60_000).at(0);
        assertThat(DynamoThroughput.share(seen, seen.replicas().get(0), Double.NaN))
                .isEqualTo(0.8);
        Observed inside = new Observed(
                0,
                List.of(new Observed.Replica("i", 9, 3, 50_000, 100_000, 1, 1, 1)),
                0,
                0,
                List.of(0L, 0L),
                0,
                List.of(0.0, 0.0),
                seen.completed(),
                null);
        assertThat(DynamoThroughput.share(inside, inside.replicas().get(0), 10_000))
                .isEqualTo(0.8);
    }

    @Test
    void easyTargetsWaitWhileReplicasComeOrGo() {
        assertThat(Rules.of("dynamo-throughput").wanted(Fleet.of(2, 0.1, 9).at(0)))
                .isEqualTo(new Rival.Wanted(1, "largestKvShare", 0.1));
        assertThat(Rules.of("dynamo-throughput:mode=latency")
                        .wanted(Fleet.of(2, 0.1, 9).at(0)))
                .isEqualTo(new Rival.Wanted(2, "largestKvShare", 0.1));
        assertThat(Rules.of("dynamo-throughput")
                        .wanted(Fleet.of(2, 0.1, 9).starting(1).at(0)))
                .isNull();
        assertThat(Rules.of("dynamo-throughput")
                        .wanted(Fleet.of(2, 0.1, 9).draining(1).at(0)))
                .isNull();
    }

    @Test
    void ttftIsTheQueueInBudgetsAndThePromptItself() {
        // 4000 queued: two iterations of 2000 at 0.01 + 0.2 + 0.01; a prompt of 3000: two of 1500 at 0.17
        Engine engine = new Engine(0, 4000, 100_000, 400_000);
        assertThat(DynamoSla.ttft(LINE, engine, 3000, 2000)).isCloseTo(0.44 + 0.34, within(1e-9));
    }

    @Test
    void reactiveGoesUpIfAllEnginesPassOneTarget() {
        Engine slowItl = new Engine(310, 0, 100_000, 400_000);
        Engine goodItl = new Engine(290, 0, 100_000, 400_000);
        Engine slowTtft = new Engine(0, 20_000, 100_000, 400_000);
        assertThat(DynamoSla.change(LINE, List.of(slowItl, slowItl), 500, CONFIG))
                .isEqualTo(1);
        assertThat(DynamoSla.change(LINE, List.of(slowItl, goodItl), 500, CONFIG))
                .isZero();
        assertThat(DynamoSla.change(LINE, List.of(slowTtft, slowTtft), 500, CONFIG))
                .isEqualTo(1);
        // one passes this target, the other that one
        assertThat(DynamoSla.change(LINE, List.of(slowTtft, slowItl), 500, CONFIG))
                .isZero();
    }

    @Test
    void reactiveGoesDownIfTheOthersStayWellInside() {
        // two become one: ITL' = 0.01 + 2·(0.01·k + 0.005) against 0.04
        Engine fits = new Engine(90, 0, 50_000, 400_000);
        Engine tooSlow = new Engine(110, 0, 50_000, 400_000);
        assertThat(DynamoSla.change(LINE, List.of(fits, fits), 500, CONFIG)).isEqualTo(-1);
        assertThat(DynamoSla.change(LINE, List.of(fits, tooSlow), 500, CONFIG)).isZero();
        // KV' = 100,000 is not below the cache of 100,000
        Engine full = new Engine(0, 0, 50_000, 100_000);
        assertThat(DynamoSla.change(LINE, List.of(full, full), 500, CONFIG)).isZero();
        // queue' = 7000 tokens: 3.5 · 0.22 = 0.77 s against 0.8·(1 - 0.07) = 0.744
        Engine waits = new Engine(0, 3500, 50_000, 400_000);
        Engine waitsLess = new Engine(0, 3300, 50_000, 400_000);
        assertThat(DynamoSla.change(LINE, List.of(waits, waits), 500, CONFIG)).isZero();
        assertThat(DynamoSla.change(LINE, List.of(waitsLess, waitsLess), 500, CONFIG))
                .isEqualTo(-1);
        assertThat(DynamoSla.change(LINE, List.of(fits), 500, CONFIG)).isZero();
    }

    @Test
    void engineRateIsThatOfTheLargestBatchInsideTheTarget() {
        // per request of 100 + 200: 0.5 prefill tokens and 200 of context: 0.01 + b·(0.00005 + 0.00002) <= 0.05
        double rate = DynamoSla.engineRate(LINE, 100, 200, 1e9, 1000, 0.05);
        assertThat(rate).isCloseTo(571 / (200 * (0.01 + 571 * 0.00007)), within(1e-9));
        assertThat(DynamoSla.engineRate(LINE, 100, 200, 1e9, 100, 0.05)).isCloseTo(100 / (200 * 0.017), within(1e-9));
        assertThat(DynamoSla.engineRate(LINE, 100, 200, 10_000, 1000, 0.05))
                .isCloseTo(50 / (200 * 0.0135), within(1e-9));
        assertThat(DynamoSla.engineRate(LINE, 100, 200, 1e9, 1000, 0.01)).isZero();
    }

    @Test
    void forecasts() {
        assertThat(DynamoSla.forecast(List.of(1.0, 9.0), true)).isEqualTo(9);
        // too few for a model
        assertThat(DynamoSla.forecast(List.of(1.0, 2.0, 4.0, 8.0), false)).isEqualTo(8);
        // changes that halve: 8 4 2 1 go on with 0.5
        assertThat(DynamoSla.forecast(List.of(0.0, 8.0, 12.0, 14.0, 15.0), false))
                .isEqualTo(15.5);
        assertThat(DynamoSla.forecast(List.of(5.0, 5.0, 5.0, 5.0, 5.0), false)).isEqualTo(5);
        assertThat(DynamoSla.forecast(List.of(9.0, 7.0, 5.0, 3.0, 1.0), false)).isZero();
    }

    @Test
    void theFitFindsALineAndRemembersRareLoads() {
        IterationFit fit = new IterationFit();
        for (int i = 0; i < 200; i++) {
            // 4 of a high load first, then many of low ones
            double kv = i < 4 ? 90_000 + 1000 * i : 1000.0 * (i % 7);
            double prefill = 100.0 * (i % 5);
            fit.add(kv / 100_000, prefill, kv, 0.01 + 0.0001 * prefill + 0.0000005 * kv);
        }
        assertThat(fit.observations()).isEqualTo(64);
        assertThat(fit.observations(15)).isZero();
        assertThat(fit.observations(14)).isEqualTo(4);
        for (int i = 0; i < 3; i++) {
            fit.add(0.91, 100, 91_000, 0.01 + 0.01 + 0.0455);
        }
        assertThat(fit.observations(14)).isEqualTo(7);
        assertThat(fit.observations()).isEqualTo(64);
        IterationFit.Line line = fit.line();
        assertThat(line.fixed()).isCloseTo(0.01, within(1e-9));
        assertThat(line.perPrefillToken()).isCloseTo(0.0001, within(1e-12));
        assertThat(line.perKvToken()).isCloseTo(0.0000005, within(1e-15));
        assertThat(line.seconds(100, 1000)).isCloseTo(0.0205, within(1e-9));
    }

    @Test
    void thePredictiveLoopIsALowerBoundOfTheReactiveOne() {
        assertThat(settled("dynamo-sla:loops=reactive")).isEqualTo(1);
        int predicted = settled("dynamo-sla:loops=predictive;forecast=constant");
        assertThat(predicted).isGreaterThan(3);
        assertThat(settled("dynamo-sla:forecast=constant")).isEqualTo(predicted);
    }

    /** Replicas after six minutes with 100 requests a second on engines that are all but idle. */
    private static int settled(String text) {
        Rival.Rule rule = Rules.of(text);
        int replicas = 2;
        for (int now = 0; now <= 360; now += 5) {
            Fleet fleet = Fleet.of(replicas, 0.01 + 0.001 * (now % 4), 9)
                    .arrived(100.0 * now)
                    .completed(99.0 * now, 161, 338);
            Rival.Wanted wanted = rule.wanted(fleet.at(now));
            replicas = wanted == null ? replicas : wanted.replicas();
        }
        return replicas;
    }
}
