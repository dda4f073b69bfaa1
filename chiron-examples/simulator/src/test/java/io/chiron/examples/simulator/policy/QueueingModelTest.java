package io.chiron.examples.simulator.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.Slo;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.policy.QueueingModel.Fit;
import io.chiron.examples.simulator.policy.QueueingModel.Latency;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The queueing model against what can be worked out by hand. */
final class QueueingModelTest {
    private static final Fit FIT = new Fit(0.01, 0.0001, 0.0000001);

    @Test
    void timesOfAnIteration() {
        // 10 requests of 199 + 99 tokens: 10·(1e-4·298/100 + 1e-7·248.5)
        assertThat(FIT.iteration(10, 199, 99)).isCloseTo(0.0132285, within(1e-9));
        assertThat(FIT.prefill(10, 199, 99)).isCloseTo(0.0132285 + 0.0001001 * 199, within(1e-9));
        assertThat(FIT.decode(10, 199, 99)).isCloseTo(0.0132285 + 0.0001 + 0.00002485, within(1e-9));
        assertThat(FIT.rate(10, 199, 99)).isCloseTo(10 / (0.0331484 + 99 * 0.01335335), within(1e-6));
    }

    @Test
    void oneServerIsTheTextbooksQueue() {
        // Batch 1: M/M/1 with room for 11. At half load its mean wait is ρ/(1-ρ)/μ but for the cut tail.
        double mu = FIT.rate(1, 100, 100);
        Latency latency = QueueingModel.latency(FIT, 1, 100, 100, mu / 2);
        double p0 = 0.5 / (1 - Math.pow(0.5, 12));
        double queue = 0;
        for (int n = 2; n <= 11; n++) {
            queue += (n - 1) * p0 * Math.pow(0.5, n);
        }
        double through = mu / 2 * (1 - p0 * Math.pow(0.5, 11));
        double busy = through / mu;
        double firstToken = FIT.prefill(busy, 100, 100) + FIT.decode(busy, 100, 100);
        assertThat(latency.ttftSeconds()).isCloseTo(queue / through + firstToken, within(1e-9));
    }

    @Test
    void anIdleReplicaHasTheLatencyOfOneRequest() {
        Latency latency = QueueingModel.latency(FIT, 256, 100, 100, 0);
        assertThat(latency.ttftSeconds()).isCloseTo(FIT.prefill(0, 100, 100) + FIT.decode(0, 100, 100), within(1e-9));
    }

    @Test
    void theLargestRateIsTheOneWhoseLatencyIsTheSlo() {
        Slo tight = new Slo(Duration.ofSeconds(10), Duration.ofMillis(25));
        double rate = QueueingModel.largestRate(FIT, 64, 500, 100, tight);
        assertThat(QueueingModel.latency(FIT, 64, 500, 100, rate).itlSeconds()).isCloseTo(0.025, within(1e-4));
        Slo loose = new Slo(Duration.ofSeconds(3), Duration.ofSeconds(5));
        double byTtft = QueueingModel.largestRate(FIT, 64, 500, 100, loose);
        assertThat(byTtft).isBetween(rate, FIT.rate(64, 500, 100));
        assertThat(QueueingModel.latency(FIT, 64, 500, 100, byTtft).ttftSeconds())
                .isCloseTo(3, within(0.01));
        Slo impossible = new Slo(Duration.ofSeconds(1), Duration.ofMillis(5));
        assertThat(QueueingModel.largestRate(FIT, 64, 500, 100, impossible)).isCloseTo(0, within(1e-6));
    }

    @Test
    void theOfflineFitIsCloseToTheProfile() {
        for (String id : Profile.SHIPPED) {
            Profile profile = Profile.load(id);
            Fit fit = QueueingModel.fit(profile);
            double n = 128;
            double truth = profile.iterationSeconds(n, n * 256 / 257, n * 384, n * 256 * 256 / 2.0 / 257);
            assertThat(fit.iteration(n, 256, 256)).as(id).isCloseTo(truth, within(0.2 * truth));
            assertThat(fit.b()).as(id).isPositive();
        }
    }

    @Test
    void arrivalsOrCompletionsOfAMinuteDecide() {
        assertThat(settled("queueing-model:hpa=sample")).isGreaterThan(4);
        assertThat(settled("queueing-model:hpa=sample;rate=completions")).isEqualTo(1);
    }

    /** Replicas after three minutes in which 100 requests a second come and one a second leaves. */
    private static int settled(String text) {
        Rival.Rule rule = Rules.of(text);
        int replicas = 2;
        for (int now = 0; now <= 180; now++) {
            Fleet fleet = Fleet.of(replicas, 0.3, 99).arrived(100.0 * now).completed(now, 161, 338);
            Rival.Wanted wanted = rule.wanted(fleet.at(now));
            replicas = wanted == null ? replicas : wanted.replicas();
        }
        return replicas;
    }

    @Test
    void withoutCompletedRequestsItSkipsItsTurn() {
        Rival.Rule rule = Rules.of("queueing-model:hpa=sample");
        for (int now = 0; now <= 180; now++) {
            assertThat(rule.wanted(Fleet.of(2, 0.3, 99).arrived(100.0 * now).at(now)))
                    .isNull();
        }
    }
}
