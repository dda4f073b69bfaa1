package io.chiron.core.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.TierUsage;
import io.chiron.core.local.BatchLimits;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class ExploredProperties {
    private static final double WANT = 2.9;

    @Property
    void careOnlyAdds(
            @ForAll @DoubleRange(min = 0.01, max = 100) double want,
            @ForAll @DoubleRange(min = 0, max = 1) double seen,
            @ForAll @DoubleRange(min = 0, max = 1.2) double fill,
            @ForAll @DoubleRange(min = 0.1, max = 60) double slackSeconds,
            @ForAll @DoubleRange(min = 0, max = 600) double leadSeconds) {
        double careful = new Explored(600, 600 * seen).careful(want, fill, slackSeconds, leadSeconds);
        assertThat(careful).isGreaterThanOrEqualTo(want);
        if (fill <= seen) {
            assertThat(careful).as("where instances have been").isEqualTo(want);
        }
    }

    @Property
    void theFullerTheFleetIsToRunTheMoreCare(
            @ForAll @DoubleRange(min = 0.1, max = 1) double seen,
            @ForAll @DoubleRange(min = 0, max = 1.2) double fill,
            @ForAll @DoubleRange(min = 0, max = 1.2) double other,
            @ForAll @DoubleRange(min = 0.1, max = 60) double slackSeconds) {
        Explored explored = new Explored(600, 600 * seen);
        assertThat(explored.careful(WANT, Math.max(fill, other), slackSeconds, 60))
                .isGreaterThanOrEqualTo(explored.careful(WANT, Math.min(fill, other), slackSeconds, 60));
    }

    /** The fleet of decision 0028: 70 % used by four instances, 93 % by three. */
    @Test
    void aSlackOfSecondsNeedsCareAndOneOfMinutesNone() {
        Explored explored = new Explored(600, 600 * 0.7);
        assertThat(explored.careful(WANT, 0.93, 3, 60)).isGreaterThan(3.1);
        assertThat(explored.careful(WANT, 0.93, 60, 60)).isEqualTo(WANT);
        assertThat(explored.careful(WANT, 0.93, 3, 10)).isLessThan(explored.careful(WANT, 0.93, 3, 600));
        assertThat(Explored.nothing().careful(WANT, 0.93, 3, 60)).isEqualTo(WANT);
    }

    /** A load that is not a number says nothing, and does not end what is known; nor does a sample that cannot be true. */
    @Test
    void whatIsNotMeasuredIsNotExplored() {
        Explored before = new Explored(600, 420);
        List<InstanceSnapshot> half = List.of(Fleets.ready("a", Pool.MIXED, Fleets.START, 32, 0));
        Explored after = observe(before, half, Double.NaN);
        assertThat(after.fullSeconds() / after.weightSeconds()).isBetween(0.69, 0.6995);
        assertThat(observe(before, List.of(), 1)).isEqualTo(before);
        InstanceSample impossible = InstanceSample.builder(Fleets.START, 1)
                .tiers(List.of(new TierUsage("chat", 60, 1e300, 0)))
                .iterations(-1)
                .build();
        assertThat(observe(before, List.of(half.get(0).withSample(impossible)), 0))
                .isEqualTo(before);
    }

    /** Half of the hard limit for five seconds; or as full as the load says, if that is more. */
    @Test
    void eachInstanceCountsForTheTimeThatItsSampleSpeaksFor() {
        Explored before = new Explored(600, 420);
        List<InstanceSnapshot> half = List.of(Fleets.ready("a", Pool.MIXED, Fleets.START, 32, 0));
        double left = StrictMath.pow(0.5, 5.0 / 720);
        assertThat(observe(before, half, 0.1)).isEqualTo(new Explored(600 * left + 5, 420 * left + 2.5));
        assertThat(observe(before, half, 0.9)).isEqualTo(new Explored(600 * left + 5, 420 * left + 4.5));
        assertThat(observe(before, half, 7).fullSeconds())
                .as("never more than all")
                .isEqualTo(420 * left + 5);
        List<InstanceSnapshot> two = List.of(half.get(0), Fleets.ready("b", Pool.MIXED, Fleets.START, 64, 0));
        assertThat(observe(before, two, 0)).isEqualTo(new Explored(600 * left + 10, 420 * left + 7.5));
        double minute = StrictMath.pow(0.5, 60.0 / 720);
        assertThat(before.observe(half, Fleets.TIERS, BatchLimits.fixed(2, 64), 0, 3600, 45, Fleets.START))
                .as("after an hour that nobody looked")
                .isEqualTo(new Explored(600 * minute + 60, 420 * minute + 30));
    }

    @Test
    void whatWasMeasuredTooLongAgoIsNotExplored() {
        Explored before = new Explored(600, 420);
        for (int age : new int[] {-46, -45, 45, 46}) {
            List<InstanceSnapshot> ready = List.of(Fleets.ready("a", Pool.MIXED, Fleets.at(-age), 32, 0));
            assertThat(observe(before, ready, 0).equals(before))
                    .as("%d s old", age)
                    .isEqualTo(Math.abs(age) > 45);
        }
        assertThat(observe(
                        before,
                        List.of(Fleets.ready("a", Pool.MIXED, Fleets.START, 0, 0)
                                .withSample(null)),
                        0))
                .isEqualTo(before);
    }

    private static Explored observe(Explored before, List<InstanceSnapshot> ready, double load) {
        return before.observe(ready, Fleets.TIERS, BatchLimits.fixed(2, 64), load, 5, 45, Fleets.START);
    }
}
