package io.chiron.core.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.ArrivalBins;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.TierFlow;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** Work over time: its envelope, its replay, its trend, how it grows, and how long a want is held. */
class DemandProperties {
    private static final double BIN = 0.25;

    @Property
    void envelopeGrowsWithWorkAndWithLessSlack(
            @ForAll("work") double[] work,
            @ForAll @IntRange(max = 299) int where,
            @ForAll @DoubleRange(min = 0.01, max = 100) double more,
            @ForAll @DoubleRange(min = 0.5, max = 60) double slack,
            @ForAll @DoubleRange(min = 0.1, max = 1) double share) {
        double plain = envelope(work, slack) * (1 - 1e-12);
        double[] heavier = work.clone();
        heavier[where % work.length] += more;
        assertThat(envelope(heavier, slack)).isGreaterThanOrEqualTo(plain);
        assertThat(envelope(work, share * slack)).isGreaterThanOrEqualTo(plain);
        double all = Arrays.stream(work).sum();
        assertThat(plain).isLessThanOrEqualTo(all / (BIN + slack) + 1e-9);
    }

    /** What the envelope is for: the largest prefix of windows is served within the slack, up to the gaps between them. */
    @Property
    void capacityOfTheEnvelopeKeepsTheBacklogInsideTheSlack(
            @ForAll("work") double[] work, @ForAll @DoubleRange(min = 0.5, max = 60) double slack) {
        // Window lengths grow by a quarter at most: the one just above a backlog's own holds all of it.
        double capacity = 1.25 * DemandEnvelope.peak(DemandEnvelope.cumulative(work), work.length, BIN, slack);
        double queue = 0;
        for (double each : work) {
            queue = Math.max(0, queue + each - capacity * BIN);
            assertThat(queue).isLessThanOrEqualTo(capacity * slack * (1 + 1e-9));
        }
    }

    @Property
    void replayLeavesAtMostItsShareLateAndIsNearTheLeast(
            @ForAll("work") double[] work, @ForAll @DoubleRange(min = 0.25, max = 20) double slack) {
        double capacity = DemandEnvelope.replay(work, 0, work.length, BIN, slack);
        double mean = Arrays.stream(work).sum() / (work.length * BIN);
        assertThat(late(work, slack, capacity)).isLessThanOrEqualTo(0.003);
        assertThat(capacity).isGreaterThanOrEqualTo(mean * (1 - 1e-9));
        double less = 0.99 * capacity;
        assertThat(late(work, slack, less) > 0.003 || less <= mean * 1.01)
                .as("least")
                .isTrue();
    }

    @Property
    void steadyCapacityServesItsPastAndExceedsItsMean(
            @ForAll @IntRange(min = 180, max = 900) int seconds,
            @ForAll @DoubleRange(min = 0.1, max = 50) double rate,
            @ForAll long seed,
            @ForAll @DoubleRange(min = 0.5, max = 30) double slack) {
        Random random = new Random(seed);
        double[] work = new double[seconds];
        for (int i = 0; i < seconds; i++) {
            work[i] = rate * 2 * random.nextDouble();
        }
        double capacity = SteadyLoad.capacity(work, slack);
        if (!Double.isNaN(capacity)) {
            assertThat(capacity).isBetween(0.9 * rate, 4 * rate);
            assertThat(SteadyLoad.capacity(work, slack / 2)).isGreaterThanOrEqualTo(capacity);
        }
        double[] risen = work.clone();
        for (int i = seconds - 60; i < seconds; i++) {
            risen[i] += 10 * rate;
        }
        assertThat(SteadyLoad.capacity(risen, slack))
                .as("a load that has moved is not steady")
                .isNaN();
    }

    @Property
    void headroomStaysInItsRangeWhateverComes(
            @ForAll("loads") double[] references,
            @ForAll("loads") double[] peaks,
            @ForAll @IntRange(max = 600) int lead) {
        Headroom headroom = Headroom.empty();
        for (int i = 0; i < Math.min(references.length, peaks.length); i++) {
            headroom = headroom.plus(1000 + 5 * i, references[i], peaks[i]);
            assertThat(headroom.factor(lead)).isBetween(1.05, 10.0);
        }
        assertThat(headroom.plus(900, 1, 1).readings())
                .as("a clock that goes back begins again")
                .isEqualTo(1);
    }

    /** It covers the growth that was seen: of a past that always rose by a factor, that factor. */
    @Property
    void headroomCoversTheGrowthOfThePast(
            @ForAll @DoubleRange(min = 1.1, max = 8) double growth, @ForAll @IntRange(min = 10, max = 120) int lead) {
        Headroom headroom = Headroom.empty();
        for (int i = 0; i < 20 * lead / 5; i++) {
            headroom = headroom.plus(5 * i, 1, growth);
        }
        assertThat(headroom.factor(lead)).isGreaterThanOrEqualTo(growth * (1 - 1e-9));
    }

    @Property
    void holdWindowGivesTheLargestWantInIt(
            @ForAll("steps") int[] steps, @ForAll("wants") int[] wants, @ForAll @IntRange(max = 300) int window) {
        HoldWindow hold = HoldWindow.empty();
        double time = 0;
        double[] times = new double[steps.length];
        for (int i = 0; i < steps.length; i++) {
            time += steps[i];
            times[i] = time;
            hold = hold.plus(time, wants[i], window);
            double largest = 0;
            for (int j = 0; j <= i; j++) {
                if (times[j] >= time - window) {
                    largest = Math.max(largest, wants[j]);
                }
            }
            assertThat(hold.largest()).isEqualTo(largest);
        }
    }

    /** A fall takes what was held along; nothing else does. */
    @Property
    void heldWantsFollowAFallingLine(
            @ForAll("wants") int[] wants,
            @ForAll @DoubleRange(min = 0, max = 50) double level,
            @ForAll @DoubleRange(min = -1, max = 1) double perSecond) {
        HoldWindow hold = HoldWindow.empty();
        for (int i = 0; i < wants.length; i++) {
            hold = hold.plus(10 * i, wants[i], 300);
        }
        double now = 10 * (wants.length - 1);
        Trend trend = new Trend(level, perSecond);
        double newest = wants[wants.length - 1];
        assertThat(hold.largest(now, trend)).isBetween(newest, hold.largest());
        if (!trend.falls()) {
            assertThat(hold.largest(now, trend)).isEqualTo(hold.largest());
        }
        HoldWindow one = HoldWindow.empty().plus(0, 10, 300);
        assertThat(one.largest(100, new Trend(30, -0.3))).isEqualTo(5, within(1e-9));
    }

    /** Ten minutes of a straight line: the past that has been served is not asked for again, and what comes is. */
    @Property(tries = 100)
    void aFallingLoadIsPlannedAtItsPresentLevel(
            @ForAll @DoubleRange(min = 5, max = 100) double perSecond,
            @ForAll @DoubleRange(min = -0.9, max = 0.9) double change) {
        double[] requests = new double[2400];
        for (int i = 0; i < requests.length; i++) {
            requests[i] = perSecond / 4 * (1 + change * i / requests.length);
        }
        Instant now = Fleets.at(600);
        TierFlow flow =
                Fleets.flow("chat", now, ArrivalBins.of(Fleets.START, Duration.ofMillis(250), requests, requests), 0);
        WorkModel model = WorkModel.of(Fleets.CAPABILITY.curve(), Fleets.CAPABILITY.limits(), Fleets.TIERS);
        InteractiveNeed need = InteractiveDemand.empty()
                .observe(
                        new FleetSnapshot("f", now, List.of(), List.of(flow), List.of()),
                        Fleets.TIERS,
                        model,
                        60,
                        false,
                        45,
                        now)
                .need();
        double present = model.workSeconds(0, perSecond * (1 + change), perSecond * (1 + change));
        assertThat(need.reference()).isGreaterThanOrEqualTo(0.99 * present);
        assertThat(need.want()).isGreaterThanOrEqualTo(0.99 * present);
        if (change < -0.1) {
            assertThat(need.reference()).isLessThanOrEqualTo(1.01 * present);
            assertThat(need.want()).isLessThanOrEqualTo(1.01 * present * Headroom.UNLEARNED);
        }
    }

    @Property
    void trendFindsALineAndNotNoise(
            @ForAll @DoubleRange(min = 1, max = 100) double level,
            @ForAll @DoubleRange(min = -0.5, max = 0.5) double share,
            @ForAll long seed) {
        Random random = new Random(seed);
        double[] line = new double[1200];
        double[] noise = new double[1200];
        for (int i = 0; i < line.length; i++) {
            line[i] = BIN * (level + share * level * i / line.length + 0.01 * level * (random.nextDouble() - 0.5));
            noise[i] = BIN * level * (1 + 0.5 * (random.nextInt(2) * 2 - 1));
        }
        Trend found = Trend.of(line, BIN, 40, 30);
        assertThat(found.level())
                .isEqualTo(level * (1 + share), within(level * 0.55 * Math.min(0.1, Math.abs(share)) + 0.02 * level));
        if (Math.abs(share) > 0.1) {
            assertThat(found.perSecond()).isEqualTo(share * level / 300, within(0.02 * level / 300));
        }
        assertThat(Trend.of(new double[1200], BIN, 40, 30)).isEqualTo(new Trend(0, 0));
        Trend none = Trend.of(noise, BIN, 40, 30);
        assertThat(none.level()).isEqualTo(level, within(0.25 * level));
    }

    /** Nothing but rounding tells its parts apart, and rounding is neither a trend nor a change. */
    @Property
    void levelLoadIsSteady(
            @ForAll @DoubleRange(min = 0.01, max = 1e5) double rate,
            @ForAll @DoubleRange(min = 0.5, max = 30) double slack) {
        double[] bins = new double[1200];
        Arrays.fill(bins, rate * BIN);
        assertThat(Trend.of(bins, BIN, 40, 30).perSecond()).isZero();
        double[] seconds = new double[900];
        Arrays.fill(seconds, rate);
        assertThat(SteadyLoad.capacity(seconds, slack)).isEqualTo(rate, within(1e-6 * rate));
    }

    private static double envelope(double[] work, double slack) {
        return DemandEnvelope.peak(DemandEnvelope.cumulative(work), 240, BIN, slack);
    }

    /** An independent replay: work in a bin is late as far as the queue behind it is longer than the slack. */
    private static double late(double[] work, double slack, double capacity) {
        double queue = 0;
        double late = 0;
        double all = 0;
        for (double each : work) {
            queue = Math.max(0, queue + each - capacity * BIN);
            late += Math.max(0, Math.min(each, queue - capacity * slack));
            all += each;
        }
        return all == 0 ? 0 : late / all;
    }

    /** Bursts between quiet bins. */
    @Provide
    Arbitrary<double[]> work() {
        return Arbitraries.randomValue(random -> {
            double[] work = new double[1 + random.nextInt(400)];
            double burst = random.nextDouble();
            for (int i = 0; i < work.length; i++) {
                work[i] = random.nextDouble() < burst ? random.nextDouble() * 5 : random.nextInt(40) == 0 ? 30 : 0;
            }
            return work;
        });
    }

    @Provide
    Arbitrary<double[]> loads() {
        return Arbitraries.randomValue(random -> {
            double[] loads = new double[1 + random.nextInt(60)];
            double scale = StrictMath.pow(10, random.nextInt(9) - 4);
            boolean sane = random.nextInt(4) > 0;
            for (int i = 0; i < loads.length; i++) {
                int kind = random.nextInt(12);
                loads[i] = kind == 0
                        ? 0
                        : kind == 1 && !sane
                                ? 1e308 * 10
                                : kind == 2 && !sane ? Double.NaN : scale * random.nextDouble();
            }
            return loads;
        });
    }

    @Provide
    Arbitrary<int[]> steps() {
        return Arbitraries.integers().between(1, 60).array(int[].class).ofSize(40);
    }

    @Provide
    Arbitrary<int[]> wants() {
        return Arbitraries.integers().between(0, 20).array(int[].class).ofSize(40);
    }
}
