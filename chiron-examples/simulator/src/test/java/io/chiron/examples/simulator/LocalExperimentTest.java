package io.chiron.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.Slo;
import io.chiron.api.Times;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Lengths;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the local loop is to reach on a saturated instance, on short runs. */
final class LocalExperimentTest {
    private static final Slo LOOSE = new Slo(Times.duration(86_400), Times.duration(10));

    private static LocalExperiment experiment(String profile, double itlSeconds, double seconds) {
        Slo slo = new Slo(LOOSE.ttft(), Times.duration(itlSeconds));
        Scenario scenario = new Scenario(Profile.load(profile), 2048, List.of(), slo, LOOSE, 1, 1, 1, 0, 1, 5, 1);
        return new LocalExperiment(scenario, Lengths.shareGpt(), seconds);
    }

    @ParameterizedTest
    @CsvSource({"8", "2048"})
    void aLargeModelSettlesWithinTwentySamplesAtTheBestFixedBatch(int start) {
        LocalExperiment.Outcome outcome =
                experiment("llama3-70b_a100-80g_tp4", 0.1, 450).outcome("chiron:start=" + start);
        assertThat(outcome.settleSamples()).isBetween(2, 20);
        assertThat(outcome.deviation()).isLessThan(0.02);
        assertThat(outcome.ratio()).isGreaterThan(0.97);
        assertThat(outcome.meanRatio()).isGreaterThan(0.97);
        assertThat(outcome.preemptions()).isZero();
        // The hard limit is where the mean ITL meets the SLO; half of the requests are then above it.
        assertThat(outcome.meanItlSeconds()).isCloseTo(0.1, within(0.003));
        assertThat(outcome.itlAttainment()).isBetween(0.3, 0.8);
    }

    @Test
    void aSmallModelSettlesWithinThirtyFiveSamples() {
        LocalExperiment experiment = experiment("llama3-8b_a100-80g_tp1", 0.05, 450);
        double[] limits = experiment.run("chiron:start=256").limits().stream()
                .mapToDouble(limit -> limit.hard())
                .toArray();
        int settled = LocalExperiment.settledAfter(limits, LocalExperiment.finalValue(limits));
        assertThat(settled).isBetween(2, 35);
    }

    @Test
    void theRatioRuleNeedsNoCurveAndIsFarLessSteady() {
        LocalExperiment experiment = experiment("llama3-70b_a100-80g_tp4", 0.1, 450);
        LocalExperiment.Outcome curve = experiment.outcome("chiron:start=64");
        LocalExperiment.Outcome ratio = experiment.outcome("chiron:start=64;rule=ratio");
        assertThat(ratio.deviation()).isGreaterThan(3 * curve.deviation());
        assertThat(ratio.tokensPerSecond()).isLessThan(curve.tokensPerSecond());
    }

    @Test
    void settlingCountsFromTheLastValueOutside() {
        assertThat(LocalExperiment.settledAfter(new double[] {50, 120, 95, 111, 100, 90, 110}, 100))
                .isEqualTo(5);
        assertThat(LocalExperiment.settledAfter(new double[] {100, 105, 100}, 100))
                .isEqualTo(1);
        assertThat(LocalExperiment.finalValue(new double[] {1, 1, 1, 1, 1, 1, 9, 3, 4}))
                .isEqualTo(4);
        assertThat(LocalExperiment.deviation(new double[] {90, 110})).isCloseTo(0.1, within(1e-12));
    }
}
