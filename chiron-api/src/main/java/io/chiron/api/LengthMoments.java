package io.chiron.api;

/**
 * Sums over completed requests since counting began: counters that only grow, so that differences between two readings
 * are exact and a fall means a restart. Immutable.
 *
 * @param count completed requests
 * @param prompt sum of prompt tokens
 * @param output sum of output tokens
 * @param promptSquared sum of squared prompt tokens
 * @param outputSquared sum of squared output tokens
 * @param promptTimesOutput sum of prompt times output tokens
 */
public record LengthMoments(
        double count,
        double prompt,
        double output,
        double promptSquared,
        double outputSquared,
        double promptTimesOutput) {

    /** Nothing completed yet. */
    public static final LengthMoments ZERO = new LengthMoments(0, 0, 0, 0, 0, 0);

    public LengthMoments {
        Checks.notNegative("moments.count", count);
        Checks.notNegative("moments.prompt", prompt);
        Checks.notNegative("moments.output", output);
        Checks.notNegative("moments.promptSquared", promptSquared);
        Checks.notNegative("moments.outputSquared", outputSquared);
        Checks.notNegative("moments.promptTimesOutput", promptTimesOutput);
    }

    /** These sums with one more completed request. */
    public LengthMoments plus(double promptTokens, double outputTokens) {
        return new LengthMoments(
                count + 1,
                prompt + promptTokens,
                output + outputTokens,
                promptSquared + promptTokens * promptTokens,
                outputSquared + outputTokens * outputTokens,
                promptTimesOutput + promptTokens * outputTokens);
    }
}
