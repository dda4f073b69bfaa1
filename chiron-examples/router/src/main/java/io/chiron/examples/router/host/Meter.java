package io.chiron.examples.router.host;

import io.chiron.api.InstanceSample;
import io.chiron.api.SloTier;
import io.chiron.api.TierUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures an instance by the streams that pass through the router: exact means over the window, where the page of an engine
 * has values at its ends only, which says little of a batch of a few sequences. Confined to the host's lock.
 */
final class Meter {
    private final List<SloTier> tiers;
    private final int kvCapacityTokens;
    private final int[] running;
    private final double[] sequenceSeconds;
    private final long[] outputTokens;
    private long kvTokens;
    private long promptTokens;
    private long gaps;
    private double gapSeconds;
    private long changedNanos;
    private long windowNanos;
    /** Time since the last sample in which something ran. */
    private double busySeconds;

    private @Nullable InstanceSample last;

    Meter(List<SloTier> tiers, int kvCapacityTokens, long nowNanos) {
        this.tiers = tiers;
        this.kvCapacityTokens = kvCapacityTokens;
        running = new int[tiers.size()];
        sequenceSeconds = new double[tiers.size()];
        outputTokens = new long[tiers.size()];
        changedNanos = nowNanos;
        windowNanos = nowNanos;
    }

    void started(int tier, long nowNanos) {
        pass(nowNanos);
        running[tier]++;
    }

    /** @param sinceLastNanos since the token before; negative for the first */
    void token(int tier, int prompt, long sinceLastNanos) {
        outputTokens[tier]++;
        kvTokens++;
        if (sinceLastNanos < 0) {
            promptTokens += prompt;
            kvTokens += prompt;
        } else {
            gaps++;
            gapSeconds += sinceLastNanos * 1e-9;
        }
    }

    /** @param heldTokens what it held of the KV cache */
    void ended(int tier, long heldTokens, long nowNanos) {
        pass(nowNanos);
        running[tier]--;
        kvTokens -= heldTokens;
    }

    /**
     * What happened since the last sample, over the time in which something ran if anything did: sequences that ran half of the
     * time, four at once, have the ITL of four and not of two.
     */
    InstanceSample sample(Instant now, long nowNanos) {
        pass(nowNanos);
        double seconds = Math.max(1e-3, busySeconds > 0 ? busySeconds : (nowNanos - windowNanos) * 1e-9);
        windowNanos = nowNanos;
        busySeconds = 0;
        List<TierUsage> usages = new ArrayList<>();
        double sequences = 0;
        long tokens = 0;
        for (int tier = 0; tier < running.length; tier++) {
            usages.add(new TierUsage(
                    tiers.get(tier).name(), running[tier], sequenceSeconds[tier] / seconds, outputTokens[tier]));
            sequences += sequenceSeconds[tier] / seconds;
            tokens += outputTokens[tier];
            sequenceSeconds[tier] = 0;
            outputTokens[tier] = 0;
        }
        // Each iteration gives every running sequence one token.
        InstanceSample sample = InstanceSample.builder(now, seconds)
                .tiers(usages)
                .iterations(tokens / Math.max(1, sequences))
                .prefillTokens(promptTokens)
                .meanItlSeconds(gaps == 0 ? Double.NaN : gapSeconds / gaps)
                .kv(kvTokens, kvCapacityTokens > 0 ? kvCapacityTokens : Double.NaN)
                .preemptions(0)
                .waitingRequests(0)
                .build();
        promptTokens = 0;
        gaps = 0;
        gapSeconds = 0;
        last = sample;
        return sample;
    }

    @Nullable
    InstanceSample last() {
        return last;
    }

    private void pass(long nowNanos) {
        double seconds = (nowNanos - changedNanos) * 1e-9;
        changedNanos = nowNanos;
        boolean busy = false;
        for (int tier = 0; tier < running.length; tier++) {
            sequenceSeconds[tier] += running[tier] * seconds;
            busy |= running[tier] > 0;
        }
        busySeconds += busy ? seconds : 0;
    }
}
