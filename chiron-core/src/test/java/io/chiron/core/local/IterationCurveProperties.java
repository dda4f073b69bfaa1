package io.chiron.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class IterationCurveProperties {
    private static final double HALF_LIFE_SECONDS = 720;

    record Point(double n, double prefill, double itl, int second) {}

    /** Arbitrary finite values that are not negative, at times in any order. */
    @Provide
    Arbitrary<List<Point>> wild() {
        Arbitrary<Double> value = Arbitraries.oneOf(
                Plants.logUniform(1e-7, 1e7), Arbitraries.of(0.0, 1.0, Double.MIN_VALUE, Double.MAX_VALUE));
        return Combinators.combine(value, value, value, Arbitraries.integers().between(-100_000, 100_000))
                .as(Point::new)
                .list()
                .ofMaxSize(30);
    }

    /** Points of an engine's order of magnitude that need not lie on any curve. */
    @Provide
    Arbitrary<List<Point>> scattered() {
        return Combinators.combine(
                        Plants.logUniform(1, 1000),
                        Plants.logUniform(1, 1000),
                        Plants.logUniform(0.01, 1),
                        Arbitraries.just(0))
                .as(Point::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(10);
    }

    @Provide
    Arbitrary<Plants.Linear> plants() {
        return Plants.linear();
    }

    @Property
    void coefficientsAreNeverNegative(@ForAll("wild") List<Point> points) {
        Coefficients fit = observe(points).coefficients();
        assertThat(fit.aSeconds()).isBetween(0.0, Double.MAX_VALUE);
        assertThat(fit.bSecondsPerSequence()).isBetween(0.0, Double.MAX_VALUE);
        assertThat(fit.gSecondsPerToken()).isBetween(0.0, Double.MAX_VALUE);
    }

    /** The fit solves the constrained problem: no non-negative neighbour is better. A clamped free solution would not. */
    @Property
    void noOtherNonNegativeCurveFitsBetter(@ForAll("scattered") List<Point> points, @ForAll("moves") double[] move) {
        double ridge = 1e-3;
        double[] anchor = {0.01, 1e-4, 1e-4};
        NormalEquations.Sum sum = NormalEquations.EMPTY.scaled(1);
        for (Point p : points) {
            sum.add(1 / (p.itl * p.itl), p.n, p.prefill, p.itl);
        }
        double[] fit = sum.done().fit(ridge, anchor);
        double[] other = new double[3];
        for (int i = 0; i < 3; i++) {
            other[i] = Math.max(0, fit[i] + move[i] * (fit[i] + anchor[i]));
        }
        double best = loss(points, fit, ridge, anchor);
        assertThat(best).isLessThanOrEqualTo(loss(points, other, ridge, anchor) + 1e-9 * (1 + best));
    }

    @Provide
    Arbitrary<double[]> moves() {
        return Arbitraries.doubles().between(-1, 1).array(double[].class).ofSize(3);
    }

    private static double loss(List<Point> points, double[] c, double ridge, double[] anchor) {
        double loss = 0;
        double[] squares = new double[3];
        for (Point p : points) {
            double error = (c[0] + c[1] * p.n + c[2] * p.prefill - p.itl) / p.itl;
            loss += error * error;
            squares[0] += 1 / (p.itl * p.itl);
            squares[1] += p.n * p.n / (p.itl * p.itl);
            squares[2] += p.prefill * p.prefill / (p.itl * p.itl);
        }
        for (int i = 0; i < 3; i++) {
            loss += ridge * squares[i] * (c[i] - anchor[i]) * (c[i] - anchor[i]);
        }
        return loss;
    }

    @Property
    void steadyStateOfANoiseFreePlantIsLearned(@ForAll("plants") Plants.Linear plant, @ForAll long seed) {
        IterationCurve curve = excited(plant, seed, 20);
        double best = plant.best(0);
        assertThat(curve.coefficients().predictedItlSeconds(best, plant.promptPerOutput()))
                .isCloseTo(plant.sloSeconds(), within(0.05 * plant.sloSeconds()));
        assertThat(curve.coefficients().sequencesWithin(plant.sloSeconds(), plant.promptPerOutput()))
                .isCloseTo(best, within(0.1 * best));
    }

    /** Ten minutes on one engine, then another one: within 20 samples the curve is that of the other, without excitation. */
    @Property(tries = 200)
    void aChangeOfEngineIsNoticed(
            @ForAll("plants") Plants.Linear plant,
            @ForAll("changes") double factor,
            @ForAll @IntRange(min = 1, max = 20) int instances,
            @ForAll long seed) {
        IterationCurve curve = excited(plant, seed, 600);
        double n = plant.best(0) * 0.8;
        double prefill = n * plant.promptPerOutput();
        double itl = factor * plant.itlSeconds(n, prefill);
        for (int i = 1; i <= 20; i++) {
            Instant now = Loop.START.plusSeconds(600 + i);
            curve = curve.observe(Collections.nCopies(instances, new Observation(n, prefill, itl, now)));
        }
        assertThat(curve.coefficients().predictedItlSeconds(n, plant.promptPerOutput()))
                .isCloseTo(itl, within(0.02 * itl));
        double half = factor * plant.itlSeconds(n / 2, prefill / 2);
        assertThat(curve.coefficients().predictedItlSeconds(n / 2, plant.promptPerOutput()))
                .isCloseTo(half, within(0.1 * half));
    }

    @Provide
    Arbitrary<Double> changes() {
        return Arbitraries.oneOf(Plants.logUniform(1.0 / 16, 1 / 2.2), Plants.logUniform(2.2, 16));
    }

    /** Stalls of up to four samples, ever again, are none, nor is one slow engine of three. */
    @Property(tries = 200)
    void shortBurstsAndSingleSlowEnginesAreNoChange(
            @ForAll("plants") Plants.Linear plant,
            @ForAll("changes") double factor,
            @ForAll @IntRange(min = 1, max = 4) int burst,
            @ForAll long seed) {
        IterationCurve stalled = excited(plant, seed, 200);
        IterationCurve mixed = stalled;
        double n = plant.best(0);
        double prefill = n * plant.promptPerOutput();
        double itl = plant.itlSeconds(n, prefill);
        for (int i = 1; i <= 60; i++) {
            Instant now = Loop.START.plusSeconds(200 + i);
            stalled = stalled.observe(n, prefill, i % 20 < burst ? factor * itl : itl, now);
            var good = new Observation(n, prefill, itl, now);
            mixed = mixed.observe(List.of(good, new Observation(n, prefill, factor * itl, now), good));
        }
        assertThat(stalled.samples()).isGreaterThan(100);
        assertThat(mixed.samples()).isGreaterThan(150);
    }

    /** One sample 3 to 1,000 times off, either way, moves the prediction by a few per cent; by 12 at worst, in 40,000 tries. */
    @Property
    void oneOutlierDoesNotWreckTheFit(
            @ForAll("plants") Plants.Linear plant, @ForAll long seed, @ForAll("factors") double factor) {
        IterationCurve curve = excited(plant, seed, 200);
        double n = plant.best(0);
        double prefill = n * plant.promptPerOutput();
        double before = curve.coefficients().predictedItlSeconds(n, plant.promptPerOutput());
        double after = curve.observe(n, prefill, factor * plant.itlSeconds(n, prefill), Loop.START.plusSeconds(201))
                .coefficients()
                .predictedItlSeconds(n, plant.promptPerOutput());
        assertThat(after).isCloseTo(before, within(0.15 * before));
    }

    @Provide
    Arbitrary<Double> factors() {
        return Arbitraries.oneOf(Plants.logUniform(1e-3, 1.0 / 3), Plants.logUniform(3, 1000));
    }

    /** At a settled batch without any excitation what was learned before stays, however long that lasts. */
    @Property
    void nothingDriftsWithoutExcitation(
            @ForAll("plants") Plants.Linear plant, @ForAll long seed, @ForAll @IntRange(min = 60, max = 600) int gap) {
        IterationCurve curve = excited(plant, seed, 60);
        double n = plant.best(0) / 2;
        double prefill = n * plant.promptPerOutput();
        Coefficients before = curve.coefficients();
        for (int i = 1; i <= 1000; i++) {
            curve = curve.observe(
                    n, prefill, plant.itlSeconds(n, prefill), Loop.START.plusSeconds(60 + (long) i * gap));
        }
        double far = plant.best(0);
        double predicted = before.predictedItlSeconds(far, plant.promptPerOutput());
        assertThat(curve.coefficients().predictedItlSeconds(far, plant.promptPerOutput()))
                .isCloseTo(predicted, within(0.05 * predicted));
    }

    /** Memory is by the clock: after a change of plant, 12 half-lives do it, at any sample rate. */
    @Property
    void oldSamplesFadeByTheClock(
            @ForAll("plants") Plants.Linear plant,
            @ForAll long seed,
            @ForAll @IntRange(min = 200, max = 500) int count) {
        IterationCurve curve = excited(plant, seed, 20);
        Plants.Linear slower = new Plants.Linear(
                plant.a() * 1.5, plant.b() * 1.5, plant.g() * 1.5, plant.promptPerOutput(), plant.sloSeconds());
        Loop random = slower.loop(LocalConfig.DEFAULTS, 0, seed);
        for (int i = 1; i <= count; i++) {
            double n = plant.best(0) * random.next();
            double prefill = n * plant.promptPerOutput() * 2 * random.next();
            Instant time = Loop.START.plusMillis(20_000 + (long) (i * 12_000 * HALF_LIFE_SECONDS / count));
            curve = curve.observe(n, prefill, slower.itlSeconds(n, prefill), time);
        }
        double n = plant.best(0);
        double truth = slower.itlSeconds(n, n * plant.promptPerOutput());
        assertThat(curve.coefficients().predictedItlSeconds(n, plant.promptPerOutput()))
                .isCloseTo(truth, within(0.02 * truth));
        assertThat(curve.samples()).isLessThanOrEqualTo(20 + count);
    }

    /** A sample that cannot be true, or of an idle instance, leaves the very same curve. */
    @Property
    void unusableSamplesAreIgnored(
            @ForAll("plants") Plants.Linear plant, @ForAll("unusable") Point point, @ForAll long seed) {
        IterationCurve curve = excited(plant, seed, 5);
        assertThat(curve.observe(point.n, point.prefill, point.itl, Loop.START.plusSeconds(9)))
                .isSameAs(curve);
    }

    @Provide
    Arbitrary<Point> unusable() {
        Arbitrary<Double> good = Plants.logUniform(0.1, 10);
        Arbitrary<Double> bad = Arbitraries.of(Double.NaN, -1.0, -1e-9, Double.POSITIVE_INFINITY, Double.MAX_VALUE);
        return Arbitraries.oneOf(
                Combinators.combine(Arbitraries.oneOf(bad, Arbitraries.just(0.0)), good, good)
                        .as((n, p, itl) -> new Point(n, p, itl, 0)),
                Combinators.combine(good, bad, good).as((n, p, itl) -> new Point(n, p, itl, 0)),
                Combinators.combine(good, good, Arbitraries.oneOf(bad, Arbitraries.just(0.0)))
                        .as((n, p, itl) -> new Point(n, p, itl, 0)));
    }

    private static IterationCurve excited(Plants.Linear plant, long seed, int samples) {
        Loop random = plant.loop(LocalConfig.DEFAULTS, 0, seed);
        IterationCurve curve = IterationCurve.empty(HALF_LIFE_SECONDS);
        for (int i = 1; i <= samples; i++) {
            double n = plant.best(0) * (0.5 + 0.5 * random.next());
            double prefill = n * plant.promptPerOutput() * (0.5 + random.next());
            curve = curve.observe(n, prefill, plant.itlSeconds(n, prefill), Loop.START.plusSeconds(i));
        }
        return curve;
    }

    private static IterationCurve observe(List<Point> points) {
        IterationCurve curve = IterationCurve.empty(HALF_LIFE_SECONDS);
        for (Point p : points) {
            curve = curve.observe(p.n, p.prefill, p.itl, Loop.START.plusSeconds(p.second));
        }
        return curve;
    }
}
