package io.chiron.examples.router.load;

import io.chiron.examples.router.host.RouterNode;
import io.chiron.examples.router.load.LoadGenerator.Load;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Mixed load for a long time while engines are killed: nothing that was accepted may be lost or answered twice. */
public final class Soak {
    private static final long REPORT_SECONDS = 30;
    private static final double MEGABYTE = 1 << 20;
    /** Growth of the heap after garbage collection that is noise, megabytes. */
    private static final double HEAP_NOISE_MEGABYTES = 16;

    /**
     * What to do for how long.
     *
     * @param load what is always there
     * @param burst batch requests that come at once, every {@code burstEverySeconds}: the last ones a second before a kill
     */
    public record Plan(Load load, int burst, long burstEverySeconds, long killEverySeconds, long seconds) {}

    private final RouterNode node;
    private final Plan plan;
    private final PrintWriter out;
    private long interactive;
    private long interactiveFailed;

    public Soak(RouterNode node, Plan plan, PrintWriter out) {
        this.node = node;
        this.plan = plan;
        this.out = out;
    }

    /** Runs to its end. Returns true if nothing was lost and the heap did not grow. */
    public boolean run() throws InterruptedException {
        List<Double> heap = new ArrayList<>();
        int kills = 0;
        try (LoadGenerator generator = new LoadGenerator(node.port(), plan.load(), 1)) {
            generator.start();
            for (long second = 1; second <= plan.seconds(); second++) {
                TimeUnit.SECONDS.sleep(1);
                if ((second + 1) % plan.burstEverySeconds() == 0) {
                    generator.sendBatch(plan.burst());
                }
                if (second % plan.killEverySeconds() == 0) {
                    kills += kill(kills) ? 1 : 0;
                }
                if (second % REPORT_SECONDS == 0 || second == plan.seconds()) {
                    heap.add(heapMegabytes());
                    report(second, generator, kills, heap.get(heap.size() - 1));
                }
            }
            generator.stop();
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
            while (generator.open() > 0 && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
            report(plan.seconds(), generator, kills, heapMegabytes());
            return verdict(generator, kills, heap);
        }
    }

    private boolean verdict(LoadGenerator generator, int kills, List<Double> heap) {
        BatchBook book = generator.batchBook();
        long lost = book.sentCount() - book.completeCount();
        double early = mean(heap, heap.size() / 4, heap.size() / 2);
        double late = mean(heap, heap.size() * 3 / 4, heap.size());
        boolean steady = !(late > early + HEAP_NOISE_MEGABYTES);
        boolean whole = lost == 0 && book.wrongLengthCount() == 0 && book.repeatedCount() == 0;
        out.printf(
                Locale.ROOT,
                "%d kills; batch: %d accepted, %d complete, %d lost, %d of wrong length, %d answered twice; "
                        + "requests begun anew: %d, evictions: %d%n",
                kills,
                book.sentCount(),
                book.completeCount(),
                lost,
                book.wrongLengthCount(),
                book.repeatedCount(),
                node.stats().requeues(),
                node.stats().evictions());
        out.printf(
                Locale.ROOT,
                "heap after collection: %.1f MB in the second quarter, %.1f MB in the last: %s%n",
                early,
                late,
                steady ? "steady" : "GROWS");
        if (!book.lastFailure().isEmpty()) {
            out.println("last failure: " + book.lastFailure());
        }
        out.println(whole ? "nothing lost" : "LOST");
        out.flush();
        return whole && steady;
    }

    private void report(long second, LoadGenerator generator, int kills, double megabytes) {
        BatchBook book = generator.batchBook();
        for (LoadGenerator.Seen seen : generator.take()) {
            interactive++;
            interactiveFailed += seen.complete() ? 0 : 1;
        }
        out.printf(
                Locale.ROOT,
                "%5d s: %d ready, %d kills, batch %d of %d complete, %d failed, interactive %d of %d complete, heap %.1f MB%n",
                second,
                node.ready(),
                kills,
                book.completeCount(),
                book.sentCount(),
                book.failedCount(),
                interactive - interactiveFailed,
                interactive,
                megabytes);
        out.flush();
    }

    /** Kills an engine of this router's own, as the system would. */
    private boolean kill(int turn) {
        List<Long> pids = node.enginePids();
        if (pids.isEmpty()) {
            return false;
        }
        return ProcessHandle.of(pids.get(turn % pids.size()))
                .map(ProcessHandle::destroyForcibly)
                .orElse(false);
    }

    private static double mean(List<Double> values, int from, int to) {
        return values.subList(from, to).stream()
                .mapToDouble(value -> value)
                .average()
                .orElse(Double.NaN);
    }

    private static double heapMegabytes() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed() / MEGABYTE;
    }
}
