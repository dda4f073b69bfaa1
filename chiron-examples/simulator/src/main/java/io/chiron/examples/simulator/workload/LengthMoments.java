package io.chiron.examples.simulator.workload;

/** Means over a sample of (prompt, output) lengths, as the steady state of an engine needs them. */
public final class LengthMoments {
    private long count;
    private double prompt;
    private double promptSquared;
    private double decodes;
    private double decodeContext;

    /** Adds one request. */
    public void add(int promptTokens, int outputTokens) {
        double p = promptTokens;
        double d = outputTokens - 1.0;
        count++;
        prompt += p;
        promptSquared += p * p;
        decodes += d;
        decodeContext += d * (p + d / 2);
    }

    public long count() {
        return count;
    }

    /** E[p]. */
    public double meanPromptTokens() {
        return prompt / count;
    }

    /** E[p²]. */
    public double meanSquaredPromptTokens() {
        return promptSquared / count;
    }

    /** D = E[o - 1], the decode iterations of a request. */
    public double meanDecodes() {
        return decodes / count;
    }

    /** E[D_i·(p_i + D_i/2)]: KV tokens summed over the decode iterations of a request. */
    public double meanDecodeContextTokens() {
        return decodeContext / count;
    }
}
