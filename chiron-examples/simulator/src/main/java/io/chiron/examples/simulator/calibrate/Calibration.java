package io.chiron.examples.simulator.calibrate;

import io.chiron.api.Checks;
import io.chiron.examples.simulator.engine.Profile.Timing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Coefficients of an engine's iteration time, and how far they are to be trusted.
 *
 * @param timing the coefficients
 * @param standardErrors of c0, m, g, c2, c3, c4, by leaving out a part of the operating points at a time
 * @param points measured iterations
 * @param mape mean of the relative errors, absolute
 * @param medianApe their median
 * @param p95Ape their 95 % quantile
 * @param worstApe the largest
 * @param worst the point that has it
 * @param leftOutMape mean relative error at operating points that the fit had not seen
 */
public record Calibration(
        Timing timing,
        List<Double> standardErrors,
        int points,
        double mape,
        double medianApe,
        double p95Ape,
        double worstApe,
        Point worst,
        double leftOutMape) {
    private static final int FOLDS = 10;
    private static final int FEWEST_POINTS = 8;
    private static final int FEWEST_OPERATING_POINTS = 4;

    /**
     * Fits points.
     *
     * @throws IllegalArgumentException if there are too few of them
     */
    public static Calibration of(List<Point> points) {
        Checks.inRange("points", points.size(), FEWEST_POINTS, Integer.MAX_VALUE);
        // Iterations of one composition are alike: one of them must not be predicted from another.
        Map<List<Double>, Integer> folds = new LinkedHashMap<>();
        for (Point point : points) {
            folds.putIfAbsent(List.of(point.decodeSequences(), point.prefillTokens()), folds.size() % FOLDS);
        }
        Checks.inRange(
                "different pairs of decode_seqs and prefill_tokens",
                folds.size(),
                FEWEST_OPERATING_POINTS,
                Integer.MAX_VALUE);
        int parts = Math.min(FOLDS, folds.size());
        List<Timing> partial = new ArrayList<>();
        double leftOut = 0;
        for (int fold = 0; fold < parts; fold++) {
            List<Point> seen = new ArrayList<>();
            List<Point> unseen = new ArrayList<>();
            for (Point point : points) {
                Integer of = folds.get(List.of(point.decodeSequences(), point.prefillTokens()));
                (of != null && of == fold ? unseen : seen).add(point);
            }
            Timing timing = Fit.of(seen);
            partial.add(timing);
            for (Point point : unseen) {
                leftOut += Math.abs(Fit.relativeError(timing, point));
            }
        }
        return judged(Fit.of(points), points, standardErrors(partial), leftOut / points.size());
    }

    private static Calibration judged(
            Timing timing, List<Point> points, List<Double> standardErrors, double leftOutMape) {
        double[] errors = new double[points.size()];
        int worst = 0;
        double sum = 0;
        for (int i = 0; i < errors.length; i++) {
            errors[i] = Math.abs(Fit.relativeError(timing, points.get(i)));
            worst = errors[i] > errors[worst] ? i : worst;
            sum += errors[i];
        }
        double most = errors[worst];
        Arrays.sort(errors);
        return new Calibration(
                timing,
                standardErrors,
                errors.length,
                sum / errors.length,
                errors[errors.length / 2],
                errors[(int) Math.min(errors.length - 1, Math.ceil(0.95 * errors.length))],
                most,
                points.get(worst),
                leftOutMape);
    }

    /** The delete-a-group jackknife. */
    private static List<Double> standardErrors(List<Timing> partial) {
        List<Double> errors = new ArrayList<>();
        int parts = partial.size();
        for (int k = 0; k < 6; k++) {
            double mean = 0;
            for (Timing timing : partial) {
                mean += values(timing)[k] / parts;
            }
            double squares = 0;
            for (Timing timing : partial) {
                double off = values(timing)[k] - mean;
                squares += off * off;
            }
            errors.add(Math.sqrt(squares * (parts - 1) / parts));
        }
        return List.copyOf(errors);
    }

    private static double[] values(Timing timing) {
        return new double[] {timing.c0(), timing.m(), timing.g(), timing.c2(), timing.c3(), timing.c4()};
    }
}
