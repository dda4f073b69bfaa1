package io.chiron.benchmarks;

import io.chiron.core.fleet.ReconcileBenchmark;
import io.chiron.core.routing.ArrivalBenchmark;
import io.chiron.core.routing.QueueBenchmark;
import java.util.List;

/**
 * What is measured beside what. Time per operation of {@code subject} over that of each reference is the ratio.
 *
 * @param name letter and title
 * @param benchmarks class that holds all of them
 * @param subject method that measures Chiron
 * @param references methods that measure what it is compared with
 * @param target what the ratio or the time has to be, in words
 * @param threads threads to run it with, one after the other
 */
record Comparison(
        String name,
        Class<?> benchmarks,
        String subject,
        List<String> references,
        String target,
        List<Integer> threads) {

    static final List<Comparison> ALL = List.of(
            new Comparison(
                    "a: tick",
                    TickBenchmark.class,
                    "tick",
                    List.of("floor"),
                    "ratio ≤ 5 at 10,000; exponent ≤ 1.05",
                    List.of(1)),
            new Comparison(
                    "b: limits of an instance",
                    LocalBenchmark.class,
                    "curveRule",
                    List.of("gradient2"),
                    "ratio ≤ 1",
                    List.of(1)),
            new Comparison(
                    "c: queue one, take the earliest",
                    QueueBenchmark.class,
                    "deadlineQueue",
                    List.of("lockedPriorityQueue", "skipListMap"),
                    "ratio to lockedPriorityQueue ≤ 0.2 at 10⁶; growth no worse than log",
                    List.of(1, 2)),
            new Comparison(
                    "c: the same beside what bounds any queue",
                    QueueBenchmark.class,
                    "deadlineQueue",
                    List.of("unordered", "scattered"),
                    "none",
                    List.of(1)),
            new Comparison(
                    "c: the same through the router",
                    QueueBenchmark.class,
                    "router",
                    List.of("lockedPriorityQueue"),
                    "none",
                    List.of(1, 2)),
            new Comparison(
                    "d: place one, end one",
                    PlaceBenchmark.class,
                    "router",
                    List.of("linearScan"),
                    "≤ 1,000 ns at 1,000 and 0 bytes; growth sub-linear",
                    List.of(1, 2)),
            new Comparison(
                    "e: quantile of a wait",
                    WaitBenchmark.class,
                    "estimator",
                    List.of("gammaInverse"),
                    "ratio ≤ 0.1",
                    List.of(1)),
            new Comparison(
                    "f: launch all instances in one run",
                    ReconcileBenchmark.class,
                    "launch",
                    List.of("decisions"),
                    "exponent about 1",
                    List.of(1)),
            new Comparison(
                    "f: drain all instances in one run",
                    ReconcileBenchmark.class,
                    "drain",
                    List.of("decisions"),
                    "exponent about 1",
                    List.of(1)),
            new Comparison(
                    "g: all requests arrive at once",
                    ArrivalBenchmark.class,
                    "router",
                    List.of("lockedPriorityQueue"),
                    "exponent about 1",
                    List.of(1)));

    /** The letter of the question. */
    String letter() {
        return name.substring(0, 1);
    }

    /** Full name of a benchmark method of this comparison. */
    String benchmark(String method) {
        return benchmarks.getName() + "." + method;
    }
}
