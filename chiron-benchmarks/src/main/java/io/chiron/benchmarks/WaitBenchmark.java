package io.chiron.benchmarks;

import io.chiron.api.ArrivalBins;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.TierFlow;
import io.chiron.api.WaitOutcome;
import io.chiron.core.waiting.ConformalBands;
import io.chiron.core.waiting.LengthStats;
import io.chiron.core.waiting.ServiceRate;
import io.chiron.core.waiting.WaitingTimeEstimator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.commons.math3.distribution.GammaDistribution;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * (e) The 0.99 quantile of the wait at a position that is another one in every call, from what was learned; beside the same
 * quantile of a gamma distribution by Commons Math.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class WaitBenchmark {
    private static final Instant START = Instant.ofEpochSecond(1_700_000_000L);
    /** A power of two. */
    private static final int POSITIONS = 1 << 14;

    private static final double P = 0.99;

    private final LengthStats lengths = new LengthStats(161, 338, 2 * 338 * 338, 161 * 338, 5000);
    private ServiceRate rate = ServiceRate.UNKNOWN;
    private ConformalBands bands = ConformalBands.EMPTY;
    private int position;

    @Setup
    public void learn() {
        SplittableRandom random = new SplittableRandom(1);
        rate = ServiceRate.UNKNOWN;
        List<WaitOutcome> waits = new ArrayList<>();
        for (int second = 5; second <= 3600; second += 5) {
            rate = rate.observe(10_000 + random.nextInt(1000), 5, true, START.plusSeconds(second));
            double predictedSeconds = 1 + random.nextInt(600);
            double actualSeconds = predictedSeconds * (0.8 + 0.4 * random.nextDouble());
            long at = 1 + (long) (predictedSeconds * 6);
            waits.add(new WaitOutcome(START.plusSeconds(second), at, predictedSeconds, actualSeconds));
        }
        bands = ConformalBands.EMPTY.observe(new TierFlow(
                "jobs",
                START.plusSeconds(3600),
                ArrivalBins.none(START),
                0,
                0,
                0,
                LengthMoments.ZERO,
                LengthHistogram.EMPTY,
                LengthHistogram.EMPTY,
                waits));
    }

    @Benchmark
    public double estimator() {
        return WaitingTimeEstimator.estimate(nextPosition(), lengths, rate, 0.05, bands)
                .quantileSeconds(P);
    }

    @Benchmark
    public double gammaInverse() {
        // The mean of the wait and, about, its variance, given: only the inverse is measured.
        double shape = 1 / (1.0 / nextPosition() + 0.01);
        return new GammaDistribution(null, shape, 1).inverseCumulativeProbability(P);
    }

    private int nextPosition() {
        return 1 + (position++ & (POSITIONS - 1));
    }
}
