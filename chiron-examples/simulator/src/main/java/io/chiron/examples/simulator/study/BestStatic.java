package io.chiron.examples.simulator.study;

import io.chiron.examples.simulator.run.ClassOutcome;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Scenario;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** The smallest fixed count of instances that does as well as another policy, found with hindsight. */
final class BestStatic {
    /** Tables show hundredths of a per cent: what is equal there is equal. */
    private static final double TOLERANCE = 1e-4;

    private final Scenario scenario;
    private final IntFunction<Outcome> runs;
    private final Outcome reference;
    private final NavigableMap<Integer, Outcome> tried = new TreeMap<>();

    private BestStatic(Scenario scenario, Outcome reference, IntFunction<Outcome> runs) {
        this.scenario = scenario;
        this.reference = reference;
        this.runs = runs;
    }

    /**
     * At least the attainment of {@code reference} in both classes; the largest count allowed if none has it.
     *
     * @param runs outcome of a count
     */
    static Outcome heldTo(Scenario scenario, Outcome reference, IntFunction<Outcome> runs) {
        return new BestStatic(scenario, reference, runs).search();
    }

    private Outcome search() {
        int least = Math.max(1, scenario.minInstances());
        int most = scenario.maxInstances();
        double mean =
                reference.gpuHours() * 3600 / scenario.profile().gpus() / Math.max(1, reference.simulatedSeconds());
        int guess = (int) Math.max(least, Math.min(most, Math.rint(mean)));
        // Gallop from where the other policy was on average: counts far too small are slow to run, far too large ones
        // dear.
        int step = Math.max(1, guess / 16);
        int low = least - 1;
        int high = guess;
        if (meets(guess)) {
            while (high > least) {
                int next = Math.max(least, high - step);
                if (!meets(next)) {
                    low = next;
                    break;
                }
                high = next;
                step *= 2;
            }
        } else {
            low = guess;
            high = Math.min(most, guess + step);
            while (high < most && !meets(high)) {
                low = high;
                step *= 2;
                high = Math.min(most, high + step);
            }
        }
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (meets(middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return run(high);
    }

    private boolean meets(int instances) {
        Outcome outcome = run(instances);
        return meets(outcome.interactive(), reference.interactive()) && meets(outcome.batch(), reference.batch());
    }

    private static boolean meets(ClassOutcome one, ClassOutcome other) {
        Double bar = other.sloAttainment();
        return bar == null || one.meets(bar - TOLERANCE);
    }

    private Outcome run(int instances) {
        return tried.computeIfAbsent(instances, runs::apply);
    }
}
