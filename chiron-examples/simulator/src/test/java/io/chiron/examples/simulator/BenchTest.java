package io.chiron.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Bounds that a busy machine meets with room to spare, and that a tenfold slower or a leaking simulator would not. */
final class BenchTest {
    private static final double LEAST_SPEED = 200;
    private static final double MEMORY_SLACK_MEGABYTES = 8;

    @Test
    void twentyBusyInstancesRunFasterThanRealTime() {
        Bench.Report report = bench(300, 4);
        assertThat(report.simulatedSecondsPerCpuSecond()).isGreaterThan(LEAST_SPEED);
        assertThat(report.instances()).isEqualTo(20);
        assertThat(report.interactiveAttainment()).isGreaterThan(0.99);
        assertThat(report.iterationsPerCpuSecond())
                .as("iterations of 20 busy instances, at most 60 ms each")
                .isGreaterThan(20 / 0.06 * LEAST_SPEED);
    }

    /** Eight times the requests, the same in flight: the same memory. */
    @Test
    void memoryDoesNotGrowWithTheLengthOfTheRun() {
        double shortRun = bench(60, 1).liveHeapMegabytes();
        double longRun = bench(480, 1).liveHeapMegabytes();
        assertThat(longRun).isLessThan(shortRun + MEMORY_SLACK_MEGABYTES);
    }

    private static Bench.Report bench(double seconds, int runs) {
        BenchCommand command = new BenchCommand();
        command.seconds = seconds;
        command.runs = runs;
        return command.report();
    }
}
