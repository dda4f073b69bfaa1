package io.chiron.core.local;

import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.RequestClass;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.api.TierUsage;
import io.chiron.api.Times;
import io.chiron.core.waiting.LengthStats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A rule in closed loop with one instance of one tier, a sample per second; and the values that tests are made of. */
final class Loop {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final String ID = "i1";

    /** ITL in seconds of n sequences and P prompt tokens per iteration. */
    interface Plant {
        double itlSeconds(double sequences, double prefillTokens);
    }

    private final BatchSizeRule rule;
    private final Plant plant;
    private final List<TierProfile> tiers;
    private final double kvCapacityTokens;
    /** Relative swing of the prompt tokens per iteration. */
    private final double excitation;

    private LocalState state = LocalState.initial();
    private LocalDecision decision;
    private Instant now = START;
    private long random;

    Loop(
            BatchSizeRule rule,
            Plant plant,
            List<TierProfile> tiers,
            double kvCapacityTokens,
            double excitation,
            long seed) {
        this.rule = rule;
        this.plant = plant;
        this.tiers = tiers;
        this.kvCapacityTokens = kvCapacityTokens;
        this.excitation = excitation;
        this.random = seed;
        step(null);
    }

    LocalState state() {
        return state;
    }

    LocalDecision decision() {
        return decision;
    }

    Instant now() {
        return now;
    }

    void step(InstanceSample sample) {
        LocalStep step = rule.step(state, new LocalInput(List.of(instance(ID).withSample(sample)), tiers, now));
        state = step.state();
        decision = step.decisions().get(ID);
    }

    /** A second at saturation: the batch is at the hard limit. */
    void saturated() {
        running(decision.hardLimit());
    }

    /** A second with {@code sequences} running, at the steady prefill of their tier give or take the excitation. */
    void running(double sequences) {
        double prefill = sequences * tiers.get(0).lengths().promptPerOutput() * (1 + excitation * (2 * next() - 1));
        now = now.plusSeconds(1);
        step(sample(now, tiers.get(0).tier().name(), sequences, prefill, plant.itlSeconds(sequences, prefill)));
    }

    InstanceSample sample(Instant time, String tier, double sequences, double prefill, double itlSeconds) {
        return usage(time, List.of(running(tier, sequences)), prefill, itlSeconds)
                .kv(0.5 * kvCapacityTokens, kvCapacityTokens)
                .build();
    }

    /** A sample with an iteration count that makes {@code prefill} the prompt tokens per iteration. */
    static InstanceSample.Builder usage(Instant time, List<TierUsage> usage, double prefill, double itlSeconds) {
        return InstanceSample.builder(time, 1)
                .tiers(usage)
                .iterations(16)
                .prefillTokens(16 * prefill)
                .meanItlSeconds(itlSeconds)
                .preemptions(0);
    }

    static TierUsage running(String tier, double sequences) {
        return new TierUsage(tier, (long) Math.ceil(sequences), sequences, Double.NaN);
    }

    static InstanceSnapshot instance(String id) {
        return InstanceSnapshot.of(id, Pool.MIXED, Phase.READY, START);
    }

    static TierProfile tier(String name, double itlSeconds, double meanPrompt, double meanOutput) {
        SloTier tier = new SloTier(
                name, RequestClass.INTERACTIVE, new Slo(Duration.ofSeconds(10), Times.duration(itlSeconds)));
        return new TierProfile(tier, LengthStats.guess(meanPrompt, meanOutput, 1));
    }

    /** Uniform in [0, 1), from a linear congruential generator (the constants of Knuth's MMIX). */
    double next() {
        random = random * 6364136223846793005L + 1442695040888963407L;
        return (random >>> 11) * 0x1p-53;
    }
}
