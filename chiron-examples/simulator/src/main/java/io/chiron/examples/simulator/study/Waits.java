package io.chiron.examples.simulator.study;

import io.chiron.examples.simulator.run.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Experiment 5: waits in the batch queue, predicted against actual. */
public final class Waits implements Experiment {
    private static final long SEED = 11;

    private final Laboratory laboratory;
    private final Measure measure;
    private final int queue;
    private final List<StudyScenario> scenarios;

    /** How well waits are predicted for {@code queue} batch requests that a scenario begins with. */
    @FunctionalInterface
    public interface Measure {
        Result of(Scenario scenario, int queue);
    }

    /**
     * How the predictions did.
     *
     * @param r2 share of the variance of the actual waits that they explain; null without samples
     */
    public record Result(int samples, @Nullable Double r2, List<Band> bands) {}

    /**
     * Predictions for positions around one.
     *
     * @param error mean of |predicted - actual| / actual; null without samples, like the next two
     * @param bias mean of (predicted - actual) / actual
     * @param coverage90 share of the waits within the predicted 90 % quantile
     */
    public record Band(
            int position,
            int samples,
            @Nullable Double error,
            @Nullable Double bias,
            @Nullable Double coverage90) {}

    Waits(Laboratory laboratory, Measure measure, int queue, List<StudyScenario> scenarios) {
        this.laboratory = laboratory;
        this.measure = measure;
        this.queue = queue;
        this.scenarios = scenarios.stream().filter(laboratory::canRun).toList();
    }

    @Override
    public String id() {
        return "waiting";
    }

    @Override
    public List<Work.Unit> units() {
        return scenarios.stream()
                .map(each -> new Work.Unit("waits, " + each.name(), 2, () -> result(each)))
                .toList();
    }

    private Result result(StudyScenario scenario) {
        return laboratory
                .store()
                .get(
                        laboratory.settings("waiting " + queue, scenario, "chiron", SEED),
                        Result.class,
                        () -> measure.of(laboratory.scenario(scenario, SEED), queue));
    }

    @Override
    public Section section() {
        List<Charts.Line> errors = new ArrayList<>();
        List<Charts.Line> coverage = new ArrayList<>();
        List<List<String>> lines = new ArrayList<>();
        for (StudyScenario scenario : scenarios) {
            Result result = result(scenario);
            List<Band> known =
                    result.bands().stream().filter(each -> each.samples() > 0).toList();
            errors.add(Charts.Line.of(scenario.name(), known, Band::position, each -> percent(each.error())));
            coverage.add(Charts.Line.of(scenario.name(), known, Band::position, each -> percent(each.coverage90())));
            for (Band each : known) {
                lines.add(List.of(
                        scenario.name(),
                        result.r2() == null ? "" : String.format(Locale.ROOT, "%.4f", result.r2()),
                        Integer.toString(each.position()),
                        Integer.toString(each.samples()),
                        String.format(Locale.ROOT, "%.1f %%", percent(each.error())),
                        String.format(Locale.ROOT, "%+.1f %%", percent(each.bias())),
                        String.format(Locale.ROOT, "%.1f %%", percent(each.coverage90()))));
            }
        }
        return new Section(
                id(),
                5,
                "Waiting time, predicted against actual",
                "A queue of " + queue
                        + " batch requests before a fixed fleet. The longer the queue, the closer the mean; the "
                        + "90 % quantile is meant to cover 90 % of the waits at every position.",
                String.join(
                                "\n",
                                scenarios.stream()
                                        .map(each -> each.name() + ": " + each.options())
                                        .toList()) + "\nseed " + SEED,
                List.of(
                        new Section.Figure(
                                "waiting-error",
                                "mean absolute error",
                                Charts.lines(
                                        "Error of the mean", "position in the queue", "error, %", errors, true, true)),
                        new Section.Figure(
                                "waiting-coverage",
                                "coverage of the 90 % quantile",
                                Charts.lines(
                                        "Coverage of the 90 % quantile",
                                        "position in the queue", "covered, %", coverage, true, true))),
                List.of(new Section.Grid(
                        "By position; R² is over all positions",
                        List.of("load", "R²", "position", "samples", "error", "bias", "covered"),
                        lines)),
                List.of());
    }

    private static double percent(@Nullable Double share) {
        return share == null ? Double.NaN : 100 * share;
    }
}
