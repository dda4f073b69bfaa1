package io.chiron.examples.simulator.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiron.examples.simulator.StudyScenarios;
import io.chiron.examples.simulator.run.Scenario;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The committed scenarios. */
final class CatalogTest {
    private static final List<StudyScenario> ALL = Catalog.load().all();

    @Test
    void thereAreManyOfEveryKindAndModel() {
        assertThat(ALL).hasSizeGreaterThanOrEqualTo(25);
        assertThat(ALL.stream().map(StudyScenario::name)).doesNotHaveDuplicates();
        for (String tag : List.of("W_A", "W_B", "tight", "diurnal", "trace")) {
            for (String model : List.of("8b", "70b")) {
                assertThat(ALL.stream()
                                .filter(each -> each.kind().equals(tag + "+" + model))
                                .count())
                        .as(tag + " " + model)
                        .isGreaterThanOrEqualTo(2);
            }
        }
        assertThat(ALL).allMatch(each -> each.kind().matches("(W_A|W_B|tight|diurnal|trace)\\+(8b|70b)"));
    }

    @Test
    void whatTheyAreTaggedIsWhatTheyAre() {
        for (StudyScenario each : ALL) {
            if (each.needsTraces()) {
                assertThat(each.tags()).contains("trace");
                continue;
            }
            Scenario scenario = StudyScenarios.parse(each.arguments(Path.of("nowhere")));
            assertThat(scenario.profile().id()).as(each.name()).contains(each.is("70b") ? "70b" : "8b");
            assertThat(scenario.interactiveSlo().itlSeconds())
                    .isEqualTo(each.is("tight") ? (each.is("8b") ? 0.05 : 0.1) : 0.2);
            assertThat(each.options().contains("--batch ")).isEqualTo(each.is("W_B"));
        }
    }

    @Test
    void selectionIsByNameOrTags() {
        Catalog catalog = Catalog.load();
        assertThat(catalog.select(List.of())).isEqualTo(ALL);
        assertThat(catalog.select(List.of("tight+70b", "conv-8b")))
                .allMatch(each ->
                        (each.is("tight") && each.is("70b")) || each.name().equals("conv-8b"))
                .hasSizeGreaterThan(2);
        assertThatThrownBy(() -> catalog.select(List.of("W_A+nothing")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--scenarios")
                .hasMessageContaining("W_A+nothing");
    }
}
