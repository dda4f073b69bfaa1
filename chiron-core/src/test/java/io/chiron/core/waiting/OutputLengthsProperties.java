package io.chiron.core.waiting;

import static io.chiron.core.waiting.WaitingArbitraries.START;
import static io.chiron.core.waiting.WaitingArbitraries.at;
import static io.chiron.core.waiting.WaitingArbitraries.decades;
import static io.chiron.core.waiting.WaitingArbitraries.flow;
import static io.chiron.core.waiting.WaitingArbitraries.histogram;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.ArrivalBins;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.TierFlow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class OutputLengthsProperties {
    private static final LengthStats GUESS = LengthStats.guess(161, 338, 1);

    /** (prompt, output) pairs that complete between two readings, and outputs so far of what runs. */
    record Step(List<Tuple2<Double, Double>> completed, List<Double> running, double seconds) {}

    @Provide
    Arbitrary<Step> steps() {
        Arbitrary<Double> tokens = decades(0, 4).map(Math::rint);
        return Combinators.combine(
                        Combinators.combine(tokens, tokens).as(Tuple::of).list().ofMaxSize(20),
                        tokens.list().ofMaxSize(20),
                        decades(-1, 4))
                .as(Step::new);
    }

    @Provide
    Arbitrary<Double> absurd() {
        return Arbitraries.oneOf(Arbitraries.of(0.0, 1.7e308), decades(0, 308));
    }

    @Property
    void readingTheSameFlowAgainChangesNothing(@ForAll @Size(min = 1, max = 5) List<@From("steps") Step> steps) {
        OutputLengths once = OutputLengths.starting(GUESS);
        OutputLengths twice = once;
        for (TierFlow flow : flows(steps)) {
            once = once.observe(flow);
            twice = twice.observe(flow).observe(flow);
            assertThat(twice.stats()).isEqualTo(once.stats());
        }
        // Nor does one that was overtaken by the next.
        TierFlow late = TierFlow.idle("batch", at(0));
        TierFlow last = TierFlow.idle("batch", at(1));
        OutputLengths overtaken = OutputLengths.starting(GUESS).observe(last);
        assertThat(overtaken.observe(late)).isSameAs(overtaken);
    }

    @Property
    void everyCompletionCountsOnceHoweverItIsRead(@ForAll @Size(min = 1, max = 6) List<@From("steps") Step> steps) {
        List<TierFlow> flows = flows(steps);
        TierFlow last = flows.get(flows.size() - 1);
        OutputLengths all = OutputLengths.starting(GUESS);
        for (TierFlow flow : flows) {
            all = all.observe(flow);
        }
        // Nothing runs in the end: no output is unseen, and under a thousand samples nothing fades.
        TierFlow end = flow(
                last.time().plusSeconds(1),
                last.completed(),
                last.completedOutputs(),
                LengthHistogram.EMPTY,
                List.of());
        LengthStats stats = all.observe(end).stats();
        assertThat(stats.samples()).isEqualTo(last.completed().count(), within(1e-6));
        double count = last.completed().count();
        double weight = guessWeight(last.completed());
        double plain = (weight * GUESS.meanOutput() + last.completed().output()) / (weight + count);
        assertThat(stats.meanOutput()).isEqualTo(plain, within(plain * 1e-6));
        double squared = (weight * GUESS.meanOutputSquared() + last.completed().outputSquared()) / (weight + count);
        assertThat(stats.meanOutputSquared()).isEqualTo(squared, within(squared * 1e-6));
        double prompt = (3 * GUESS.meanPrompt() + last.completed().prompt()) / (3 + count);
        assertThat(stats.meanPrompt()).isEqualTo(prompt, within(prompt * 1e-6));
    }

    /** What the guess weighs: 20 samples times the squared CV, which is itself blended with a guess of 20; three at least. */
    private static double guessWeight(LengthMoments completed) {
        double count = completed.count();
        double guessed = GUESS.meanOutputSquared() / (GUESS.meanOutput() * GUESS.meanOutput()) - 1;
        double learned = count > 0
                ? Math.max(0, completed.outputSquared() * count / (completed.output() * completed.output()) - 1)
                : 0;
        return Math.max(3, 20 * Math.min(1, (20 * guessed + count * learned) / (20 + count)));
    }

    /** Requests of one length: after a hundred the guess, four times as long, counts for little. */
    @Property(tries = 50)
    void lengthsThatDoNotVaryAreBelievedSoon(@ForAll @IntRange(min = 100, max = 1000) int count) {
        double length = GUESS.meanOutput() / 4;
        LengthMoments moments = new LengthMoments(
                count, count * 100.0, count * length, count * 1e4, count * length * length, count * 100.0 * length);
        TierFlow flow = flow(at(0), moments, LengthHistogram.EMPTY, LengthHistogram.EMPTY, List.of());
        double learned = OutputLengths.starting(GUESS).observe(flow).stats().meanOutput();
        assertThat(learned).isBetween(length, 1.13 * length);
    }

    @Property
    void aRestartIsANewBase(
            @ForAll @Size(min = 1, max = 4) List<@From("steps") Step> before,
            @ForAll @Size(min = 1, max = 4) List<@From("steps") Step> after,
            @ForAll @IntRange(min = -100_000, max = 100_000) int jumpSeconds) {
        OutputLengths lengths = OutputLengths.starting(GUESS);
        for (TierFlow flow : flows(before)) {
            lengths = lengths.observe(flow);
        }
        double learned = lengths.stats().samples();
        for (TierFlow flow : flows(after)) {
            lengths = lengths.observe(new TierFlow(
                    "batch",
                    flow.time().plusSeconds(jumpSeconds),
                    flow.arrivals(),
                    0,
                    0,
                    0,
                    flow.completed(),
                    flow.completedOutputs(),
                    flow.runningOutputs(),
                    List.of()));
            // The record refuses NaN and negative values; nothing may be learned twice, or unlearned.
            assertThat(lengths.stats().samples()).isGreaterThanOrEqualTo(0).isLessThan(400);
        }
        // From empty counters again: the fall itself teaches nothing.
        OutputLengths fallen = OutputLengths.starting(GUESS);
        for (TierFlow flow : flows(before)) {
            fallen = fallen.observe(flow);
        }
        TierFlow empty = TierFlow.idle("batch", at(1e6));
        if (learned > 0) {
            assertThat(fallen.observe(empty).stats()).isEqualTo(fallen.stats());
        }
    }

    @Property
    void aFallOfAnyCounterTeachesNothing(
            @ForAll @Size(min = 1, max = 4) List<@From("steps") Step> steps,
            @ForAll @IntRange(max = 6) int fallen,
            @ForAll @Size(6) List<@IntRange(max = 1000) Integer> more) {
        OutputLengths lengths = OutputLengths.starting(GUESS);
        for (TierFlow flow : flows(steps)) {
            lengths = lengths.observe(flow);
        }
        TierFlow last = flows(steps).get(steps.size() - 1);
        LengthMoments now = last.completed();
        if (now.count() == 0) {
            return;
        }
        double[] sums = {
            now.count(), now.prompt(), now.output(), now.promptSquared(), now.outputSquared(), now.promptTimesOutput()
        };
        double[] outputs = new double[LengthHistogram.BINS];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = last.completedOutputs().count(i) * (fallen == sums.length ? 0.5 : 1);
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] = i == fallen ? sums[i] * 0.99 : sums[i] + more.get(i);
        }
        TierFlow fall = flow(
                last.time(),
                new LengthMoments(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]),
                LengthHistogram.of(outputs),
                last.runningOutputs(),
                List.of());
        assertThat(lengths.observe(fall).stats()).isEqualTo(lengths.stats());
    }

    @Property
    void absurdCountersStillGiveLengths(
            @ForAll @Size(max = 4) List<@From("absurd") Double> sums,
            @ForAll @IntRange(max = 2000) int count,
            @ForAll @IntRange(min = 0, max = 83) int bin) {
        OutputLengths lengths = OutputLengths.starting(GUESS);
        int second = 0;
        for (double sum : sums) {
            double[] outputs = new double[LengthHistogram.BINS];
            Arrays.fill(outputs, bin, LengthHistogram.BINS, sum);
            lengths = lengths.observe(new TierFlow(
                    "batch",
                    at(++second),
                    ArrivalBins.of(at(second), Duration.ofMillis(250), new double[] {count}, new double[] {sum}),
                    0,
                    0,
                    0,
                    new LengthMoments(count, sum, sum, count, sum, sum),
                    LengthHistogram.of(outputs),
                    LengthHistogram.of(outputs),
                    List.of()));
            assertThat(lengths.stats().meanOutput()).isBetween(1.0, 1e9);
        }
        assertThat(lengths.stats().meanPrompt()).isBetween(1.0, 1e9);
    }

    @Property
    void arrivalBinsCountOnce(
            @ForAll @Size(min = 1, max = 200) List<@IntRange(max = 50) Integer> requests,
            @ForAll @IntRange(min = 1, max = 64) int seen,
            @ForAll @IntRange(min = 1, max = 20) int perReading) {
        // Readings of the last bins, that overlap.
        OutputLengths lengths = OutputLengths.starting(GUESS);
        double sumRequests = 0;
        double sumTokens = 0;
        int read = 0;
        for (int end = Math.min(perReading, requests.size()); read < requests.size(); ) {
            int from = Math.max(0, end - Math.max(seen, perReading));
            double[] counts = new double[end - from];
            double[] tokens = new double[end - from];
            for (int i = from; i < end; i++) {
                counts[i - from] = requests.get(i);
                tokens[i - from] = requests.get(i) * (i + 1.0);
            }
            for (; read < end; read++) {
                sumRequests += requests.get(read);
                sumTokens += requests.get(read) * (read + 1.0);
            }
            ArrivalBins bins = ArrivalBins.of(at(0.25 * from), Duration.ofMillis(250), counts, tokens);
            lengths = lengths.observe(arrivals(0.25 * end, bins));
            end = Math.min(end + perReading, requests.size());
        }
        if (sumRequests <= 1000) {
            double expected = Math.max(1, (3 * GUESS.meanPrompt() + sumTokens) / (3 + sumRequests));
            assertThat(lengths.stats().meanPrompt()).isEqualTo(expected, within(expected * 1e-9));
        }
    }

    /** What fades is weight, by half in half an hour, down to a thousand samples. */
    @Property
    void samplesFadeByHalfLifeDownToAThousand(
            @ForAll @DoubleRange(min = 0, max = 5e5) double count,
            @ForAll @IntRange(min = 0, max = 20_000) int seconds) {
        OutputLengths lengths = OutputLengths.starting(GUESS).observe(TierFlow.idle("batch", START));
        TierFlow done = flow(
                at(1),
                new LengthMoments(count, count * 10, count * 100, count * 100, count * 10_000, count * 1000),
                LengthHistogram.EMPTY,
                LengthHistogram.EMPTY,
                List.of());
        TierFlow later =
                flow(at(1 + seconds), done.completed(), LengthHistogram.EMPTY, LengthHistogram.EMPTY, List.of());
        double left = lengths.observe(done).observe(later).stats().samples();
        double faded = count * StrictMath.pow(2, -seconds / 1800.0);
        assertThat(left).isEqualTo(Math.max(faded, Math.min(count, 1000)), within(1e-6 * count + 1e-9));
    }

    @Property
    void withoutCompletionsOnlyTheGuessIsKnown(
            @ForAll @Size(max = 20) List<@DoubleRange(min = 0, max = 1e5) Double> running) {
        TierFlow flow = flow(START, LengthMoments.ZERO, LengthHistogram.EMPTY, histogram(running), List.of());
        assertThat(OutputLengths.starting(GUESS).observe(flow).stats()).isEqualTo(GUESS);
    }

    private static List<TierFlow> flows(List<Step> steps) {
        List<TierFlow> flows = new ArrayList<>();
        LengthMoments completed = LengthMoments.ZERO;
        List<Double> outputs = new ArrayList<>();
        double seconds = 0;
        for (Step step : steps) {
            for (Tuple2<Double, Double> pair : step.completed()) {
                completed = completed.plus(pair.get1(), pair.get2());
                outputs.add(pair.get2());
            }
            seconds += step.seconds();
            flows.add(flow(at(seconds), completed, histogram(outputs), histogram(step.running()), List.of()));
        }
        return flows;
    }

    private static TierFlow arrivals(double seconds, ArrivalBins bins) {
        return new TierFlow(
                "batch",
                at(seconds),
                bins,
                0,
                0,
                0,
                LengthMoments.ZERO,
                LengthHistogram.EMPTY,
                LengthHistogram.EMPTY,
                List.of());
    }
}
