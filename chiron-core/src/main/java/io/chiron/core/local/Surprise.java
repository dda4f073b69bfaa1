package io.chiron.core.local;

import java.util.List;

/**
 * How long the curve has been missed by more than noise, always to the same side. An engine that became several times as slow
 * would otherwise be judged for many minutes by what it was. Immutable.
 *
 * @param side 1 if iterations take longer than expected, -1 if they are shorter, 0 if neither
 * @param steps in a row in which most samples lay on that side
 * @param samples of those steps
 * @param expected the curve before them
 */
record Surprise(int side, int steps, NormalEquations samples, Coefficients expected) {
    static final Surprise NONE = new Surprise(0, 0, NormalEquations.EMPTY, new Coefficients(0, 0, 0));

    /** Above what noise and the bend of a real engine's curve do to most samples of several steps in a row. */
    private static final double MISS = 2;
    /** A stall, or the burst after it, is over by then. */
    private static final int STEPS = 5;
    /** What is faster than expected by more than this weighs no more for it. */
    private static final double MOST_FASTER = 8;

    /** True if it is another engine by now. */
    boolean isChange() {
        return steps >= STEPS;
    }

    /** With the samples of one more step; {@code curve} is what was learned up to it. */
    Surprise after(List<Observation> step, Coefficients curve) {
        // The curve follows what surprises it, a large fleet's within a step or two.
        Coefficients before = side == 0 ? curve : expected;
        int slower = 0;
        int faster = 0;
        for (Observation observation : step) {
            double expectedSeconds = observation.on(before);
            // A curve of which nothing is expected here is no measure.
            slower += expectedSeconds > 0 && observation.itlSeconds() > MISS * expectedSeconds ? 1 : 0;
            faster += observation.itlSeconds() < expectedSeconds / MISS ? 1 : 0;
        }
        int now = 2 * slower > step.size() ? 1 : 2 * faster > step.size() ? -1 : 0;
        if (now == 0) {
            return NONE;
        }
        boolean again = now == side;
        NormalEquations.Sum sum = (again ? samples : NormalEquations.EMPTY).scaled(1);
        for (Observation observation : step) {
            double scale = Math.max(observation.itlSeconds(), observation.on(before) / MOST_FASTER);
            sum.add(1 / (scale * scale), observation);
        }
        return new Surprise(now, again ? steps + 1 : 1, sum.done(), again ? expected : curve);
    }
}
