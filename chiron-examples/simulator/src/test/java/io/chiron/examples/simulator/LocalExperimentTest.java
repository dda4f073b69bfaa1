package io.chiron.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.Slo;
import io.chiron.api.Times;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.run.SaturatedInstance;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Lengths;
import java.util.Arrays;
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

    @Test
    void aLargeModelReachesTheBestFixedBatch() {
        LocalExperiment.Outcome outcome =
                experiment("llama3-70b_a100-80g_tp4", 0.1, 300).outcome("chiron:start=64");
        assertThat(outcome.ratio()).isGreaterThan(0.97);
        assertThat(outcome.meanRatio()).isBetween(0.97, 1.02);
        assertThat(outcome.preemptions()).isZero();
        // The hard limit is where the mean ITL meets the SLO; about half of the requests are then above it.
        assertThat(outcome.meanItlSeconds()).isCloseTo(0.1, within(0.003));
        assertThat(outcome.itlAttainment()).isBetween(0.3, 0.8);
    }

    @ParameterizedTest
    @CsvSource({
        "llama3-70b_a100-80g_tp4, 0.1, 8, 20",
        "llama3-70b_a100-80g_tp4, 0.1, 2048, 20",
        "llama3-70b_a100-80g_tp4, 0.2, 256, 20",
        "llama3-8b_a100-80g_tp1, 0.05, 256, 35"
    })
    void theLimitSettlesSoonAndStays(String profile, double itlSeconds, int start, int most) {
        double[] limits = hardLimits(experiment(profile, itlSeconds, 450), "chiron:start=" + start);
        int settled = LocalExperiment.settledAfter(limits, LocalExperiment.finalValue(limits));
        assertThat(settled).isBetween(2, most);
        assertThat(LocalExperiment.deviation(Arrays.copyOfRange(limits, limits.length * 2 / 3, limits.length)))
                .isLessThan(0.02);
    }

    @Test
    void theRatioRuleSwings() {
        LocalExperiment experiment = experiment("llama3-70b_a100-80g_tp4", 0.1, 300);
        double[] ratio = hardLimits(experiment, "chiron:start=64;rule=ratio");
        double[] curve = hardLimits(experiment, "chiron:start=64");
        assertThat(LocalExperiment.deviation(Arrays.copyOfRange(ratio, 200, 300)))
                .isGreaterThan(3 * LocalExperiment.deviation(Arrays.copyOfRange(curve, 200, 300)));
    }

    private static double[] hardLimits(LocalExperiment experiment, String policy) {
        return experiment.run(policy).limits().stream()
                .mapToDouble(SaturatedInstance.Limit::hard)
                .toArray();
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
