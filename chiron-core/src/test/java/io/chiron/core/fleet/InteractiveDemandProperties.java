package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.CHAT;
import static io.chiron.core.fleet.Fleets.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.ArrivalBins;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.TierProfile;
import io.chiron.core.waiting.LengthStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** Demand of several tiers, of which one is behind the others or of another time. */
class InteractiveDemandProperties {
    private static final SloTier DRAFT = new SloTier("draft", CHAT.requestClass(), CHAT.slo());
    private static final List<TierProfile> TIERS = List.of(
            new TierProfile(CHAT, LengthStats.guess(200, 300, 1)),
            new TierProfile(DRAFT, LengthStats.guess(200, 300, 1)));
    private static final WorkModel MODEL = WorkModel.of(Fleets.CAPABILITY.curve(), BatchLimits.fixed(2, 64), TIERS);
    private static final int STEP_SECONDS = 5;
    /** When one tier is heard of last, and the other one's load changes. */
    private static final int TURN_SECONDS = 400;

    /** What the other tier does is seen while one is silent, which is taken to go on: as if it did. */
    @Property(tries = 100)
    void aTierThatIsNotHeardOfHidesNothingOfTheOthers(
            @ForAll @DoubleRange(min = 1, max = 50) double silent,
            @ForAll @DoubleRange(min = 1, max = 50) double before,
            @ForAll @DoubleRange(min = 1, max = 50) double after,
            @ForAll @IntRange(min = 5, max = 900) int seconds) {
        InteractiveNeed heard = need(TURN_SECONDS + seconds, silent, before, after, Integer.MAX_VALUE, 0);
        InteractiveNeed unheard = need(TURN_SECONDS + seconds, silent, before, after, TURN_SECONDS, 0);
        assertSame(unheard, heard);
    }

    /** A tier of another time, an hour ahead or behind since the turn, moves nobody else's. */
    @Property(tries = 50)
    void aTierOfAnotherTimeHidesNothingOfTheOthers(
            @ForAll @DoubleRange(min = 1, max = 50) double wrong,
            @ForAll @DoubleRange(min = 1, max = 50) double before,
            @ForAll @DoubleRange(min = 1, max = 50) double after,
            @ForAll boolean ahead) {
        int end = TURN_SECONDS + 120;
        InteractiveNeed right = need(end, 0, before, after, Integer.MAX_VALUE, 0);
        InteractiveNeed need = need(end, wrong, before, after, TURN_SECONDS, ahead ? 3600 : -3600);
        double own = MODEL.workSeconds(1, wrong, wrong * 200);
        assertThat(need.recent()).isBetween(right.recent() * 0.999, (right.recent() + own) * 1.001);
        assertThat(need.reference()).isGreaterThanOrEqualTo(right.reference() * 0.999);
    }

    /** No tier is heard of any more: what was known last is what is known. */
    @Property(tries = 20)
    void whenNobodyIsHeardOfWhatWasKnownStays(@ForAll @DoubleRange(min = 1, max = 50) double perSecond) {
        Feed feed = new Feed();
        InteractiveNeed last = InteractiveNeed.NONE;
        for (int second = STEP_SECONDS; second <= TURN_SECONDS; second += STEP_SECONDS) {
            last = feed.read(second, flow("chat", second, perSecond), flow("draft", second, perSecond));
        }
        InteractiveNeed later = feed.read(
                TURN_SECONDS + 300, flow("chat", TURN_SECONDS, perSecond), flow("draft", TURN_SECONDS, perSecond));
        assertSame(later, last);
    }

    private static void assertSame(InteractiveNeed need, InteractiveNeed expected) {
        assertThat(need.known()).isTrue();
        assertThat(need.reference()).isEqualTo(expected.reference(), within(1e-6 * expected.reference()));
        assertThat(need.recent()).isEqualTo(expected.recent(), within(1e-6 * expected.recent()));
        assertThat(need.mean()).isEqualTo(expected.mean(), within(1e-6 * expected.mean()));
    }

    /**
     * The need at {@code end}: one tier goes from {@code before} to {@code after} per second at the turn; the other has
     * {@code even} all the time, is heard of until {@code heardUntil}, and is {@code offSeconds} off from then on.
     */
    private static InteractiveNeed need(
            int end, double even, double before, double after, int heardUntil, int offSeconds) {
        Feed feed = new Feed();
        InteractiveNeed need = InteractiveNeed.NONE;
        for (int second = STEP_SECONDS; second <= end; second += STEP_SECONDS) {
            boolean turned = second > TURN_SECONDS;
            int at = second <= heardUntil ? second : offSeconds == 0 ? heardUntil : second + offSeconds;
            need = feed.read(second, flow("chat", second, turned ? after : before), flow("draft", at, even));
        }
        return need;
    }

    /** Readings one after the other. */
    private static final class Feed {
        private InteractiveDemand demand = InteractiveDemand.empty();

        InteractiveNeed read(int second, TierFlow... flows) {
            FleetSnapshot snapshot =
                    new FleetSnapshot("f", at(second), List.of(), Arrays.asList(flows), new ArrayList<>());
            InteractiveDemand.Step step = demand.observe(snapshot, TIERS, MODEL, 20, false, 45, at(second));
            demand = step.state();
            return step.need();
        }
    }

    /** What came in the last step. */
    private static TierFlow flow(String tier, int second, double perSecond) {
        double[] requests = new double[4 * STEP_SECONDS];
        Arrays.fill(requests, perSecond / 4);
        double[] prompts = new double[requests.length];
        Arrays.fill(prompts, perSecond / 4 * 200);
        ArrivalBins bins = ArrivalBins.of(at(second - STEP_SECONDS), Duration.ofMillis(250), requests, prompts);
        return Fleets.flow(tier, at(second), bins, 0);
    }
}
