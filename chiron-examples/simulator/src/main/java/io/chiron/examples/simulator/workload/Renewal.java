package io.chiron.examples.simulator.workload;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.commons.math3.distribution.GammaDistribution;
import org.apache.commons.math3.random.RandomGenerator;

/**
 * A gamma renewal process whose clock runs at the rate of a curve: gaps have mean 1 and the given coefficient of variation in
 * expected arrivals, so bursts keep their character at any rate.
 */
final class Renewal implements Iterator<Arrival> {
    private final RateCurve curve;
    private final double endSeconds;
    private final Lengths lengths;
    private final int tierIndex;
    private final RandomGenerator random;
    private final GammaDistribution gaps;
    private final boolean regular;
    private double count;
    private double nextSeconds;

    Renewal(RateCurve curve, double cv, double endSeconds, Lengths lengths, int tierIndex, RandomGenerator random) {
        this.curve = curve;
        this.endSeconds = endSeconds;
        this.lengths = lengths;
        this.tierIndex = tierIndex;
        this.random = random;
        // Below this the gaps are equal to 6 digits, and the shape 1/cv² leaves the range of the sampler.
        this.regular = cv < 1e-6;
        this.gaps =
                regular ? new GammaDistribution(random, 1, 1) : new GammaDistribution(random, 1 / (cv * cv), cv * cv);
        draw();
    }

    private void draw() {
        count += regular ? 1 : gaps.sample();
        nextSeconds = curve.timeOf(count, nextSeconds);
    }

    @Override
    public boolean hasNext() {
        return nextSeconds < endSeconds;
    }

    @Override
    public Arrival next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the workload has ended");
        }
        Lengths.Pair pair = lengths.draw(random);
        Arrival arrival = new Arrival(nextSeconds, pair.promptTokens(), pair.outputTokens(), tierIndex, Double.NaN);
        draw();
        return arrival;
    }
}
