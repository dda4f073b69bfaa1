package io.chiron.benchmarks;

import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** How long to measure. */
enum Preset {
    /** About an hour. */
    THOROUGH(3, 3, 5, 5, 1000),
    /** About ten minutes on an idle machine: figures to publish. */
    FULL(2, 1, 3, 5, 350),
    /** A few minutes: figures to work with. */
    QUICK(1, 1, 3, 4, 300),
    /** Seconds, in this JVM: shows that everything runs, its figures mean nothing. */
    SMOKE(0, 0, 0, 1, 1);

    private static final int SINGLE_SHOTS = 4;

    private final int forks;
    /** Of the queues, which are most of the cases. */
    private final int queueForks;

    private final int warmups;
    private final int measurements;
    private final long iterationMillis;

    Preset(int forks, int queueForks, int warmups, int measurements, long iterationMillis) {
        this.forks = forks;
        this.queueForks = queueForks;
        this.warmups = warmups;
        this.measurements = measurements;
        this.iterationMillis = iterationMillis;
    }

    ChainedOptionsBuilder apply(ChainedOptionsBuilder options, Comparison comparison) {
        // A tick is shot in batches instead of timed for a while, and needs more of them to be compiled.
        boolean ticks = comparison.benchmarks() == TickBenchmark.class;
        int times = ticks && this != SMOKE ? SINGLE_SHOTS : 1;
        boolean queues = comparison.letter().equals("c");
        if (ticks) {
            options.warmupBatchSize(TickBenchmark.BATCH).measurementBatchSize(TickBenchmark.BATCH);
        }
        if (this == SMOKE) {
            options.param("instances", "10").param("queued", "100");
        } else if (this == QUICK && queues) {
            options.param("queued", "1000", "1000000");
        }
        return options.forks(queues ? queueForks : forks)
                .warmupIterations(warmups * times)
                .measurementIterations(measurements * times)
                .warmupTime(TimeValue.milliseconds(iterationMillis))
                .measurementTime(TimeValue.milliseconds(iterationMillis));
    }

    int queued() {
        return this == SMOKE ? 1000 : 1_000_000;
    }
}
