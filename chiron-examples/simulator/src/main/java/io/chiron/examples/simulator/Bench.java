package io.chiron.examples.simulator;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.sun.management.OperatingSystemMXBean;
import io.chiron.api.RequestRouter;
import io.chiron.examples.simulator.policy.Policy;
import io.chiron.examples.simulator.policy.PolicyKind;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.run.Simulation;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Measures how fast a run is simulated. Time is processor time of the whole process, its compiler and garbage collector
 * included, so that it tells the same on a busy machine.
 */
final class Bench implements Simulation.Probe {
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final double MEGABYTE = 1 << 20;

    private final @Nullable HeapSamples heap;
    private long iterations;

    private Bench(@Nullable HeapSamples heap) {
        this.heap = heap;
    }

    /**
     * The speed of one run.
     *
     * @param simulatedSeconds length of the run in its own time
     * @param cpuSeconds processor time that it took, all threads
     * @param simulatedSecondsPerCpuSecond how many times real time on one core
     * @param iterationsPerCpuSecond engine iterations, coalesced ones counted one by one
     * @param requestsPerCpuSecond requests from arrival to end
     * @param liveHeapMegabytes most that was in use after a garbage collection, of a few during a second, untimed run
     * @param interactiveAttainment that the run was not a breakdown
     */
    @JsonPropertyOrder({
        "policy",
        "profile",
        "instances",
        "simulatedSeconds",
        "cpuSeconds",
        "simulatedSecondsPerCpuSecond",
        "iterationsPerCpuSecond",
        "requestsPerCpuSecond",
        "liveHeapMegabytes",
        "interactiveAttainment"
    })
    record Report(
            String policy,
            String profile,
            int instances,
            double simulatedSeconds,
            double cpuSeconds,
            double simulatedSecondsPerCpuSecond,
            double iterationsPerCpuSecond,
            double requestsPerCpuSecond,
            double liveHeapMegabytes,
            @Nullable Double interactiveAttainment) {}

    /**
     * Runs a scenario {@code runs} times, of which the fastest counts (the first ones warm up the compiler), and once more to
     * look at memory.
     *
     * @param seconds length of the workload
     */
    static Report run(Scenario scenario, PolicyKind kind, double seconds, int runs) {
        Bench timed = new Bench(null);
        Outcome outcome = simulate(scenario, kind, timed);
        double cpuSeconds = Double.POSITIVE_INFINITY;
        for (int i = 0; i < runs; i++) {
            long cpuNanos = PROCESS.getProcessCpuTime();
            outcome = simulate(scenario, kind, new Bench(null));
            cpuSeconds = Math.min(cpuSeconds, (PROCESS.getProcessCpuTime() - cpuNanos) * 1e-9);
        }
        HeapSamples heap = new HeapSamples(seconds);
        simulate(scenario, kind, new Bench(heap));
        long requests = outcome.interactive().requests() + outcome.batch().requests();
        return new Report(
                outcome.policy(),
                outcome.profile(),
                outcome.peakInstances(),
                outcome.simulatedSeconds(),
                cpuSeconds,
                outcome.simulatedSeconds() / cpuSeconds,
                timed.iterations / cpuSeconds,
                requests / cpuSeconds,
                heap.most / MEGABYTE,
                outcome.interactive().sloAttainment());
    }

    private static Outcome simulate(Scenario scenario, PolicyKind kind, Bench probe) {
        return Simulation.run(scenario, kind, decision -> {}, (at, inSystem) -> {}, probe);
    }

    @Override
    public void ticked(double nowSeconds, Policy policy, RequestRouter router) {
        if (heap != null) {
            heap.at(nowSeconds);
        }
    }

    @Override
    public void iterated(long count) {
        iterations += count;
    }

    /** The heap in use after a garbage collection, a few times during a run. */
    private static final class HeapSamples {
        private static final int SAMPLES = 8;

        private final double everySeconds;
        private double nextSeconds;
        private long most;

        HeapSamples(double seconds) {
            everySeconds = seconds / SAMPLES;
            nextSeconds = everySeconds;
        }

        void at(double nowSeconds) {
            if (nowSeconds >= nextSeconds) {
                nextSeconds += everySeconds;
                System.gc();
                most = Math.max(
                        most,
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
            }
        }
    }
}
