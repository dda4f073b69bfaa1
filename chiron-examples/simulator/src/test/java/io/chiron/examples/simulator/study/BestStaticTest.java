package io.chiron.examples.simulator.study;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.examples.simulator.StudyScenarios;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Scenario;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The best fixed count, where attainment grows with the count. */
final class BestStaticTest {
    private static final Scenario UP_TO_100 =
            StudyScenarios.parse(List.of("--interactive", "gamma:rate=1,seconds=60", "--max-instances", "100"));

    @Property(tries = 200)
    void itIsTheSmallestThatDoesAsWellWhateverTheReferencePaid(
            @ForAll @IntRange(min = 1, max = 100) int enough, @ForAll @IntRange(min = 1, max = 120) int paid) {
        Set<Integer> tried = new HashSet<>();
        Outcome reference = Rows.outcome(0.995, null, paid);
        Outcome best = BestStatic.heldTo(UP_TO_100, reference, instances -> {
            tried.add(instances);
            return Rows.outcome(instances >= enough ? 0.995 : 0.99, null, instances);
        });
        assertThat(best.gpuHours()).isEqualTo(enough);
        assertThat(tried).allMatch(n -> n >= 1 && n <= 100).hasSizeLessThan(16);
    }

    @Test
    void bothClassesAreHeld() {
        Outcome reference = Rows.outcome(0.9, 1.0, 5);
        Outcome best = BestStatic.heldTo(UP_TO_100, reference, n -> Rows.outcome(1, n >= 9 ? 1.0 : 0.999, n));
        assertThat(best.gpuHours()).isEqualTo(9);
    }

    @Test
    void theLargestCountWhereNoneDoesAsWell() {
        Outcome best = BestStatic.heldTo(UP_TO_100, Rows.outcome(1, null, 5), n -> Rows.outcome(0.5, null, n));
        assertThat(best.gpuHours()).isEqualTo(100);
    }
}
