package io.chiron.examples.router.host;

import io.chiron.api.Checks;
import io.chiron.api.RequestClass;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.waiting.LengthStats;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator of a router decides. Immutable.
 *
 * @param tiers interactive first, then batch
 * @param maxQueued most requests that wait, of both classes; more are refused with 429
 * @param maxBodyBytes largest request
 * @param charactersPerToken how prompt tokens are estimated
 * @param startBatch limit of an instance before anything was measured, sequences
 * @param maxBatch greatest limit of an instance, sequences
 * @param margin share of an ITL SLO that the soft limit leaves free
 * @param expectedLengths of requests, until some have been seen
 * @param fixedCap a limit that replaces Chiron's, for comparison; null for Chiron's
 */
public record RouterSettings(
        List<SloTier> tiers,
        int maxQueued,
        int maxBodyBytes,
        double charactersPerToken,
        int startBatch,
        int maxBatch,
        double margin,
        LengthStats expectedLengths,
        @Nullable Integer fixedCap) {
    public static final String INTERACTIVE = "interactive";
    public static final String BATCH = "batch";

    public RouterSettings {
        tiers = List.copyOf(tiers);
        Checks.inRange("maxQueued", maxQueued, 1, 10_000_000);
        Checks.inRange("maxBodyBytes", maxBodyBytes, 1024, 1 << 30);
        Checks.positive("charactersPerToken", charactersPerToken);
        Checks.inRange("maxBatch", maxBatch, 1, 1_000_000);
        Checks.inRange("startBatch", startBatch, 1, maxBatch);
        if (fixedCap != null) {
            Checks.inRange("fixedCap", fixedCap, 1, 1_000_000);
        }
    }

    /** The two tiers of this router. */
    public static List<SloTier> tiers(Duration ttft, Duration itl, Duration batchDeadline, Duration batchItl) {
        return List.of(
                new SloTier(INTERACTIVE, RequestClass.INTERACTIVE, new Slo(ttft, itl)),
                new SloTier(BATCH, RequestClass.BATCH, new Slo(batchDeadline, batchItl)));
    }

    /** The same with a fixed limit, or with Chiron's if null. */
    public RouterSettings withFixedCap(@Nullable Integer cap) {
        return new RouterSettings(
                tiers, maxQueued, maxBodyBytes, charactersPerToken, startBatch, maxBatch, margin, expectedLengths, cap);
    }

    SloTier tier(String name) {
        return tiers.get(tiers.get(0).name().equals(name) ? 0 : 1);
    }

    int index(String tier) {
        return tiers.get(0).name().equals(tier) ? 0 : 1;
    }

    @Nullable
    BatchLimits fixedLimits() {
        return fixedCap == null ? null : BatchLimits.fixed(tiers.size(), fixedCap);
    }
}
