package io.chiron.examples.simulator;

import io.chiron.api.Decision;
import io.chiron.examples.simulator.policy.Policies;
import io.chiron.examples.simulator.policy.PolicyKind;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.run.Simulation;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs policies on a scenario, with progress on stderr. */
final class Runner {
    /** What a static fleet must reach to count as large enough. */
    private static final double STATIC_SHARE = 0.99;

    private static final double PROGRESS_SECONDS = 2;

    private final Scenario scenario;
    private final int staticInstances;
    private final double hpaTarget;
    private final PrintStream progress;

    Runner(ScenarioOptions options, PrintStream progress) {
        this(options.scenario(), options.staticInstances(), options.hpaTarget(), progress);
    }

    /**
     * Runs policies on {@code scenario}.
     *
     * @param staticInstances instances of {@code static}; 0 to find them with hindsight
     */
    Runner(Scenario scenario, int staticInstances, double hpaTarget, PrintStream progress) {
        this.scenario = scenario;
        this.staticInstances = staticInstances;
        this.hpaTarget = hpaTarget;
        this.progress = progress;
    }

    /** Throws what is wrong with the text of a policy, before a long run of another one. */
    void check(String policy) {
        parse(policy, Math.max(1, staticInstances));
    }

    /** Runs the policy of a text {@code NAME[:settings]}. */
    Outcome run(String policy, Consumer<Decision> decisions) {
        return run(policy, decisions, null);
    }

    /** The same with someone who watches, if a count is to be found then the run with that count. */
    Outcome run(String policy, Consumer<Decision> decisions, Simulation.@Nullable Probe probe) {
        boolean hindsight =
                policy.split(":", 2)[0].equals("static") && staticInstances == 0 && !policy.contains("instances=");
        if (!hindsight) {
            return run(parse(policy, Math.max(1, staticInstances)), decisions, probe);
        }
        Outcome best = bestStatic(policy);
        return probe == null ? best : run(parse(policy, best.initialInstances()), decisions, probe);
    }

    private Outcome run(PolicyKind kind, Consumer<Decision> decisions, Simulation.@Nullable Probe probe) {
        long[] last = {System.nanoTime()};
        return Simulation.run(
                scenario,
                kind,
                decisions,
                (seconds, inSystem) -> {
                    long now = System.nanoTime();
                    if ((now - last[0]) * 1e-9 > PROGRESS_SECONDS) {
                        last[0] = now;
                        progress.printf(
                                Locale.ROOT,
                                "%s: %.0f s simulated, %d requests in the system%n",
                                kind.name(),
                                seconds,
                                inSystem);
                    }
                },
                probe);
    }

    /** The smallest count that meets 99 % in both classes, by bisection with hindsight; the largest if none does. */
    private Outcome bestStatic(String policy) {
        int low = Math.max(1, scenario.minInstances());
        int high = Math.max(low, Math.min(scenario.maxInstances(), scenario.startingInstances()));
        Outcome best = tryStatic(policy, high);
        while (!best.meets(STATIC_SHARE) && high < scenario.maxInstances()) {
            low = high + 1;
            high = Math.min(scenario.maxInstances(), high + Math.max(1, high / 2));
            best = tryStatic(policy, high);
        }
        while (low < high) {
            int middle = (low + high) >>> 1;
            Outcome outcome = tryStatic(policy, middle);
            if (outcome.meets(STATIC_SHARE)) {
                high = middle;
                best = outcome;
            } else {
                low = middle + 1;
            }
        }
        return best;
    }

    private Outcome tryStatic(String policy, int instances) {
        progress.printf(Locale.ROOT, "static: trying %d instances%n", instances);
        return run(parse(policy, instances), decision -> {}, null);
    }

    private PolicyKind parse(String policy, int instances) {
        return Policies.parse(policy, instances, hpaTarget);
    }
}
