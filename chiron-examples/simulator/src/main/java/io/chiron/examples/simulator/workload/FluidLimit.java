package io.chiron.examples.simulator.workload;

import io.chiron.examples.simulator.engine.Profile;
import org.jspecify.annotations.Nullable;

/**
 * The largest rate that one instance sustains on requests of given mean lengths, with no idling, queueing or preemption.
 *
 * @param batch mean decode sequences per iteration; where no request decodes, prompts per iteration. It need not be whole
 * @param iterationSeconds duration of an iteration at that batch
 * @param requestsPerSecond the rate
 * @param bound what keeps the batch from being larger
 */
public record FluidLimit(double batch, double iterationSeconds, double requestsPerSecond, Bound bound) {
    /** Largest batch that is considered. */
    public static final int MAX_BATCH = 2048;

    private static final double MIN_BATCH = 1e-6;

    /** What limits a batch. */
    public enum Bound {
        /** Iteration time against the ITL SLO. */
        ITL,
        /** The KV cache. */
        KV,
        /** The token budget of an iteration. */
        CHUNK,
        /** {@link FluidLimit#MAX_BATCH}. */
        BATCH,
        /** Even an empty iteration takes longer than the ITL SLO allows: taken at a batch of 1. */
        UNATTAINABLE
    }

    /** The limit of {@link #MAX_BATCH} at most. */
    public static FluidLimit of(Profile profile, int chunkTokens, double itlSloSeconds, LengthMoments lengths) {
        return of(profile, chunkTokens, itlSloSeconds, lengths, MAX_BATCH);
    }

    /**
     * The limit of a batch of {@code maxBatch} at most.
     *
     * @param chunkTokens token budget of an iteration; {@link Integer#MAX_VALUE} for none
     */
    public static FluidLimit of(
            Profile profile, int chunkTokens, double itlSloSeconds, LengthMoments lengths, int maxBatch) {
        if (lengths.count() == 0 || !(itlSloSeconds > 0)) {
            throw new IllegalArgumentException("itlSloSeconds is " + itlSloSeconds + " with " + lengths.count()
                    + " requests, both must be above 0");
        }
        SteadyState state = new SteadyState(profile, chunkTokens, itlSloSeconds, lengths);
        // Every constraint tightens with the batch, and the rate B/(D·t) grows with it, since t - B·t' = c0 +
        // m²/sqrt(..) > 0.
        // So the best batch is the largest one allowed.
        if (state.violated(maxBatch) == null) {
            return state.at(maxBatch, Bound.BATCH);
        }
        if (state.violated(MIN_BATCH) != null) {
            return state.at(1, Bound.UNATTAINABLE);
        }
        double low = MIN_BATCH;
        double high = maxBatch;
        Bound bound = Bound.BATCH;
        for (int i = 0; i < 100 && high - low > 1e-12 * high; i++) {
            double middle = 0.5 * (low + high);
            Bound violated = state.violated(middle);
            if (violated == null) {
                low = middle;
            } else {
                high = middle;
                bound = violated;
            }
        }
        return state.at(low, bound);
    }

    /** Time of one instance for so many requests; times the GPUs of its profile, their GPU time. */
    public double instanceSeconds(long requests) {
        return requests / requestsPerSecond;
    }

    private record SteadyState(Profile profile, int chunkTokens, double itlSloSeconds, LengthMoments lengths) {
        private boolean decodes() {
            return lengths.meanDecodes() > 0;
        }

        private double prefillTokens(double batch) {
            return batch * lengths.meanPromptTokens() / divisor();
        }

        /** Iterations that a request counts in the batch: its decodes, or the one that prefills it. */
        private double divisor() {
            return decodes() ? lengths.meanDecodes() : 1;
        }

        private double kvTokens(double batch) {
            return batch * lengths.meanDecodeContextTokens() / divisor();
        }

        private double seconds(double batch) {
            double work = batch * lengths.meanSquaredPromptTokens() / (2 * divisor());
            return profile.iterationSeconds(decodes() ? batch : 0, prefillTokens(batch), kvTokens(batch), work);
        }

        private @Nullable Bound violated(double batch) {
            double prefill = prefillTokens(batch);
            if (decodes() && seconds(batch) > itlSloSeconds) {
                return Bound.ITL;
            }
            if (kvTokens(batch) + prefill > profile.kvCapacityTokens()) {
                return Bound.KV;
            }
            return (decodes() ? batch : 0) + prefill > chunkTokens ? Bound.CHUNK : null;
        }

        FluidLimit at(double batch, Bound bound) {
            double seconds = seconds(batch);
            return new FluidLimit(batch, seconds, batch / (divisor() * seconds), bound);
        }
    }
}
