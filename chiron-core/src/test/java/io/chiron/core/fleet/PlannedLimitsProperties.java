package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.CHAT;
import static io.chiron.core.fleet.Fleets.KIND;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.Coefficients;
import io.chiron.core.local.TierProfile;
import io.chiron.core.waiting.LengthStats;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class PlannedLimitsProperties {
    private static final List<TierProfile> TIERS = List.of(new TierProfile(CHAT, LengthStats.guess(200, 200, 1)));
    private static final double FIXED_SECONDS = 0.05;

    /** A limit at a whole number does not come and go with the noise of the curve; up it goes at once. */
    @Property(tries = 200)
    void noiseAtAWholeNumberChangesNothing(
            @ForAll @IntRange(min = 2, max = 200) int sequences,
            @ForAll @DoubleRange(min = -0.99, max = 1) double noise) {
        PlannedLimits first = PlannedLimits.none().next(known(sequences + 0.01, sequences), TIERS);
        double exact = sequences * (1 + 0.019 * noise);
        int limit = (int) Math.floor(exact);
        PlannedLimits next = first.next(known(exact, limit), TIERS);
        int expected = limit == sequences - 1 ? sequences : limit;
        assertThat(planned(next)).isEqualTo(expected);
    }

    /** Clearly less, a bound other than the curve, or more than one less is followed at once. */
    @Property(tries = 200)
    void whatIsClearIsFollowed(
            @ForAll @IntRange(min = 3, max = 200) int sequences, @ForAll @IntRange(min = 1, max = 2) int fewer) {
        PlannedLimits first = PlannedLimits.none().next(known(sequences + 0.01, sequences), TIERS);
        assertThat(planned(first.next(known(0.97 * sequences, sequences - fewer), TIERS)))
                .isEqualTo(sequences - fewer);
        assertThat(planned(first.next(known(2 * sequences, sequences - fewer), TIERS)))
                .as("memory, say")
                .isEqualTo(sequences - fewer);
        assertThat(planned(first.next(known(sequences - 0.01, sequences - 2), TIERS)))
                .isEqualTo(sequences - 2);
    }

    private static int planned(PlannedLimits limits) {
        Capability capability = limits.in(known(1, 1)).get(KIND);
        return capability.limits().hard(0, 0);
    }

    /** A curve that reaches the ITL at {@code exact} sequences, and a limit. */
    private static Map<String, Capability> known(double exact, int limit) {
        double perSequence = (CHAT.slo().itlSeconds() - FIXED_SECONDS) / exact;
        return Map.of(
                KIND, new Capability(new Coefficients(FIXED_SECONDS, perSequence, 0), BatchLimits.fixed(1, limit)));
    }
}
