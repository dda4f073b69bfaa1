package io.chiron.examples.simulator.workload;

import java.nio.file.Path;
import org.apache.commons.math3.random.RandomGenerator;

/** A joint distribution of prompt and output lengths. */
public interface Lengths {
    /** One request's lengths. */
    record Pair(int promptTokens, int outputTokens) {}

    /** Draws one. */
    Pair draw(RandomGenerator random);

    /** {@code sharegpt}, or the pairs of a trace file. */
    static Lengths parse(String text) {
        return "sharegpt".equals(text) ? shareGpt() : ofTrace(Trace.read(Path.of(text)));
    }

    /** Draws pairs of a trace, each with the same chance. */
    static Lengths ofTrace(Trace trace) {
        return random -> {
            int row = random.nextInt(trace.size());
            return new Pair(trace.promptTokens(row), trace.outputTokens(row));
        };
    }

    /** Like ShareGPT: log-normal, prompt mean 161 CV 1.2, output mean 338 CV 1.0, independent, clipped to 1..2048. */
    static Lengths shareGpt() {
        double promptVariance = logVariance(1.2);
        double outputVariance = logVariance(1.0);
        return random -> new Pair(logNormal(random, 161, promptVariance), logNormal(random, 338, outputVariance));
    }

    /** Variance of the logarithm of a log-normal value with a coefficient of variation. */
    private static double logVariance(double cv) {
        return StrictMath.log(1 + cv * cv);
    }

    private static int logNormal(RandomGenerator random, double mean, double variance) {
        double value = mean * StrictMath.exp(Math.sqrt(variance) * random.nextGaussian() - 0.5 * variance);
        return (int) Math.max(1, Math.min(2048, Math.rint(value)));
    }
}
