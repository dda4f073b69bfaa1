package io.chiron.benchmarks;

import com.netflix.concurrency.limits.limit.Gradient2Limit;
import io.chiron.api.FleetSnapshot;
import io.chiron.core.local.CurveRule;
import io.chiron.core.local.LocalConfig;
import io.chiron.core.local.LocalInput;
import io.chiron.core.local.LocalState;
import io.chiron.core.local.LocalStep;
import io.chiron.core.local.TierProfile;
import io.chiron.core.waiting.LengthStats;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * (b) The batch limits of one instance from a new sample, in a fleet of {@value #INSTANCES}, beside one sample of the
 * adaptive limit of concurrency-limits. The rule is a function, so the same step is taken over and over.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class LocalBenchmark {
    private static final int INSTANCES = 1000;
    private static final int LEARNED_STEPS = 20;
    /** A power of two. */
    private static final int ROUND_TRIPS = 1024;

    private final CurveRule rule = new CurveRule(LocalConfig.DEFAULTS);
    private final Gradient2Limit gradient2 = Gradient2Limit.newBuilder().build();
    private final long[] roundTripNanos = new long[ROUND_TRIPS];
    private LocalState state = LocalState.initial();
    private LocalInput input = input(new SampledFleet(INSTANCES));
    private int sample;

    @Setup
    public void learn() {
        SampledFleet fleet = new SampledFleet(INSTANCES);
        state = LocalState.initial();
        for (int i = 0; i < LEARNED_STEPS; i++) {
            state = rule.step(state, input(fleet)).state();
        }
        input = input(fleet);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < ROUND_TRIPS; i++) {
            roundTripNanos[i] = 40_000_000L + random.nextInt(10_000_000);
        }
    }

    @Benchmark
    @OperationsPerInvocation(INSTANCES)
    public LocalStep curveRule() {
        return rule.step(state, input);
    }

    @Benchmark
    public int gradient2() {
        gradient2.onSample(0, roundTripNanos[sample++ & (ROUND_TRIPS - 1)], 60, false);
        return gradient2.getLimit();
    }

    private static LocalInput input(SampledFleet fleet) {
        FleetSnapshot snapshot = fleet.next();
        List<TierProfile> tiers = SampledFleet.TIERS.stream()
                .map(tier -> new TierProfile(tier, LengthStats.guess(161, 338, 1)))
                .toList();
        return new LocalInput(snapshot.instances(), tiers, snapshot.time());
    }
}
