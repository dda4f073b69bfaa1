package io.chiron.core.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class PatienceProperties {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    record Step(int seconds, boolean launched, boolean gaveUp) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.integers().between(-100, 5000),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    @Property(tries = 1000)
    void itIsNeverLessThanTheWindowNorEndless(
            @ForAll("steps") List<Step> steps, @ForAll @DoubleRange(min = 10, max = 3600) double hold) {
        Patience patience = Patience.empty();
        Instant now = START;
        boolean shrunk = false;
        for (Step step : steps) {
            now = now.plusSeconds(step.seconds());
            Patience next = patience.after(step.launched(), step.gaveUp(), Double.NaN, 1, hold, now);
            assertThat(next.holdSeconds(hold)).isBetween(hold, 32 * hold);
            if (!shrunk || !step.launched()) {
                assertThat(next.doublings()).isLessThanOrEqualTo(patience.doublings());
            }
            shrunk |= step.gaveUp();
            patience = next;
        }
    }

    /** A day at the brim: without doubling some 800 changes of size. */
    @Property(tries = 1000)
    void stepsThatAreUndoneDieOut(
            @ForAll @IntRange(min = 5, max = 240) int undoneAfterSeconds,
            @ForAll @DoubleRange(min = 180, max = 600) double hold) {
        Patience patience = Patience.empty();
        int changes = 0;
        boolean large = true;
        int since = 0;
        for (int second = 0; second < 86_400; second += 5) {
            since += 5;
            boolean gaveUp = large && since >= patience.holdSeconds(hold);
            boolean launched = !large && since >= undoneAfterSeconds;
            patience = patience.after(launched, gaveUp, Double.NaN, 1, hold, START.plusSeconds(second));
            if (gaveUp || launched) {
                large = launched;
                since = 0;
                changes++;
            }
        }
        assertThat(changes).isLessThan(60);
    }

    /** A want that moves about a whole number by less than its noise: after one step that was undone the instance stays. */
    @Property(tries = 200)
    void aWantOfTheSameSizeKeepsWhatItMissed(
            @ForAll @IntRange(min = 1, max = 30) int instances,
            @ForAll @IntRange(min = 1, max = 100_000) int seconds,
            @ForAll @DoubleRange(min = -1, max = 1) double swing) {
        double noise = Math.min(0.02 * instances, 0.05);
        Patience patience = Patience.empty()
                .after(false, true, instances - noise, instances, 180, START)
                .after(true, false, instances + noise, instances + 1, 180, START.plusSeconds(seconds));
        assertThat(patience.doublings()).isEqualTo(1);
        double want = instances + swing * noise;
        assertThat(patience.instances(instances, want)).isEqualTo(instances + 1);
        assertThat(patience.instances(instances, Double.NaN)).isEqualTo(instances + 1);
        patience = patience.after(false, false, want, instances, 180, START.plusSeconds(seconds + 10));
        assertThat(patience.instances(instances, want)).isEqualTo(instances + 1);
        double less = 0.9 * instances;
        patience = patience.after(false, false, less, instances, 180, START.plusSeconds(seconds + 20));
        assertThat(patience.instances(instances, less)).isEqualTo(instances);
        assertThat(patience.instances(instances, want)).as("forgotten").isEqualTo(instances);
    }

    /** A load that has grown since undoes nothing. */
    @Property(tries = 200)
    void growthIsNoRelapse(
            @ForAll @IntRange(min = 1, max = 30) int instances,
            @ForAll @DoubleRange(min = 1.2, max = 5) double growth) {
        Patience patience = Patience.empty()
                .after(false, true, instances, instances, 180, START)
                .after(true, false, growth * instances, instances + 1, 180, START.plusSeconds(271));
        assertThat(patience.doublings()).isZero();
        assertThat(patience.instances(1, instances)).isEqualTo(1);
    }

    /** Steps that nothing undoes cost no patience, and what was lost comes back. */
    @Property(tries = 1000)
    void aCalmFleetKeepsItsWindow(
            @ForAll @DoubleRange(min = 10, max = 600) double hold, @ForAll @IntRange(min = 1, max = 5) int relapses) {
        Patience patience = Patience.empty();
        Instant now = START;
        for (int i = 0; i < 20; i++) {
            now = now.plusSeconds((long) (2 * hold) + 1);
            patience = patience.after(i % 2 == 1, i % 2 == 0, Double.NaN, 1, hold, now);
        }
        assertThat(patience.doublings()).isZero();
        for (int i = 0; i < relapses; i++) {
            patience = patience.after(false, true, Double.NaN, 1, hold, now);
            now = now.plusSeconds(1);
            patience = patience.after(true, false, Double.NaN, 1, hold, now);
            now = now.plusSeconds(1);
        }
        assertThat(patience.doublings()).isEqualTo(relapses);
        for (int i = 0; i < relapses; i++) {
            now = now.plusSeconds((long) (4 * patience.holdSeconds(hold)) + 1);
            patience = patience.after(false, false, Double.NaN, 1, hold, now);
        }
        assertThat(patience.holdSeconds(hold)).isEqualTo(hold);
    }
}
