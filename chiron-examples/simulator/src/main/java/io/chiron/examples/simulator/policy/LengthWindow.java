package io.chiron.examples.simulator.policy;

/** Mean lengths of the requests that completed in a recent window, as engines' histograms give them. Confined to one run. */
final class LengthWindow {
    private final double windowSeconds;
    private final Series count;
    private final Series prompt;
    private final Series output;

    LengthWindow(double windowSeconds) {
        this.windowSeconds = windowSeconds;
        this.count = new Series(windowSeconds);
        this.prompt = new Series(windowSeconds);
        this.output = new Series(windowSeconds);
    }

    /** Reads the counters. */
    void add(Observed seen) {
        count.add(seen.seconds(), seen.completed().count());
        prompt.add(seen.seconds(), seen.completed().prompt());
        output.add(seen.seconds(), seen.completed().output());
    }

    /** Mean prompt tokens; NaN if nothing completed. */
    double meanPrompt(double nowSeconds) {
        return prompt.growth(nowSeconds - windowSeconds) / count.growth(nowSeconds - windowSeconds);
    }

    /** Mean output tokens; NaN if nothing completed. */
    double meanOutput(double nowSeconds) {
        return output.growth(nowSeconds - windowSeconds) / count.growth(nowSeconds - windowSeconds);
    }

    /** Requests completed per second. */
    double rate(double nowSeconds, double rateSeconds) {
        return count.rate(nowSeconds - rateSeconds);
    }
}
