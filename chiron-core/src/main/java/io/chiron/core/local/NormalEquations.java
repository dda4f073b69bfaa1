package io.chiron.core.local;

import java.util.Arrays;

/**
 * Sums of a weighted least squares fit {@code y = Σ coefficient_k · x_k} with three coefficients. Immutable.
 */
final class NormalEquations {
    static final int SIZE = 3;

    static final NormalEquations EMPTY = new NormalEquations(new double[SIZE * SIZE], new double[SIZE], 0, 0);

    /** Σ w·x·xᵀ, by row. */
    private final double[] xx;
    /** Σ w·x·y. */
    private final double[] xy;
    /** Σ w·y². */
    private final double yy;
    /** Number of samples, each counted at what is left of it. */
    private final double samples;

    private NormalEquations(double[] xx, double[] xy, double yy, double samples) {
        this.xx = xx;
        this.xy = xy;
        this.yy = yy;
        this.samples = samples;
    }

    double samples() {
        return samples;
    }

    /** A copy in which everything counts {@code factor} times as much, to which samples are added. */
    Sum scaled(double factor) {
        Sum sum = new Sum(xx.clone(), xy.clone(), yy * factor, samples * factor);
        for (int i = 0; i < sum.xx.length; i++) {
            sum.xx[i] *= factor;
        }
        for (int i = 0; i < SIZE; i++) {
            sum.xy[i] *= factor;
        }
        return sum;
    }

    /** Adds up samples; confined to one thread. */
    static final class Sum {
        private final double[] xx;
        private final double[] xy;
        private double yy;
        private double samples;

        private Sum(double[] xx, double[] xy, double yy, double samples) {
            this.xx = xx;
            this.xy = xy;
            this.yy = yy;
            this.samples = samples;
        }

        /** Mean weight so far of the samples; only if there are any. */
        double meanWeight() {
            // x_0 = 1, so its square sums up the weights.
            return xx[0] / samples;
        }

        boolean isEmpty() {
            return samples == 0;
        }

        void add(double weight, Observation observation) {
            add(weight, observation.sequences(), observation.prompts(), observation.itlSeconds());
        }

        void add(double weight, double x1, double x2, double y) {
            samples++;
            xx[0] += weight;
            xx[1] += weight * x1;
            xx[2] += weight * x2;
            xx[4] += weight * x1 * x1;
            xx[5] += weight * x1 * x2;
            xx[8] += weight * x2 * x2;
            xx[3] = xx[1];
            xx[6] = xx[2];
            xx[7] = xx[5];
            xy[0] += weight * y;
            xy[1] += weight * x1 * y;
            xy[2] += weight * x2 * y;
            yy += weight * y * y;
        }

        NormalEquations done() {
            return new NormalEquations(xx.clone(), xy.clone(), yy, samples);
        }
    }

    /** Share of Σ w·y² that {@code fit} leaves unexplained: the square of the relative noise. */
    double unexplained(double[] fit) {
        double left = yy;
        for (int i = 0; i < SIZE; i++) {
            left -= 2 * fit[i] * xy[i];
            for (int j = 0; j < SIZE; j++) {
                left += fit[i] * xx[i * SIZE + j] * fit[j];
            }
        }
        return Math.max(0, left / yy);
    }

    /** The multiple of {@code shape} that fits best. */
    double[] fitMultiple(double[] shape) {
        double along = 0;
        double across = 0;
        for (int i = 0; i < SIZE; i++) {
            along += shape[i] * xy[i];
            for (int j = 0; j < SIZE; j++) {
                across += shape[i] * xx[i * SIZE + j] * shape[j];
            }
        }
        double[] fit = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            fit[i] = shape[i] * along / across;
        }
        return fit;
    }

    /**
     * The non-negative coefficients that minimise the weighted squares plus {@code ridge·xx_kk·(coefficient_k -
     * anchor_k)²}.
     *
     * <p>The problem is strictly convex and has three unknowns: the best of the seven free sets whose solution is not
     * negative is its solution (a clamped free solution is not).
     */
    double[] fit(double ridge, double[] anchor) {
        double[] scale = new double[SIZE];
        double[] matrix = new double[SIZE * SIZE];
        double[] right = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            double squares = xx[i * SIZE + i];
            // A variable that was always 0 keeps its anchor.
            scale[i] = squares > 0 ? Math.sqrt(squares) : 1;
        }
        for (int i = 0; i < SIZE; i++) {
            for (int j = 0; j < SIZE; j++) {
                matrix[i * SIZE + j] = xx[i * SIZE + j] / (scale[i] * scale[j]);
            }
            matrix[i * SIZE + i] += ridge;
            right[i] = xy[i] / scale[i] + ridge * anchor[i] * scale[i];
        }
        double[] best = new double[SIZE];
        double bestGain = 0;
        // From all free to one free; the first one holds nearly always.
        for (int free = (1 << SIZE) - 1; free > 0; free--) {
            double[] solution = solve(matrix, right, free);
            double gain = 0;
            boolean feasible = true;
            for (int i = 0; i < SIZE; i++) {
                gain += solution[i] * right[i];
                feasible &= solution[i] >= 0 && solution[i] < Double.POSITIVE_INFINITY;
            }
            if (feasible && gain > bestGain) {
                best = solution;
                bestGain = gain;
                if (free == (1 << SIZE) - 1) {
                    break;
                }
            }
        }
        for (int i = 0; i < SIZE; i++) {
            best[i] /= scale[i];
        }
        return best;
    }

    /** Solves by Cholesky's method with the variables outside {@code free} fixed at 0. */
    private static double[] solve(double[] matrix, double[] right, int free) {
        double[] lower = new double[SIZE * SIZE];
        double[] solution = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            boolean rowFree = (free >> i & 1) == 1;
            for (int j = 0; j <= i; j++) {
                double value = rowFree && (free >> j & 1) == 1 ? matrix[i * SIZE + j] : (i == j ? 1 : 0);
                for (int k = 0; k < j; k++) {
                    value -= lower[i * SIZE + k] * lower[j * SIZE + k];
                }
                lower[i * SIZE + j] = i == j ? Math.sqrt(value) : value / lower[j * SIZE + j];
            }
            double value = rowFree ? right[i] : 0;
            for (int k = 0; k < i; k++) {
                value -= lower[i * SIZE + k] * solution[k];
            }
            solution[i] = value / lower[i * SIZE + i];
        }
        for (int i = SIZE - 1; i >= 0; i--) {
            for (int k = i + 1; k < SIZE; k++) {
                solution[i] -= lower[k * SIZE + i] * solution[k];
            }
            solution[i] /= lower[i * SIZE + i];
        }
        return solution;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NormalEquations that
                && Arrays.equals(xx, that.xx)
                && Arrays.equals(xy, that.xy)
                && yy == that.yy
                && samples == that.samples;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(xx) + Arrays.hashCode(xy)) + Double.hashCode(samples);
    }
}
