package io.chiron.core.fleet;

import io.chiron.api.Checks;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.Coefficients;
import io.chiron.core.local.TierProfile;
import java.util.List;

/**
 * What requests cost on one kind of instance, in work: seconds of that engine. An instance supplies one per second.
 *
 * <p>Ours (slots are not load): a request costs {@code g·prompt + E[output]·(b + a/B*)} at the hard limit B* of its own
 * tier. For batch tokens the same sum per output token, at the soft limit, prompts folded in. In the linear curve the
 * shares of two tiers on one instance add up exactly.
 *
 * <p>In context: docs/rules.md, Interactive demand.
 */
public final class WorkModel {
    private final double perPromptTokenSeconds;
    private final double[] perRequestSeconds;
    private final double[] perOutputTokenSeconds;
    private final double[] slackSeconds;
    private final double dedicatedTokensPerSecond;
    private final double sharedTokensPerSecond;

    private WorkModel(
            double perPromptTokenSeconds,
            double[] perRequestSeconds,
            double[] perOutputTokenSeconds,
            double[] slackSeconds,
            double dedicatedTokensPerSecond,
            double sharedTokensPerSecond) {
        this.perPromptTokenSeconds = perPromptTokenSeconds;
        this.perRequestSeconds = perRequestSeconds;
        this.perOutputTokenSeconds = perOutputTokenSeconds;
        this.slackSeconds = slackSeconds;
        this.dedicatedTokensPerSecond = dedicatedTokensPerSecond;
        this.sharedTokensPerSecond = sharedTokensPerSecond;
    }

    /** The model that follows from a learned curve, the limits of one instance, and the lengths of the tiers. */
    public static WorkModel of(Coefficients curve, BatchLimits limits, List<TierProfile> tiers) {
        int count = tiers.size();
        double a = curve.aSeconds();
        double b = curve.bSecondsPerSequence();
        double g = curve.gSecondsPerToken();
        double[] perRequest = new double[count];
        double[] perToken = new double[count];
        double[] slack = new double[count];
        int tightest = -1;
        for (int i = 0; i < count; i++) {
            TierProfile tier = tiers.get(i);
            int best = limits.hard(i, i);
            double output = tier.lengths().meanOutput();
            double decode = a + b * best;
            double iteration = decode + g * tier.lengths().promptPerOutput() * best;
            perRequest[i] = output * (b + a / best);
            perToken[i] = b + a / best + g * tier.lengths().promptPerOutput();
            double itl = tier.tier().slo().itlSeconds();
            // Decode work is due at the ITL SLO per token, not at the TTFT: it lends slack in its share of an
            // iteration.
            double share = iteration > 0 ? decode / iteration : 0;
            slack[i] = tier.tier().slo().ttftSeconds() / 2 + 0.25 * output * itl * share;
            if (tier.tier().interactive()
                    && (tightest < 0 || itl < tiers.get(tightest).tier().slo().itlSeconds())) {
                tightest = i;
            }
        }
        double dedicated = 0;
        double shared = 0;
        for (int i = 0; i < count; i++) {
            TierProfile tier = tiers.get(i);
            if (!tier.tier().interactive()) {
                double atBatch = b + g * tier.lengths().promptPerOutput();
                double tierDedicated = rate(atBatch + a / limits.soft(i, i));
                double tierShared = tightest < 0
                        ? tierDedicated
                        : rate(atBatch + a / Math.min(limits.soft(i, i), limits.soft(tightest, i)));
                dedicated = dedicated == 0 ? tierDedicated : Math.min(dedicated, tierDedicated);
                shared = shared == 0 ? tierShared : Math.min(shared, tierShared);
            }
        }
        return new WorkModel(g, perRequest, perToken, slack, dedicated, shared);
    }

    /** The same with interactive requests that cost {@code 1 / share} of it. */
    WorkModel dearer(double share) {
        double[] perRequest = perRequestSeconds.clone();
        for (int i = 0; i < perRequest.length; i++) {
            perRequest[i] /= share;
        }
        return new WorkModel(
                perPromptTokenSeconds / share,
                perRequest,
                perOutputTokenSeconds,
                slackSeconds,
                dedicatedTokensPerSecond,
                sharedTokensPerSecond);
    }

    private static double rate(double secondsPerToken) {
        return secondsPerToken > 0 ? 1 / secondsPerToken : 0;
    }

    /** Work of arrivals of a tier. */
    double workSeconds(int tier, double requests, double promptTokens) {
        return requests * perRequestSeconds[tier] + promptTokens * perPromptTokenSeconds;
    }

    /** Work of the output of one request of a tier, seconds. */
    public double perRequestSeconds(int tier) {
        return perRequestSeconds[tier];
    }

    /** Work of one prompt token, seconds. */
    public double perPromptTokenSeconds() {
        return perPromptTokenSeconds;
    }

    /** Work of one output token of a tier, its share of the prompts included, seconds. */
    double perOutputTokenSeconds(int tier) {
        return perOutputTokenSeconds[tier];
    }

    /** How long work of a tier may wait on average before its SLO is in danger, seconds. */
    double slackSeconds(int tier) {
        return slackSeconds[tier];
    }

    /** Batch output tokens per second of an instance that serves batch work only. */
    double dedicatedTokensPerSecond() {
        return dedicatedTokensPerSecond;
    }

    /** Batch output tokens per second of a whole shared instance, bound by the interactive limit. */
    double sharedTokensPerSecond() {
        return sharedTokensPerSecond;
    }

    /** How much this kind does of what {@code reference} does in the same time: ratio of the work of one typical request. */
    double speedAgainst(WorkModel reference, List<TierProfile> tiers) {
        double own = 0;
        double other = 0;
        for (int i = 0; i < tiers.size(); i++) {
            double prompt = tiers.get(i).lengths().meanPrompt();
            own += workSeconds(i, 1, prompt);
            other += reference.workSeconds(i, 1, prompt);
        }
        return own > 0 ? Checks.inRange("speed", Math.min(1000, Math.max(0.001, other / own)), 0, 1000) : 1;
    }
}
