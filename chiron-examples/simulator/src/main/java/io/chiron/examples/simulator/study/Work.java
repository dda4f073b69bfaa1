package io.chiron.examples.simulator.study;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;

/** Does independent pieces of work side by side, and tells how far it is. */
final class Work {
    private static final double EVERY_SECONDS = 10;

    private final int threads;
    private final PrintStream progress;
    private final ReentrantLock lock = new ReentrantLock();
    private double lastShown = seconds();

    Work(int threads, PrintStream progress) {
        this.threads = threads;
        this.progress = progress;
    }

    /**
     * A piece of work, whose result goes to the store.
     *
     * @param label for the progress line
     * @param weight expected effort, in any unit
     */
    record Unit(String label, double weight, Runnable work) {}

    /** Does all of them; the first failure ends it. What was finished before is kept by the store. */
    void doAll(String title, List<Unit> units) {
        double total = units.stream().mapToDouble(Unit::weight).sum();
        double start = seconds();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            var done = new ExecutorCompletionService<Unit>(pool);
            List<Future<Unit>> submitted = new ArrayList<>();
            for (Unit unit : units) {
                submitted.add(done.submit(unit.work(), unit));
            }
            double finished = 0;
            for (int i = 1; i <= submitted.size(); i++) {
                Unit unit = done.take().get();
                finished += unit.weight();
                show(title, i, submitted.size(), seconds() - start, finished / total, unit.label());
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            pool.shutdownNow();
        }
    }

    private void show(String title, int done, int all, double elapsedSeconds, double share, String label) {
        lock.lock();
        try {
            if (done < all && seconds() - lastShown < EVERY_SECONDS) {
                return;
            }
            lastShown = seconds();
            progress.printf(
                    Locale.ROOT,
                    "%s: %d of %d, %s, %s left (%s)%n",
                    title,
                    done,
                    all,
                    time(elapsedSeconds),
                    time(elapsedSeconds * (1 - share) / Math.max(share, 1e-9)),
                    label);
        } finally {
            lock.unlock();
        }
    }

    private static String time(double seconds) {
        return seconds < 100
                ? String.format(Locale.ROOT, "%.0f s", seconds)
                : String.format(Locale.ROOT, "%.0f min", seconds / 60);
    }

    private static double seconds() {
        return System.nanoTime() * 1e-9;
    }
}
