package io.chiron.examples.simulator.study;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** What Chiron is to reach on the scoreboard, in every seed. */
final class Bars {
    private static final String CHIRON = "chiron";
    private static final List<Bar> ALL = all();

    private Bars() {}

    /** What is measured for one seed, of the rows of that seed; NaN if nothing was run for it. */
    private record Bar(String what, boolean atLeast, double limit, ToDoubleFunction<List<Row>> measure) {}

    /**
     * A bar and what was reached.
     *
     * @param atLeast true if values have to be at or above the limit, false if at or below it
     * @param perSeed a value for each seed, in their order
     * @param reached in every seed
     */
    @JsonPropertyOrder({"what", "atLeast", "limit", "perSeed", "reached"})
    record Result(String what, boolean atLeast, double limit, List<Double> perSeed, boolean reached) {}

    private static List<Bar> all() {
        List<Bar> bars = new ArrayList<>();
        for (String tag : List.of("W_A", "diurnal", "W_B", "tight", "trace")) {
            double limit = tag.equals("W_A") || tag.equals("diurnal") ? 0.995 : 0.99;
            bars.add(worst("interactive attainment, " + tag, limit, is(tag), Row::interactive));
        }
        bars.add(worst("batch attainment", 0.999, row -> row.outcome().batch().requests() > 0, Row::batch));
        bars.add(worst("efficiency, W_A with ten 8B instances", 0.85, is("W_A", "ten"), Bars::efficiency));
        bars.add(worst("efficiency, W_B with a large burst", 0.93, is("W_B", "large"), Bars::efficiency));
        for (String rival : List.of("llumnix", "knative-kpa", "hpa-kv")) {
            bars.add(ratio(rival, "W_A", 0.75, is("W_A")));
        }
        bars.add(ratio("llumnix", "W_B", 0.55, is("W_B")));
        bars.add(ratio("knative-kpa", "W_B", 0.50, is("W_B")));
        bars.add(ratio("hpa-kv", "W_B", 0.40, is("W_B")));
        bars.add(ratio("static", "W_A", 1.00, is("W_A")));
        bars.add(ratio("static", "diurnal", 0.70, is("diurnal")));
        bars.add(ratio("static", "W_B", 0.80, is("W_B")));
        bars.add(ratio("llumnix", "tight", 0.90, is("tight")));
        bars.add(ratio("static", "tight", 1.05, is("tight")));
        bars.add(ratio("oracle", "W_A 8B", 1.05, is("W_A", "8b")));
        bars.add(ratio("oracle", "W_A 70B", 1.12, is("W_A", "70b")));
        bars.add(ratio("oracle", "tight", 1.12, is("tight")));
        bars.add(ratio("oracle", "W_B", 1.03, is("W_B")));
        bars.add(ratio("oracle", "diurnal, lead 60 s", 1.12, is("diurnal", "lead60")));
        bars.add(ratio("oracle", "diurnal, lead 180 s", 1.25, is("diurnal", "lead180")));
        bars.add(ratio("oracle", "conversation 8B", 1.10, is("conversation", "8b")));
        bars.add(ratio("oracle", "conversation 70B", 1.20, is("conversation", "70b")));
        bars.add(ratio("oracle", "code", 1.35, is("code")));
        bars.add(ratio("oracle", "ServeGen day", 1.20, is("servegen")));
        return bars;
    }

    /** Every bar that anything was run for. */
    static List<Result> results(List<Row> rows) {
        Set<Long> seeds = new TreeSet<>(rows.stream().map(Row::seed).toList());
        List<Result> results = new ArrayList<>();
        for (Bar bar : ALL) {
            List<Double> perSeed = seeds.stream()
                    .map(seed -> bar.measure()
                            .applyAsDouble(rows.stream()
                                    .filter(each -> each.seed() == seed)
                                    .toList()))
                    .toList();
            if (perSeed.stream().noneMatch(value -> value.isNaN())) {
                boolean reached =
                        perSeed.stream().allMatch(value -> bar.atLeast() ? value >= bar.limit() : value <= bar.limit());
                results.add(new Result(bar.what(), bar.atLeast(), bar.limit(), perSeed, reached));
            }
        }
        return results;
    }

    private static double efficiency(Row row) {
        return row.outcome().gpuEfficiency();
    }

    private static Predicate<Row> is(String... tags) {
        return row -> row.scenario().tags().containsAll(List.of(tags));
    }

    private static Bar worst(String what, double limit, Predicate<Row> which, ToDoubleFunction<Row> value) {
        return new Bar(what + ", worst", true, limit, rows -> rows.stream()
                .filter(each -> each.policy().equals(CHIRON))
                .filter(which)
                .mapToDouble(value)
                .min()
                .orElse(Double.NaN));
    }

    private static Bar ratio(String rival, String where, double limit, Predicate<Row> which) {
        return new Bar(
                "GPU-hours over " + rival + ", " + where, false, limit, rows -> Ratios.of(rows, CHIRON, rival, which)
                        .value());
    }
}
