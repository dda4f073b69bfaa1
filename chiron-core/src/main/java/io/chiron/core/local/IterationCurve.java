package io.chiron.core.local;

import io.chiron.api.Checks;
import io.chiron.api.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The learned time of an iteration, {@code itl = a + b·n + g·P}, see {@link Coefficients}. Immutable.
 *
 * <p>Least squares of the relative error (weights 1/itl²) with coefficients that are not negative. Memory is by the clock
 * and not by sample (ours): at a settled batch there is no excitation, and a forgetting factor would wind up. Three more
 * guards for such times: a small ridge towards the estimate of the last half-life, no forgetting below
 * 20 samples, and no sample that weighs more than 2 average ones, so that neither a
 * wrong nor a quiet hour takes over what was learned under load. An engine that became another one is learned anew.
 */
public final class IterationCurve {
    private static final int KEPT_SAMPLES = 20;
    private static final int WEIGHT_CAP = 2;
    /** Against the guess: the engine may be sixteen times as fast. */
    private static final int FIRST_WEIGHT_CAP = 16 * 16;

    /**
     * Ridge relative to the sum of squares of each variable, per square of the relative noise that the fit leaves. So it holds
     * the coefficients of variables that vary by less than the noise, and a plant without noise is learned exactly.
     */
    private static final double RIDGE_PER_NOISE = 1;

    private static final double LEAST_RIDGE = 1e-9;
    /** Relative noise assumed until there are samples enough to tell. */
    private static final double FIRST_NOISE = 0.03;

    private static final int NOISE_SAMPLES = 8;
    /** Those that fade by their number. Beyond, what they told of the fixed part would be lost at a settled batch. */
    private static final int FIRST_SAMPLES = 100;

    /**
     * Ratio of a, b and g before the data tell them apart. Streaming the weights takes an accelerator as long as computing
     * some 200 tokens, and a sequence costs a token and half as much again for its cache: the profiles of 8B and 70B models
     * have 180 : 1.9 : 1 and 210 : 1.3 : 1. The fixed part is doubled here: a batch that is taken for too cheap grows and is
     * measured, one that is taken for too dear stays small and is not.
     */
    private static final double[] SHAPE = {400, 1.5, 1};

    /** The opposite: no fixed part, every sequence costs what it costs in the mean. */
    private static final double[] STEEP_SHAPE = {0, 1.5, 1};

    /** Between the profiles of an 8B and a 70B model; used by nobody who asks {@link #known()}. */
    private static final Coefficients GUESS = new Coefficients(200e-4, 1.5e-4, 1e-4);

    /** A clock that goes back further than this was set, and is followed. */
    private static final double CLOCK_SET_SECONDS = 60;

    private final double halfLifeSeconds;
    private final NormalEquations equations;
    /** Samples ever, at full weight; only its being small matters. */
    private final long observed;
    /** Time of the newest sample. */
    private final @Nullable Instant time;
    /** Ratio of the coefficients where few samples cannot tell: a guess, or as it was before the engine changed. */
    private final double[] shape;
    /** What the ridge pulls to: follows the estimate with the half-life. */
    private final double[] anchor;

    private final Surprise surprise;

    private final Coefficients coefficients;
    private final Coefficients steepest;

    private IterationCurve(
            double halfLifeSeconds,
            NormalEquations equations,
            long observed,
            @Nullable Instant time,
            double[] shape,
            double[] anchor,
            Surprise surprise,
            Coefficients coefficients,
            Coefficients steepest) {
        this.halfLifeSeconds = halfLifeSeconds;
        this.equations = equations;
        this.observed = observed;
        this.time = time;
        this.shape = shape;
        this.anchor = anchor;
        this.surprise = surprise;
        this.coefficients = coefficients;
        this.steepest = steepest;
    }

    /**
     * A curve that has seen nothing.
     *
     * @param halfLifeSeconds age at which a sample counts half, seconds; (0, 86,400]
     */
    public static IterationCurve empty(double halfLifeSeconds) {
        Checks.inRange("curve.halfLifeSeconds", Checks.positive("curve.halfLifeSeconds", halfLifeSeconds), 0, 86_400);
        return new IterationCurve(
                halfLifeSeconds, NormalEquations.EMPTY, 0, null, SHAPE, SHAPE, Surprise.NONE, GUESS, GUESS);
    }

    /**
     * This curve with one more sample; this curve itself if the sample is of an idle instance or cannot be true.
     *
     * @param sequences mean running sequences of the window
     * @param prefillTokensPerIteration mean prompt tokens per iteration of the window
     * @param itlSeconds mean inter-token latency of the window, seconds
     * @param sampleTime end of the window; one before the last makes nothing younger
     */
    public IterationCurve observe(
            double sequences, double prefillTokensPerIteration, double itlSeconds, Instant sampleTime) {
        Objects.requireNonNull(sampleTime, "observation.time");
        return observe(List.of(new Observation(sequences, prefillTokensPerIteration, itlSeconds, sampleTime)));
    }

    /** This curve with the samples of one step of the fleet, which are taken as equally old; fitted once. */
    IterationCurve observe(List<Observation> observations) {
        List<Observation> fresh = new ArrayList<>(observations.size());
        Instant newest = Instant.MIN;
        for (Observation observation : observations) {
            if (observation.isUsable()) {
                fresh.add(observation);
                newest = observation.time().isAfter(newest) ? observation.time() : newest;
            }
        }
        if (fresh.isEmpty()) {
            return this;
        }
        double elapsedSeconds = time == null ? 0 : Times.secondsBetween(time, newest);
        Instant newTime = time == null || elapsedSeconds > 0 || elapsedSeconds < -CLOCK_SET_SECONDS ? newest : time;
        // Few samples make no curve to be missed.
        Surprise newSurprise = observed < KEPT_SAMPLES ? Surprise.NONE : surprise.after(fresh, coefficients);
        if (newSurprise.isChange()) {
            NormalEquations ofIt = newSurprise.samples();
            double[] newShape = array(newSurprise.expected());
            return fitted(
                    ofIt, Math.round(ofIt.samples()), newTime, newShape, ofIt.fitMultiple(newShape), Surprise.NONE);
        }
        double left = StrictMath.pow(0.5, Math.max(0, elapsedSeconds) / halfLifeSeconds);
        NormalEquations.Sum sum = equations.scaled(keep(left, fresh.size()));
        for (Observation observation : fresh) {
            add(sum, observation);
        }
        NormalEquations all = sum.done();
        double[] newAnchor = observed < KEPT_SAMPLES ? all.fitMultiple(shape) : movedAnchor(left);
        return fitted(all, observed + fresh.size(), newTime, shape, newAnchor, newSurprise);
    }

    /**
     * What is left of the samples so far. The first ones fade not only by the clock, each counts as its number in order: they
     * are of a batch that grows, of sequences with little cache yet, and of a curve that bends.
     */
    private double keep(double left, int fresh) {
        double samples = equations.samples();
        if (!(samples > 0)) {
            return 1;
        }
        double young = observed < FIRST_SAMPLES ? (double) observed / (observed + fresh) : 1;
        return Math.max(left * young, Math.min(1, KEPT_SAMPLES / samples));
    }

    private IterationCurve fitted(
            NormalEquations newEquations,
            long newObserved,
            Instant newTime,
            double[] newShape,
            double[] newAnchor,
            Surprise newSurprise) {
        double ridge = ridge(newEquations, newObserved, newAnchor);
        return new IterationCurve(
                halfLifeSeconds,
                newEquations,
                newObserved,
                newTime,
                newShape,
                newAnchor,
                newSurprise,
                coefficients(newEquations.fit(ridge, newAnchor)),
                coefficients(newEquations.fit(ridge, newEquations.fitMultiple(STEEP_SHAPE))));
    }

    private static Coefficients coefficients(double[] fit) {
        return new Coefficients(fit[0], fit[1], fit[2]);
    }

    private static double[] array(Coefficients fit) {
        return new double[] {fit.aSeconds(), fit.bSecondsPerSequence(), fit.gSecondsPerToken()};
    }

    private static void add(NormalEquations.Sum sum, Observation observation) {
        double itl = observation.itlSeconds();
        // A sample far below the others would count as thousands, and the first one for as long as it is remembered, so
        // it is held against the guess. One far above them hardly counts: its pull on the fit falls with itl.
        double most = sum.isEmpty() ? mostAtFirst(observation) : WEIGHT_CAP * sum.meanWeight();
        sum.add(Math.min(1 / (itl * itl), most), observation);
    }

    private static double mostAtFirst(Observation observation) {
        double itl = observation.on(GUESS);
        return FIRST_WEIGHT_CAP / (itl * itl);
    }

    private static double ridge(NormalEquations equations, long observed, double[] anchor) {
        double noise = observed < NOISE_SAMPLES
                ? FIRST_NOISE * FIRST_NOISE
                : equations.unexplained(equations.fit(LEAST_RIDGE, anchor));
        return Math.max(LEAST_RIDGE, RIDGE_PER_NOISE * noise);
    }

    private double[] movedAnchor(double left) {
        double[] moved = array(coefficients);
        for (int i = 0; i < moved.length; i++) {
            moved[i] += left * (anchor[i] - moved[i]);
        }
        return moved;
    }

    /** False until the first sample. */
    public boolean known() {
        return observed > 0;
    }

    /** The present estimate; before the first sample a guess of no authority. */
    public Coefficients coefficients() {
        return coefficients;
    }

    /**
     * The estimate if what the samples leave open is taken as growing with the batch: how dear larger batches than those seen
     * may be. The same as {@link #coefficients()} once batches of several sizes have told the fixed part from the rest.
     */
    Coefficients steepest() {
        return steepest;
    }

    /** Number of samples, each counted at what is left of it after decay. */
    public double samples() {
        return equations.samples();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IterationCurve that
                && halfLifeSeconds == that.halfLifeSeconds
                && observed == that.observed
                && equations.equals(that.equations)
                && Objects.equals(time, that.time)
                && Arrays.equals(shape, that.shape)
                && Arrays.equals(anchor, that.anchor)
                && surprise.equals(that.surprise)
                && coefficients.equals(that.coefficients);
    }

    @Override
    public int hashCode() {
        return Objects.hash(equations, observed, time);
    }

    @Override
    public String toString() {
        return "IterationCurve[" + coefficients + ", samples=" + equations.samples() + "]";
    }
}
