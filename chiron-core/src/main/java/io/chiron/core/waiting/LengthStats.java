package io.chiron.core.waiting;

import io.chiron.api.Checks;

/**
 * Moments of the (prompt, output) lengths of one tier, in tokens. Immutable.
 *
 * @param meanPrompt E[prompt]; above 0
 * @param meanOutput E[output]; at least 1
 * @param meanOutputSquared E[output²]; at least {@code meanOutput²}
 * @param meanPromptOutput E[prompt·output]; above 0
 * @param samples completed requests behind it, after decay; 0 for a guess
 */
public record LengthStats(
        double meanPrompt, double meanOutput, double meanOutputSquared, double meanPromptOutput, double samples) {

    public LengthStats {
        Checks.positive("lengths.meanPrompt", meanPrompt);
        Checks.inRange("lengths.meanOutput", meanOutput, 1, 1e9);
        Checks.inRange("lengths.meanOutputSquared", meanOutputSquared, meanOutput * meanOutput * (1 - 1e-9), 1e18);
        Checks.positive("lengths.meanPromptOutput", meanPromptOutput);
        Checks.notNegative("lengths.samples", samples);
    }

    /** Independent lengths with these means and an output CV of {@code outputCv}, backed by no sample. */
    public static LengthStats guess(double meanPrompt, double meanOutput, double outputCv) {
        return new LengthStats(
                meanPrompt,
                meanOutput,
                meanOutput * meanOutput * (1 + outputCv * outputCv),
                meanPrompt * meanOutput,
                0);
    }

    /** These with outputs {@code factor} times as long, at least one token on average; {@code factor} in [1/16, 16]. */
    public LengthStats withOutputsTimes(double factor) {
        if (factor == 1) {
            return this;
        }
        Checks.inRange("lengths.factor", factor, 1.0 / 16, 16);
        double times = Math.max(factor, 1 / meanOutput);
        return new LengthStats(
                meanPrompt, meanOutput * times, meanOutputSquared * times * times, meanPromptOutput * times, samples);
    }

    /** Standard deviation of the output length, tokens. */
    public double outputDeviation() {
        return Math.sqrt(Math.max(0, meanOutputSquared - meanOutput * meanOutput));
    }

    /** Prompt tokens that have to be processed per output token: the steady prefill load of one running sequence. */
    public double promptPerOutput() {
        return meanPrompt / meanOutput;
    }

    /**
     * KV tokens that a running sequence holds on average, weighted by how long it stays (ours: the present mean is low
     * while sequences are young): E[prompt·output]/E[output] + E[output²]/(2·E[output]).
     */
    public double residentTokens() {
        return meanPromptOutput / meanOutput + meanOutputSquared / (2 * meanOutput);
    }
}
