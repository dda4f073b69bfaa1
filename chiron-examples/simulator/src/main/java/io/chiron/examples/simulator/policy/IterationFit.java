package io.chiron.examples.simulator.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * The regression of NVIDIA Dynamo's planner: wall time of an iteration from its prefill tokens and the KV tokens of its
 * engine. It keeps 64 observations in 16 buckets of KV use, the oldest of the fullest bucket making room, so that rare loads
 * are not forgotten, and answers from 5 on. Confined to one run.
 */
final class IterationFit {
    static final int LEAST_OBSERVATIONS = 5;
    private static final int BUCKETS = 16;
    private static final int MOST_OBSERVATIONS = 64;
    // Columns of like size keep the decomposition sound.
    private static final double PREFILL_UNIT = 1e3;
    private static final double KV_UNIT = 1e5;

    private final List<Deque<double[]>> buckets = new ArrayList<>();

    /** {@code seconds = fixed + perPrefillToken · prefill + perKvToken · kv}, no slope below zero. */
    record Line(double fixed, double perPrefillToken, double perKvToken) {
        double seconds(double prefillTokens, double kvTokens) {
            return fixed + perPrefillToken * prefillTokens + perKvToken * kvTokens;
        }
    }

    IterationFit() {
        for (int i = 0; i < BUCKETS; i++) {
            buckets.add(new ArrayDeque<>());
        }
    }

    void add(double kvUse, double prefillTokens, double kvTokens, double seconds) {
        Deque<double[]> bucket = buckets.get((int) Math.max(0, Math.min(BUCKETS - 1.0, kvUse * BUCKETS)));
        bucket.addLast(new double[] {1, prefillTokens / PREFILL_UNIT, kvTokens / KV_UNIT, seconds});
        if (observations() > MOST_OBSERVATIONS) {
            Deque<double[]> fullest = bucket;
            for (Deque<double[]> each : buckets) {
                fullest = each.size() > fullest.size() ? each : fullest;
            }
            fullest.removeFirst();
        }
    }

    int observations() {
        return buckets.stream().mapToInt(Deque::size).sum();
    }

    int observations(int bucket) {
        return buckets.get(bucket).size();
    }

    /** Least squares; the smallest solution where the observations do not tell the columns apart. */
    Line line() {
        List<double[]> rows = new ArrayList<>();
        buckets.forEach(rows::addAll);
        double[][] x = new double[rows.size()][];
        double[] y = new double[rows.size()];
        for (int i = 0; i < x.length; i++) {
            double[] row = rows.get(i);
            x[i] = new double[] {row[0], row[1], row[2]};
            y[i] = row[3];
        }
        RealVector line = new SingularValueDecomposition(new Array2DRowRealMatrix(x, false))
                .getSolver()
                .solve(new ArrayRealVector(y, false));
        return new Line(
                Math.max(0, line.getEntry(0)),
                Math.max(0, line.getEntry(1)) / PREFILL_UNIT,
                Math.max(0, line.getEntry(2)) / KV_UNIT);
    }
}
