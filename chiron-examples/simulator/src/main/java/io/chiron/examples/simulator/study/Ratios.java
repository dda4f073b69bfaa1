package io.chiron.examples.simulator.study;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** GPU-hours of one policy over those of another on the same scenarios and seeds. */
final class Ratios {
    /** What a policy must reach in both classes for its cost to count. */
    static final double ATTAINMENT = 0.99;

    private Ratios() {}

    /**
     * A geometric mean.
     *
     * @param value NaN of nothing
     * @param count runs in it
     * @param all runs of the other policy, those that miss 99 % included
     */
    record Mean(double value, int count, int all) {}

    /** {@code one} over {@code other}, where the other meets 99 %. */
    static Mean of(List<Row> rows, String one, String other, Predicate<Row> which) {
        Map<String, Row> ours = rows.stream()
                .filter(each -> each.policy().equals(one))
                .collect(Collectors.toMap(Ratios::place, each -> each));
        double sum = 0;
        int count = 0;
        int all = 0;
        for (Row their : rows) {
            Row our = ours.get(place(their));
            if (!their.policy().equals(other) || our == null || !which.test(their)) {
                continue;
            }
            all++;
            if (their.attainment() >= ATTAINMENT) {
                sum += StrictMath.log(our.outcome().gpuHours() / their.outcome().gpuHours());
                count++;
            }
        }
        return new Mean(count == 0 ? Double.NaN : StrictMath.exp(sum / count), count, all);
    }

    private static String place(Row row) {
        return row.scenario().name() + " " + row.seed();
    }
}
