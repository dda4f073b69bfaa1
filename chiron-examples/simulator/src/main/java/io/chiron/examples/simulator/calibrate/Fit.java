package io.chiron.examples.simulator.calibrate;

import io.chiron.examples.simulator.engine.Profile.Timing;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.LUDecomposition;
import org.jspecify.annotations.Nullable;

/**
 * The coefficients of an iteration's time with the least squares of relative errors, none of them negative.
 *
 * <p>With {@code m = g·knee} the form {@code c0 + g·sqrt(knee² + (P+B)²) + c2·B + c3·KV + c4·S} is linear in all but the knee,
 * which is searched; the rest are five columns, of which each subset is tried. Iterations that were held up by something else
 * are counted with the weight of Huber's estimator.
 */
final class Fit {
    private static final int COLUMNS = 5;
    private static final double MOST_KNEE_TOKENS = 8192;
    private static final int GRID = 40;
    private static final int REFINEMENTS = 30;
    private static final int ROUNDS = 5;
    /** Deviations above so many standard ones count less. */
    private static final double HUBER = 2;

    private static final double MEDIAN_TO_DEVIATION = 1.4826;
    /** An error so much smaller, relatively, is worth one more coefficient, or a finite knee. */
    private static final double WORTH = 1e-9;

    private final List<Point> points;
    private final double[] weights;

    private Fit(List<Point> points) {
        this.points = points;
        this.weights = new double[points.size()];
        Arrays.fill(weights, 1);
    }

    /** Fits at least one point. */
    static Timing of(List<Point> points) {
        Fit fit = new Fit(points);
        Timing timing = fit.searched();
        for (int round = 1; round < ROUNDS && fit.reweighted(timing); round++) {
            timing = fit.searched();
        }
        return timing;
    }

    /** Seconds by which the form is above the measured, relative to that. */
    static double relativeError(Timing timing, Point point) {
        return timing.seconds(point.decodeSequences(), point.prefillTokens(), point.kvTokens(), point.prefillWork())
                        / point.seconds()
                - 1;
    }

    private record Solution(Timing timing, double error) {}

    private Timing searched() {
        double[] knees = new double[GRID + 1];
        for (int i = 1; i <= GRID; i++) {
            knees[i] = StrictMath.exp(StrictMath.log(MOST_KNEE_TOKENS) * i / GRID);
        }
        Solution best = solved(0);
        int at = 0;
        for (int i = 1; i <= GRID; i++) {
            Solution next = solved(knees[i]);
            if (next.error < best.error * (1 - WORTH)) {
                best = next;
                at = i;
            }
        }
        double low = knees[Math.max(0, at - 1)];
        double high = knees[Math.min(GRID, at + 1)];
        for (int i = 0; i < REFINEMENTS; i++) {
            double step = (high - low) / 3;
            Solution left = solved(low + step);
            Solution right = solved(high - step);
            if (left.error <= right.error) {
                high -= step;
            } else {
                low += step;
            }
            Solution next = left.error <= right.error ? left : right;
            best = next.error < best.error * (1 - WORTH) ? next : best;
        }
        return best.timing;
    }

    /** The best non-negative coefficients at a knee; of equally good ones those that use fewer columns. */
    private Solution solved(double knee) {
        double[][] gram = new double[COLUMNS][COLUMNS];
        double[] right = new double[COLUMNS];
        double total = 0;
        double[] row = new double[COLUMNS];
        for (int i = 0; i < weights.length; i++) {
            Point p = points.get(i);
            double x = p.computedTokens();
            row[0] = 1 / p.seconds();
            row[1] = Math.sqrt(knee * knee + x * x) / p.seconds();
            row[2] = p.decodeSequences() / p.seconds();
            row[3] = p.kvTokens() / p.seconds();
            row[4] = p.prefillWork() / p.seconds();
            for (int a = 0; a < COLUMNS; a++) {
                for (int b = 0; b <= a; b++) {
                    gram[a][b] += weights[i] * row[a] * row[b];
                }
                right[a] += weights[i] * row[a];
            }
            total += weights[i];
        }
        double[] best = new double[COLUMNS];
        double least = total;
        for (int size = 1; size <= COLUMNS; size++) {
            for (int subset = 1; subset < 1 << COLUMNS; subset++) {
                double[] tried = Integer.bitCount(subset) == size ? coefficients(gram, right, subset) : null;
                double error = tried == null ? Double.POSITIVE_INFINITY : error(gram, right, total, tried);
                if (tried != null && error < least * (1 - WORTH)) {
                    best = tried;
                    least = error;
                }
            }
        }
        // The profile's form wants a fixed cost above zero.
        return new Solution(
                new Timing(Math.max(1e-9, best[0]), best[1] * knee, best[1], best[2], best[3], best[4]), least);
    }

    /** The least squares of some columns, null if they do not determine it or one would be negative. */
    private static double @Nullable [] coefficients(double[][] gram, double[] right, int subset) {
        int[] columns = new int[Integer.bitCount(subset)];
        for (int column = 0, i = 0; column < COLUMNS; column++) {
            if ((subset >> column & 1) == 1) {
                columns[i++] = column;
            }
        }
        double[][] part = new double[columns.length][columns.length];
        double[] wanted = new double[columns.length];
        for (int a = 0; a < columns.length; a++) {
            // To unit length: the columns differ by many powers of ten.
            double scale = Math.sqrt(gram[columns[a]][columns[a]]);
            for (int b = 0; b < columns.length; b++) {
                double product = gram[Math.max(columns[a], columns[b])][Math.min(columns[a], columns[b])];
                part[a][b] = product / (scale * Math.sqrt(gram[columns[b]][columns[b]]));
            }
            wanted[a] = right[columns[a]] / scale;
            if (!(scale > 0)) {
                return null;
            }
        }
        DecompositionSolver solver = new LUDecomposition(new Array2DRowRealMatrix(part, false), 1e-10).getSolver();
        if (!solver.isNonSingular()) {
            return null;
        }
        double[] solution = solver.solve(new ArrayRealVector(wanted, false)).toArray();
        double[] all = new double[COLUMNS];
        for (int a = 0; a < columns.length; a++) {
            if (!(solution[a] >= 0)) {
                return null;
            }
            all[columns[a]] = solution[a] / Math.sqrt(gram[columns[a]][columns[a]]);
        }
        return all;
    }

    private static double error(double[][] gram, double[] right, double total, double[] c) {
        double sum = total;
        for (int a = 0; a < COLUMNS; a++) {
            sum += c[a] * (c[a] * gram[a][a] - 2 * right[a]);
            for (int b = 0; b < a; b++) {
                sum += 2 * c[a] * c[b] * gram[a][b];
            }
        }
        return Math.max(0, sum);
    }

    /** Gives what is far off less weight; false if there is no error to judge by. */
    private boolean reweighted(Timing timing) {
        double[] errors = points.stream()
                .mapToDouble(point -> Math.abs(relativeError(timing, point)))
                .toArray();
        double[] sorted = errors.clone();
        Arrays.sort(sorted);
        double limit = HUBER * MEDIAN_TO_DEVIATION * sorted[sorted.length / 2];
        if (!(limit > WORTH)) {
            return false;
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] = errors[i] <= limit ? 1 : limit / errors[i];
        }
        return true;
    }
}
