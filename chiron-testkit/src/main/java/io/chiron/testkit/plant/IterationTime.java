package io.chiron.testkit.plant;

import io.chiron.api.Checks;

/** How long one iteration of an engine takes. */
@FunctionalInterface
public interface IterationTime {
    /**
     * Seconds of an iteration that decodes one token of each of {@code sequences} and processes {@code prefillTokens} of
     * prompts; above 0.
     */
    double seconds(double sequences, double prefillTokens);

    /**
     * {@code a + b·n + g·P}.
     *
     * @param fixedSeconds a; above 0
     * @param perSequenceSeconds b; not negative
     * @param perPrefillTokenSeconds g; not negative
     */
    static IterationTime linear(double fixedSeconds, double perSequenceSeconds, double perPrefillTokenSeconds) {
        Checks.positive("iteration.fixedSeconds", fixedSeconds);
        Checks.notNegative("iteration.perSequenceSeconds", perSequenceSeconds);
        Checks.notNegative("iteration.perPrefillTokenSeconds", perPrefillTokenSeconds);
        return (sequences, prefillTokens) ->
                fixedSeconds + perSequenceSeconds * sequences + perPrefillTokenSeconds * prefillTokens;
    }

    /**
     * Straight lines between measured points, the first and the last drawn out; prefill adds to it.
     *
     * @param sequences rising, at least two
     * @param seconds the iteration time at each; above 0
     * @param perPrefillTokenSeconds not negative
     */
    static IterationTime measured(double[] sequences, double[] seconds, double perPrefillTokenSeconds) {
        double[] x = sequences.clone();
        double[] y = seconds.clone();
        Checks.inRange("iteration.sequences.length", x.length, 2, Integer.MAX_VALUE);
        Checks.inRange("iteration.seconds.length", y.length, x.length, x.length);
        Checks.notNegative("iteration.perPrefillTokenSeconds", perPrefillTokenSeconds);
        for (int i = 0; i < x.length; i++) {
            Checks.positive("iteration.seconds", y[i]);
            Checks.inRange("iteration.sequences", x[i], i == 0 ? 0 : Math.nextUp(x[i - 1]), Double.POSITIVE_INFINITY);
        }
        return (n, prefillTokens) -> {
            int right = 1;
            while (right < x.length - 1 && x[right] < n) {
                right++;
            }
            double slope = (y[right] - y[right - 1]) / (x[right] - x[right - 1]);
            double decode = y[right - 1] + slope * (n - x[right - 1]);
            return Math.max(decode, 1e-6) + perPrefillTokenSeconds * prefillTokens;
        };
    }
}
