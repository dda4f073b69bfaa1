package io.chiron.examples.simulator.study;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The grid on which a policy is tuned. Thresholds that carry a unit of load cover three decades in ten steps each, which is
 * more than engines and SLOs differ by; others cover what their users would try.
 *
 * @param axes values of each knob, in order
 * @param text settings of a point, one value of each axis
 */
record Knobs(List<Axis> axes, Function<List<String>, String> text) {
    private static final Map<String, Knobs> BY_POLICY = byPolicy();

    /**
     * Values of a knob.
     *
     * @param limits values past which the knob means nothing: an optimum there is on no edge of the grid
     */
    record Axis(String name, List<String> values, Set<String> limits) {
        /** {@code perDecade} values to the decade, from {@code low} to {@code high}. */
        static Axis steps(String name, double low, double high, int perDecade) {
            int steps = (int) Math.rint(perDecade * StrictMath.log10(high / low));
            return of(
                    name,
                    IntStream.rangeClosed(0, steps)
                            .mapToObj(i -> number(low * StrictMath.pow(10, (double) i / perDecade)))
                            .toArray(String[]::new));
        }

        static Axis of(String name, String... values) {
            return new Axis(name, List.of(values), Set.of());
        }

        Axis limitedAt(String... ends) {
            return new Axis(name, values, Set.of(ends));
        }
    }

    private static Map<String, Knobs> byPolicy() {
        Axis share = Axis.steps("target", 0.01, 1, 10).limitedAt("1");
        Axis window =
                Axis.of("window", "0", "15", "30", "60", "120", "240", "480").limitedAt("0");
        Map<String, Knobs> all = new LinkedHashMap<>();
        all.put(
                "llumnix",
                new Knobs(
                        List.of(
                                Axis.steps("low", 3, 9487, 10),
                                Axis.of("high/low", "1", "1.05", "1.2", "1.5", "2", "3", "5", "8", "12", "20")
                                        .limitedAt("1")),
                        point -> "low=" + point.get(0) + ";high=" + times(point.get(0), point.get(1))));
        all.put(
                "knative-kpa",
                plain(
                        Axis.steps("target", 1, 1000, 10),
                        Axis.of("stable", "6", "15", "30", "60", "120", "240", "480", "960", "1920")
                                .limitedAt("6")));
        all.put("hpa-kv", plain(share));
        all.put("keda-inflight", plain(Axis.steps("threshold", 1, 1000, 10)));
        all.put("static-peak", plain(Axis.steps("factor", 0.4, 2.5, 25)));
        all.put("static-mean", plain(Axis.steps("factor", 0.4, 4, 25)));
        all.put("dynamo-sla", plain(Axis.steps("itl", 0.005, 1, 10), Axis.steps("ttft", 0.1, 20, 5)));
        all.put(
                "dynamo-throughput",
                new Knobs(
                        List.of(
                                Axis.steps("up", 0.01, 2, 10),
                                Axis.of("down/up", "0.1", "0.3", "0.5", "0.7", "0.8", "0.9", "1")
                                        .limitedAt("1")),
                        point -> "up=" + point.get(0) + ";down=" + times(point.get(0), point.get(1))));
        all.put(
                "wva-saturation",
                plain(Axis.steps("kv", 0.01, 1, 10).limitedAt("1"), Axis.steps("sparekv", 0.01, 0.5, 5), window));
        all.put(
                "wva-tokens",
                new Knobs(
                        List.of(
                                Axis.steps("up", 0.04, 1, 10).limitedAt("1"),
                                Axis.of("down/up", "0.3", "0.5", "0.7", "0.8", "0.9", "1")
                                        .limitedAt("1"),
                                window),
                        point -> "up=" + point.get(0) + ";down=" + times(point.get(0), point.get(1)) + ";window="
                                + point.get(2)));
        all.put(
                "queueing-model",
                plain(
                        window,
                        Axis.of("tolerance", "0", "0.02", "0.05", "0.1", "0.2", "0.3")
                                .limitedAt("0")));
        all.put("aibrix-apa", plain(share));
        all.put("aibrix-kpa", plain(share));
        all.put(
                "ray-serve",
                plain(
                        Axis.steps("target", 1, 1000, 10),
                        Axis.of("down", "0", "30", "60", "120", "300", "600", "1200")
                                .limitedAt("0")));
        all.put(
                "skyserve",
                new Knobs(
                        List.of(
                                Axis.steps("qps", 0.1, 100, 10),
                                Axis.of("patience", "0.03", "0.1", "0.2", "0.5", "1", "2")),
                        point -> "qps=" + point.get(0) + ";up=" + times("300", point.get(1)) + ";down="
                                + times("1200", point.get(1))));
        all.put(
                "batch-edf",
                plain(
                        Axis.steps("safe", 0.1, 100, 10),
                        Axis.of("margin", "0", "30", "60", "120", "300", "600").limitedAt("0")));
        all.put("chiron-local-only", plain(share));
        all.put("chiron-slots", plain(Axis.steps("theta", 0.05, 1, 10).limitedAt("1")));
        all.put("chiron-paper", plain(Axis.steps("theta", 0.05, 1, 10).limitedAt("1")));
        return all;
    }

    /** The policies that have knobs; the most used rivals first. */
    static List<String> policies() {
        return List.copyOf(BY_POLICY.keySet());
    }

    static Knobs of(String policy) {
        Knobs knobs = BY_POLICY.get(policy);
        if (knobs == null) {
            throw new IllegalArgumentException(policy + " has no knobs");
        }
        return knobs;
    }

    /** Settings of a point, as after the name of a policy. */
    String settings(List<Integer> point) {
        return text.apply(IntStream.range(0, axes.size())
                .mapToObj(i -> axes.get(i).values().get(point.get(i)))
                .toList());
    }

    /** The point that has such settings; empty if none has. */
    Optional<List<Integer>> point(String settings) {
        List<List<Integer>> points = List.of(List.of());
        for (Axis axis : axes) {
            points = points.stream()
                    .flatMap(point -> IntStream.range(0, axis.values().size())
                            .mapToObj(i ->
                                    Stream.concat(point.stream(), Stream.of(i)).toList()))
                    .toList();
        }
        return points.stream().filter(each -> settings(each).equals(settings)).findFirst();
    }

    /** The middle of the grid. */
    List<Integer> centre() {
        return axes.stream().map(axis -> axis.values().size() / 2).toList();
    }

    /** Names of the axes at whose first or last value a point lies. */
    List<String> edges(List<Integer> point) {
        List<String> edges = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            Axis axis = axes.get(i);
            boolean end = point.get(i) == 0 || point.get(i) == axis.values().size() - 1;
            if (end && !axis.limits().contains(axis.values().get(point.get(i)))) {
                edges.add(axis.name());
            }
        }
        return edges;
    }

    private static Knobs plain(Axis... axes) {
        return new Knobs(List.of(axes), point -> {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < axes.length; i++) {
                text.append(i == 0 ? "" : ";")
                        .append(axes[i].name())
                        .append('=')
                        .append(point.get(i));
            }
            return text.toString();
        });
    }

    private static String times(String one, String other) {
        return number(Double.parseDouble(one) * Double.parseDouble(other));
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value)
                .round(new MathContext(3))
                .stripTrailingZeros()
                .toPlainString();
    }
}
