package io.chiron.core.waiting;

import io.chiron.api.ArrivalBins;
import io.chiron.api.Checks;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.TierFlow;
import io.chiron.api.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;

/**
 * The lengths of one tier's requests, learned from its flow. An immutable state value: every reading gives the next
 * one.
 *
 * <ul>
 *   <li>Output lengths are corrected for requests that still run (early completions are biased to short outputs), by a
 *       life table over the bins of {@link LengthHistogram}; without histograms the completions count as they are.
 *   <li>Prompt lengths come from arrivals, which have no such bias, unless more completions than arrivals are known.
 *   <li>Old counts fade by a wall-clock half-life, but never below {@value #KEPT_SAMPLES} samples: at a low rate
 *       precision is worth more than freshness.
 *   <li>The guess that it starts with weighs as much as {@value #GUESS_SAMPLES} samples, fewer where outputs vary less than
 *       their mean, of prompts as {@value #PROMPT_GUESS_SAMPLES}. Completions are discounted by the share of the distribution that none of them has reached, since only extrapolation speaks for it.
 * </ul>
 */
public final class OutputLengths {
    /** Half-life by default: it follows the hours of a day, and averages thousands of requests at any usual rate. */
    public static final Duration DEFAULT_HALF_LIFE = Duration.ofMinutes(30);

    private static final int KEPT_SAMPLES = 1000;
    private static final int GUESS_SAMPLES = 20;
    /** Of outputs that hardly vary: a few of them say more than any guess. */
    private static final int LEAST_GUESS_SAMPLES = 3;
    /** Of prompts: they are all known when they arrive, so nothing but the first few has to be bridged. */
    private static final int PROMPT_GUESS_SAMPLES = 3;

    /** A reading that is older than the last by less than this came late; by more, the clock was set back. */
    private static final double LATE_SECONDS = 60;

    private final LengthStats guess;
    private final double halfLifeSeconds;
    private final Reading last;
    private final LengthMoments completed;
    private final LifeTable outputs;
    private final Arrivals arrivals;

    private OutputLengths(
            LengthStats guess,
            double halfLifeSeconds,
            Reading last,
            LengthMoments completed,
            LifeTable outputs,
            Arrivals arrivals) {
        this.guess = guess;
        this.halfLifeSeconds = halfLifeSeconds;
        this.last = last;
        this.completed = completed;
        this.outputs = outputs;
        this.arrivals = arrivals;
    }

    /** Nothing learned yet, with the default half-life. */
    public static OutputLengths starting(LengthStats guess) {
        return starting(guess, DEFAULT_HALF_LIFE);
    }

    /**
     * Nothing learned yet.
     *
     * @param guess what is assumed before the first completion
     * @param halfLife in which old counts lose half their weight; (0, 365 days]
     */
    public static OutputLengths starting(LengthStats guess, Duration halfLife) {
        Objects.requireNonNull(guess, "lengths.guess");
        Checks.positive("lengths.halfLife", halfLife, Duration.ofDays(365));
        return new OutputLengths(
                guess, Times.seconds(halfLife), Reading.NONE, LengthMoments.ZERO, LifeTable.EMPTY, Arrivals.NONE);
    }

    /**
     * The state after this reading. Only what is new since the last one counts, so reading the same flow again changes
     * nothing. After a counter fell (the router restarted) the reading is the new base and nothing is learned from it;
     * a reading that comes late is left out; a clock that was set back stops the fading for one reading.
     */
    public OutputLengths observe(TierFlow flow) {
        Objects.requireNonNull(flow, "flow");
        if (isLate(last.time(), flow.time())) {
            return this;
        }
        boolean first = last.time().equals(Instant.MIN);
        double elapsedSeconds = first ? 0 : Math.max(0, Times.secondsBetween(last.time(), flow.time()));
        double faded = StrictMath.pow(2, -elapsedSeconds / halfLifeSeconds);
        Reading now = new Reading(flow.time(), flow.completed(), flow.completedOutputs(), flow.runningOutputs());
        Arrivals nextArrivals = arrivals.plus(flow.arrivals(), faded);
        if (now.fellSince(last)) {
            return new OutputLengths(guess, halfLifeSeconds, now, completed, outputs, nextArrivals);
        }
        // Counters that are met for the first time have an unknown age: they count, but at most as a kept sample.
        double weight = first ? atLeastKept(0, flow.completed().count()) : 1;
        double keep = atLeastKept(faded, completed.count());
        return new OutputLengths(
                guess,
                halfLifeSeconds,
                now,
                plus(completed, keep, flow.completed(), last.completed(), weight),
                outputs.plus(now.newOutputs(last), last.running(), now.running(), keep, weight),
                nextArrivals);
    }

    /** True if the flows tell how far requests that run have come. */
    public boolean knowsRunning() {
        return last.running().total() > 0;
    }

    /** What is known now; {@code samples} is 0 as long as it is only the guess. */
    public LengthStats stats() {
        double count = completed.count();
        boolean byArrival = arrivals.requests >= count;
        double promptTokens = byArrival ? arrivals.promptTokens : completed.prompt();
        double prompts = byArrival ? arrivals.requests : count;
        double prompt = (PROMPT_GUESS_SAMPLES * guess.meanPrompt() + promptTokens) / (PROMPT_GUESS_SAMPLES + prompts);
        double meanPrompt = bounded(prompt, 1, 1e9);
        double guessedProduct = guess.meanPromptOutput() / (guess.meanPrompt() * guess.meanOutput());
        if (!(count > 0)) {
            return new LengthStats(
                    meanPrompt,
                    guess.meanOutput(),
                    guess.meanOutputSquared(),
                    guessedProduct * meanPrompt * guess.meanOutput(),
                    0);
        }
        LifeTable.Moments output = outputMoments();
        double samples = count * (1 - output.unseen());
        double guessSamples = guessSamples(output, samples);
        double meanOutput = bounded(blend(guess.meanOutput(), guessSamples, output.mean(), samples), 1, 1e9);
        double squared = blend(guess.meanOutputSquared(), guessSamples, output.meanSquared(), samples);
        double meanOutputSquared = bounded(squared, meanOutput * meanOutput, 1e18);
        // E[prompt·output] keeps its ratio to the product of the means when these are corrected.
        double product = completed.promptTimesOutput() * count / (completed.prompt() * completed.output());
        double ratio =
                product > 0 ? blend(guessedProduct, guessSamples, Math.min(product, 1e3), samples) : guessedProduct;
        return new LengthStats(meanPrompt, meanOutput, meanOutputSquared, ratio * meanPrompt * meanOutput, samples);
    }

    /** True for a reading that is a little older than the last: it came late, and what it says is known. */
    static boolean isLate(Instant last, Instant now) {
        double elapsedSeconds = Times.secondsBetween(last, now);
        return elapsedSeconds < 0 && elapsedSeconds > -LATE_SECONDS;
    }

    private LifeTable.Moments outputMoments() {
        double rawMean = completed.output() / completed.count();
        double rawSquared = completed.outputSquared() / completed.count();
        if (outputs.isEmpty()) {
            return new LifeTable.Moments(rawMean, rawSquared, 0);
        }
        // The sums know what the bins do not: where in its bin an output lies. Half a bin is the most that can be.
        LifeTable.Moments binned = outputs.completedMoments();
        LifeTable.Moments corrected = outputs.moments();
        double inside = bounded(rawMean / binned.mean(), 0.9, 1.1);
        double insideSquared = bounded(rawSquared / binned.meanSquared(), 0.8, 1.2);
        return new LifeTable.Moments(
                corrected.mean() * inside, corrected.meanSquared() * insideSquared, corrected.unseen());
    }

    /**
     * How many samples the guess is worth: a mean of n samples deviates by {@code cv / √n}, so what is known of it after a
     * number of them depends on the CV, which is learned beside a guess too.
     */
    private double guessSamples(LifeTable.Moments output, double samples) {
        double guessed = relativeVariance(guess.meanOutput(), guess.meanOutputSquared());
        double learned = relativeVariance(output.mean(), output.meanSquared());
        double variance = blend(guessed, GUESS_SAMPLES, learned, samples);
        return bounded(GUESS_SAMPLES * Math.min(1, variance), LEAST_GUESS_SAMPLES, GUESS_SAMPLES);
    }

    private static double relativeVariance(double mean, double meanSquared) {
        return Math.max(0, meanSquared / (mean * mean) - 1);
    }

    private static double blend(double guessed, double guessSamples, double learned, double samples) {
        return (guessSamples * guessed + samples * learned) / (guessSamples + samples);
    }

    /** The factor {@code faded}, raised so far that {@code samples} stay at least the kept ones; at most 1. */
    private static double atLeastKept(double faded, double samples) {
        return Math.max(faded, Math.min(1, KEPT_SAMPLES / Math.max(samples, 1)));
    }

    /** {@code value} moved into the range; NaN, which only absurd counters give, becomes {@code low}. */
    private static double bounded(double value, double low, double high) {
        return value >= low ? Math.min(value, high) : low;
    }

    private static LengthMoments plus(
            LengthMoments sums, double keep, LengthMoments now, LengthMoments before, double weight) {
        DoubleBinaryOperator count = (sum, fresh) -> Math.min(1e300, keep * sum + weight * fresh);
        return new LengthMoments(
                count.applyAsDouble(sums.count(), now.count() - before.count()),
                count.applyAsDouble(sums.prompt(), now.prompt() - before.prompt()),
                count.applyAsDouble(sums.output(), now.output() - before.output()),
                count.applyAsDouble(sums.promptSquared(), now.promptSquared() - before.promptSquared()),
                count.applyAsDouble(sums.outputSquared(), now.outputSquared() - before.outputSquared()),
                count.applyAsDouble(sums.promptTimesOutput(), now.promptTimesOutput() - before.promptTimesOutput()));
    }

    /** The counters of one flow. */
    private record Reading(Instant time, LengthMoments completed, LengthHistogram outputs, LengthHistogram running) {
        static final Reading NONE =
                new Reading(Instant.MIN, LengthMoments.ZERO, LengthHistogram.EMPTY, LengthHistogram.EMPTY);

        boolean fellSince(Reading before) {
            boolean fell = completed.count() < before.completed.count()
                    || completed.prompt() < before.completed.prompt()
                    || completed.output() < before.completed.output()
                    || completed.promptSquared() < before.completed.promptSquared()
                    || completed.outputSquared() < before.completed.outputSquared()
                    || completed.promptTimesOutput() < before.completed.promptTimesOutput();
            for (int i = 0; !fell && i < LengthHistogram.BINS; i++) {
                fell = outputs.count(i) < before.outputs.count(i);
            }
            return fell;
        }

        double[] newOutputs(Reading before) {
            double[] fresh = new double[LengthHistogram.BINS];
            for (int i = 0; i < fresh.length; i++) {
                fresh[i] = outputs.count(i) - before.outputs.count(i);
            }
            return fresh;
        }
    }

    /** Faded sums over arrivals, and the time up to which bins are counted. */
    private record Arrivals(double requests, double promptTokens, Instant until) {
        static final Arrivals NONE = new Arrivals(0, 0, Instant.MIN);

        Arrivals plus(ArrivalBins bins, double faded) {
            if (bins.size() == 0) {
                return this;
            }
            double keep = atLeastKept(faded, requests);
            double newRequests = 0;
            double newTokens = 0;
            Instant end = bins.start();
            for (int i = 0; i < bins.size(); i++) {
                if (!end.isBefore(until)) {
                    newRequests += bins.requests(i);
                    newTokens += bins.promptTokens(i);
                }
                end = end.plus(bins.width());
            }
            // A clock that was set back makes the bins after it new again; those of this reading are not.
            boolean setBack = Times.secondsBetween(until, end) <= -LATE_SECONDS;
            Instant next = setBack || end.isAfter(until) ? end : until;
            return new Arrivals(keep * requests + newRequests, keep * promptTokens + newTokens, next);
        }
    }
}
