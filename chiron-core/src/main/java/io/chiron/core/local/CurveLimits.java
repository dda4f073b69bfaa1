package io.chiron.core.local;

import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.core.local.LocalDecision.Bound;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The limits that follow from a curve and what caps it, per pair of tiers; shared by all instances with the same ones.
 * Reasons are made when first asked for: confined to one step.
 */
final class CurveLimits {
    /** Most of an iteration's tokens that the steady load may take: at 1 the queue of prompts would never empty (decision 0029). */
    private static final double BUDGET_SHARE = 0.95;
    /** How far beyond what was filled a batch may go. */
    private static final double TRUST = 2;

    /**
     * What caps the curve of an instance.
     *
     * @param kvCapacityTokens its KV cache, tokens; NaN if it reports none
     * @param budgetTokens tokens of an iteration; NaN if it reports none
     * @param memoryFactor share of the memory bound that preemptions left; (0, 1]
     * @param largestFilled most sequences that filled an instance of the kind
     */
    record Caps(double kvCapacityTokens, double budgetTokens, double memoryFactor, double largestFilled) {}

    private final IterationCurve curve;
    private final Caps caps;
    private final List<TierProfile> tiers;
    private final LocalConfig config;
    private final BatchLimits limits;
    private final @Nullable Reason[] reasons;
    private final @Nullable Bound[] bounds;

    CurveLimits(IterationCurve curve, Caps caps, List<TierProfile> tiers, LocalConfig config) {
        this.curve = curve;
        this.caps = caps;
        this.tiers = tiers;
        this.config = config;
        this.limits = limits(true);
        this.reasons = new @Nullable Reason[tiers.size()];
        this.bounds = new @Nullable Bound[tiers.size()];
    }

    Caps caps() {
        return caps;
    }

    BatchLimits limits() {
        return limits;
    }

    /**
     * The limits that an instance comes to once it is filled: those without the trust region. What a fleet can do is planned
     * with them, or one whose instances are never full would count each for less than it is worth.
     */
    BatchLimits reachable() {
        return limits(false);
    }

    private BatchLimits limits(boolean trusted) {
        int count = tiers.size();
        int[][] soft = new int[count][count];
        int[][] hard = new int[count][count];
        for (int binding = 0; binding < count; binding++) {
            for (int lengths = 0; lengths < count; lengths++) {
                soft[binding][lengths] = limit(binding, lengths, false, trusted);
                hard[binding][lengths] = Math.max(soft[binding][lengths], limit(binding, lengths, true, trusted));
            }
        }
        return BatchLimits.of(soft, hard);
    }

    /** What bounds the soft limit of a tier for its own lengths. */
    Bound bound(int tier) {
        Bound bound = bounds[tier];
        if (bound == null) {
            bound = least(tier);
            bounds[tier] = bound;
        }
        return bound;
    }

    private Bound least(int tier) {
        Bound least = Bound.MAXIMUM;
        for (Bound bound : new Bound[] {Bound.ITL, Bound.MEMORY, Bound.TOKEN_BUDGET, Bound.TRUST_REGION}) {
            if (value(bound, tier, tier, false) < value(least, tier, tier, false)) {
                least = bound;
            }
        }
        return value(least, tier, tier, false) < config.minBatch() ? Bound.MINIMUM : least;
    }

    /** The numbers behind the limits of a tier for its own lengths. */
    Reason reason(int tier) {
        Reason reason = reasons[tier];
        if (reason == null) {
            reason = explain(tier);
            reasons[tier] = reason;
        }
        return reason;
    }

    private int limit(int binding, int lengths, boolean hard, boolean trusted) {
        double least = value(Bound.MAXIMUM, binding, lengths, hard);
        least = Math.min(least, value(Bound.ITL, binding, lengths, hard));
        least = Math.min(least, value(Bound.MEMORY, binding, lengths, hard));
        least = Math.min(least, value(Bound.TOKEN_BUDGET, binding, lengths, hard));
        if (trusted) {
            least = Math.min(least, value(Bound.TRUST_REGION, binding, lengths, hard));
        }
        return Math.max(config.minBatch(), (int) Math.floor(least));
    }

    /** A bound in sequences, infinite where it is not known. */
    private double value(Bound bound, int binding, int lengths, boolean hard) {
        var stats = tiers.get(lengths).lengths();
        return switch (bound) {
            case ITL ->
                curve.known()
                        ? curve.coefficients()
                                .sequencesWithin(
                                        Usage.sloSeconds(tiers, binding) * (hard ? 1 : 1 - config.margin()),
                                        stats.promptPerOutput())
                        : Double.POSITIVE_INFINITY;
            // The hard limit takes half of the reserve: what KV use swings by is short, and preemptions teach the rest.
            case MEMORY ->
                caps.kvCapacityTokens > 0
                        ? caps.memoryFactor
                                * (hard ? (1 + config.kvHigh()) / 2 : config.kvHigh())
                                * caps.kvCapacityTokens
                                / stats.residentTokens()
                        : Double.POSITIVE_INFINITY;
            case TOKEN_BUDGET ->
                caps.budgetTokens > 0
                        ? BUDGET_SHARE * caps.budgetTokens / (1 + stats.promptPerOutput())
                        : Double.POSITIVE_INFINITY;
            case TRUST_REGION ->
                Math.min(Math.max(config.startBatch(), TRUST * caps.largestFilled), steep(binding, lengths, hard));
            case MAXIMUM -> config.maxBatch();
            case MINIMUM -> config.minBatch();
        };
    }

    /**
     * An instance that is kept at its soft limit never measures the hard one: while nothing tells how it gets there, it is
     * taken for as near as it can be. Filling it shows more; rounded up, so that there is always a next slot to fill.
     */
    private double steep(int binding, int lengths, boolean hard) {
        return hard && curve.known()
                ? Math.ceil(curve.steepest()
                        .sequencesWithin(
                                Usage.sloSeconds(tiers, binding),
                                tiers.get(lengths).lengths().promptPerOutput()))
                : Double.POSITIVE_INFINITY;
    }

    private Reason explain(int tier) {
        Coefficients coefficients = curve.coefficients();
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("sloSeconds", Usage.sloSeconds(tiers, tier));
        if (curve.known()) {
            numbers.put("aSeconds", coefficients.aSeconds());
            numbers.put("bSecondsPerSequence", coefficients.bSecondsPerSequence());
            numbers.put("gSecondsPerToken", coefficients.gSecondsPerToken());
        }
        numbers.put("promptPerOutput", tiers.get(tier).lengths().promptPerOutput());
        putFinite(numbers, "itlSequences", value(Bound.ITL, tier, tier, false));
        putFinite(numbers, "memorySequences", value(Bound.MEMORY, tier, tier, false));
        putFinite(numbers, "budgetSequences", value(Bound.TOKEN_BUDGET, tier, tier, false));
        numbers.put("trustSequences", value(Bound.TRUST_REGION, tier, tier, false));
        // Not even one sequence, at the SLO without margin.
        boolean unattainable = value(Bound.ITL, tier, tier, true) < 1;
        return new Reason(unattainable ? ReasonCode.ITL_UNATTAINABLE : ReasonCode.LOCAL_BACKPRESSURE, numbers, "");
    }

    private static void putFinite(Map<String, Double> numbers, String name, double value) {
        if (value < Double.POSITIVE_INFINITY) {
            numbers.put(name, value);
        }
    }
}
