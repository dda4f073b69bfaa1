package io.chiron.benchmarks;

import com.sun.management.ThreadMXBean;
import io.chiron.api.Action;
import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.TierUsage;
import io.chiron.core.Chiron;
import io.chiron.core.ChironConfig;
import io.chiron.core.TickReport;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * (a) A tick that runs everything, fleet rule included, with 64 groups of batch work; and a loop that reads once what a tick
 * has to read, the floor that memory sets. Snapshots are made beforehand, {@value #BATCH} at a time, and each is read once.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TickBenchmark {
    /** Ticks per measurement; the runner's batch size. */
    static final int BATCH = 10;
    /** Ticks until roles follow the load. */
    private static final int SETTLING = 30;

    @State(Scope.Thread)
    public static class Host {
        @Param({"100", "1000", "10000"})
        int instances;

        private final ArrayDeque<FleetSnapshot> ahead = new ArrayDeque<>();
        private SampledFleet fleet = new SampledFleet(0);
        private Chiron chiron = chiron(1);

        @Setup(Level.Trial)
        public void start() {
            fleet = new SampledFleet(instances);
            chiron = chiron(instances);
            for (int i = 0; i < SETTLING; i++) {
                FleetSnapshot next = fleet.next();
                ahead.add(next);
                chiron.tick(next.time());
            }
        }

        @Setup(Level.Iteration)
        public void measureAhead() {
            while (ahead.size() < BATCH) {
                ahead.add(fleet.next());
            }
        }

        private Chiron chiron(int size) {
            ChironConfig config = ChironConfig.builder(
                            SampledFleet.NAME, SampledFleet.TIERS, FleetLimits.of(size, size))
                    .globalPeriod(SampledFleet.PERIOD)
                    .build();
            return new Chiron(config, (name, now) -> fleet.withRolesOfNow(ahead.remove()), this::apply);
        }

        private void apply(Action action) {
            if (action instanceof Action.Reassign reassign) {
                fleet.reassign(reassign.instance(), reassign.pool());
            }
        }
    }

    /** Bytes that the tick itself allocates: those of the snapshots are the host's. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Allocated {
        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        public long allocatedBytes;
        public long ticks;

        long soFar() {
            return THREADS.getCurrentThreadAllocatedBytes();
        }
    }

    @Benchmark
    public TickReport tick(Host host, Allocated allocated) {
        long before = allocated.soFar();
        FleetSnapshot next = Objects.requireNonNull(host.ahead.peek());
        TickReport report = host.chiron.tick(next.time());
        allocated.allocatedBytes += allocated.soFar() - before;
        allocated.ticks++;
        if (!report.planned()
                || report.blindness() != null
                || !report.failures().isEmpty()) {
            throw new IllegalStateException("not a whole tick: " + report.blindness() + report.failures());
        }
        return report;
    }

    @Benchmark
    public double floor(Host host) {
        double sum = 0;
        for (InstanceSnapshot instance : host.ahead.remove().instances()) {
            InstanceSample sample = instance.sample();
            if (sample == null) {
                continue;
            }
            sum += instance.id().hashCode() + instance.pool().hashCode() + (instance.phase() == Phase.READY ? 1 : 0);
            sum += instance.accelerator().hashCode() + sample.time().getEpochSecond() + sample.windowSeconds();
            for (TierUsage usage : sample.tiers()) {
                sum += usage.tier().hashCode() + usage.runningNow() + usage.meanRunning() + usage.outputTokens();
            }
            sum += sample.iterations() + sample.prefillTokens() + sample.meanItlSeconds() + sample.kvUsedTokens();
            sum += sample.kvCapacityTokens() + sample.iterationBudgetTokens() + sample.preemptions();
            sum += sample.savedKvTokens() + sample.waitingRequests();
        }
        return sum;
    }
}
