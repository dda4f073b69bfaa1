package io.chiron.examples.simulator.study;

import static io.chiron.examples.simulator.study.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.examples.simulator.StudyScenarios;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from outcomes: ratios, bars, the front. */
final class ReadingsTest {
    private static final StudyScenario ONE = Rows.scenario("one", "W_A", "8b");
    private static final StudyScenario TWO = Rows.scenario("two", "W_A", "8b");

    @TempDir
    Path folder;

    private Sweep sweep() {
        return new Sweep(
                new Sweep.Heading("faults", 10, "", "", "fault", false),
                List.of(),
                new Laboratory(new Store(folder), folder, StudyScenarios::parse),
                Tuned.of(Map.of()),
                List.of(),
                List.of(1L));
    }

    @Test
    void aRatioIsTheGeometricMeanWhereTheRivalMeets99Percent() {
        List<Row> rows = List.of(
                row(ONE, "chiron", 1, 1, null, 2),
                row(TWO, "chiron", 1, 1, null, 8),
                row(ONE, "llumnix", 1, 0.99, null, 4),
                row(TWO, "llumnix", 1, 0.995, null, 4),
                row(ONE, "hpa-kv", 1, 0.989, null, 1),
                row(TWO, "hpa-kv", 1, 1, 0.5, 1));
        assertThat(Ratios.of(rows, "chiron", "llumnix", each -> true)).isEqualTo(new Ratios.Mean(1, 2, 2));
        assertThat(Ratios.of(rows, "chiron", "llumnix", each -> each.scenario().equals(ONE)))
                .isEqualTo(new Ratios.Mean(0.5, 1, 1));
        Ratios.Mean none = Ratios.of(rows, "chiron", "hpa-kv", each -> true);
        assertThat(none.value()).isNaN();
        assertThat(none.all()).isEqualTo(2);
    }

    @Test
    void aBarIsReachedOnlyIfItIsInEverySeed() {
        List<Row> good = List.of(row(ONE, "chiron", 1, 1, null, 2), row(ONE, "llumnix", 1, 1, null, 4));
        List<Row> bad = List.of(row(ONE, "chiron", 2, 0.99, null, 4), row(ONE, "llumnix", 2, 1, null, 4));
        assertThat(Bars.results(good)).allMatch(Bars.Result::reached).hasSize(2);
        assertThat(Bars.results(bad)).noneMatch(Bars.Result::reached).hasSize(2);
        List<Row> both = List.of(good.get(0), good.get(1), bad.get(0), bad.get(1));
        assertThat(Bars.results(both)).noneMatch(Bars.Result::reached);
        assertThat(Bars.results(both).get(1).perSeed().get(0)).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void aBarWithoutRunsIsNotListed() {
        assertThat(Bars.results(List.of(row(ONE, "llumnix", 1, 1, null, 4)))).isEmpty();
    }

    @Test
    void aRivalBeatsByCostAtEqualAttainmentOrByAttainmentAtEqualCost() {
        Row chiron = row(ONE, "chiron", 1, 0.995, 1.0, 10);
        assertThat(Front.beats(row(ONE, "r", 1, 0.995, 1.0, 9.9), chiron)).isTrue();
        assertThat(Front.beats(row(ONE, "r", 1, 0.996, 1.0, 10), chiron)).isTrue();
        // Cheaper, but worse in one class; equal in all; better and dearer.
        assertThat(Front.beats(row(ONE, "r", 1, 1.0, 0.999, 5), chiron)).isFalse();
        assertThat(Front.beats(row(ONE, "r", 1, 0.995, 1.0, 10), chiron)).isFalse();
        assertThat(Front.beats(row(ONE, "r", 1, 1.0, 1.0, 10.1), chiron)).isFalse();
    }

    @Test
    void theFrontComparesCellsAndLeavesOutWhoKnowsTheFuture() {
        List<Row> rows = List.of(
                row(ONE, "chiron", 1, 1, null, 10),
                row(ONE, "oracle", 1, 1, null, 5),
                row(ONE, "static", 1, 1, null, 5),
                row(TWO, "llumnix", 1, 1, null, 5),
                row(ONE, "llumnix", 2, 1, null, 5),
                row(ONE, "keda-inflight", 1, 1, null, 9));
        assertThat(Front.beaten(rows))
                .singleElement()
                .satisfies(each -> assertThat(each.rival().policy()).isEqualTo("keda-inflight"));
    }

    @Test
    void aFaultIsJudgedByTheScenarioItTakesMostFrom() {
        List<String> faults = List.of("fail=0.05", "lead=x3");
        List<Row> rows = List.of(
                row(ONE, "chiron", 1, 1, null, 1),
                row(TWO, "chiron", 1, 0.99, null, 1),
                row(Robustness.with(ONE, "fail=0.05"), "chiron", 1, 0.995, null, 1),
                row(Robustness.with(TWO, "fail=0.05"), "chiron", 1, 0.97, null, 1),
                row(Robustness.with(ONE, "lead=x3"), "chiron", 1, 1, 0.5, 1));
        Section.Grid grid = new Robustness(sweep(), List.of(ONE), faults).lost(rows);
        assertThat(grid.lines()).containsExactly(List.of("chiron", "0.50", "50.00"));
        grid = new Robustness(sweep(), List.of(ONE, TWO), faults.subList(0, 1)).lost(rows);
        assertThat(grid.lines()).containsExactly(List.of("chiron", "2.00"));
    }

    @Test
    void aScenarioWithAFaultHasTheSettingsOfTheScenario() {
        Tuned tuned = Tuned.of(Map.of(
                "hpa-kv",
                Map.of(
                        "one", new Tuned.Choice("target=0.1", true, 1, 1, List.of()),
                        "W_A+8b", new Tuned.Choice("target=0.2", true, 1, 1, List.of()))));
        assertThat(tuned.policy("hpa-kv", Robustness.with(ONE, "fail=0.05"))).isEqualTo("hpa-kv:target=0.1");
        assertThat(tuned.policy("hpa-kv", Robustness.with(TWO, "fail=0.05"))).isEqualTo("hpa-kv:target=0.2");
    }
}
