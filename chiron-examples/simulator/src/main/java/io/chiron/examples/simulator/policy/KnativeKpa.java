package io.chiron.examples.simulator.policy;

import org.jspecify.annotations.Nullable;

/**
 * Knative's pod autoscaler on concurrency (source read in August 2026, its defaults file is older). Every 2 s:
 * {@code ceil(total / target)} of the mean concurrency of 60 s (stable) and 6 s (panic), requests that wait at the activator
 * included. Panic begins when the 6 s ask for twice the ready pods and ends after a stable window below that; while it lasts
 * the larger of the two counts, and never less than the most seen in it. A step is at most a thousandfold up and a half down,
 * counted from ready pods. A new autoscaler of more than one pod begins in panic.
 *
 * <p>Never goes to zero: the scenarios keep at least one instance.
 */
final class KnativeKpa implements Rival.Rule {
    private static final double TICK_SECONDS = 2;
    private static final double MAX_UP = 1000;
    private static final double MAX_DOWN = 2;

    private final Config config;
    private final Series concurrency;
    private final Every tick = new Every(TICK_SECONDS);
    private State state = State.CALM;
    private boolean begun;

    /**
     * Settings.
     *
     * @param target concurrency per replica
     * @param stableSeconds stable window
     * @param panicSeconds panic window
     * @param panicThreshold ratio of what the panic window asks for to ready pods, at which panic begins
     */
    record Config(double target, double stableSeconds, double panicSeconds, double panicThreshold) {}

    /**
     * What is remembered.
     *
     * @param panicSince when panic was last called for; NaN while calm
     * @param most most pods wanted in this panic
     */
    record State(double panicSince, int most) {
        static final State CALM = new State(Double.NaN, 0);

        boolean panics() {
            return !Double.isNaN(panicSince);
        }
    }

    /** A wanted number and what is remembered. */
    record Step(int replicas, State state) {}

    private KnativeKpa(Config config) {
        this.config = config;
        this.concurrency = new Series(config.stableSeconds());
    }

    /**
     * {@code knative-kpa[:target=179.2;stable=60;panic=6;threshold=2]}: the target is 0.7 of the engine's cap, as a
     * container concurrency of that cap gives.
     */
    static PolicyKind of(String name, Settings settings) {
        Config config = new Config(
                settings.number("target", 0.7 * StaticKind.ENGINE_CAP, 0.1, 1e6),
                settings.number("stable", 60, 6, 3600),
                settings.number("panic", 6, 1, 600),
                settings.number("threshold", 2, 1, 100));
        return new Rival(name, scenario -> new KnativeKpa(config));
    }

    /** One decision on mean concurrencies. */
    static Step step(State state, Config config, double nowSeconds, int ready, double stable, double panic) {
        int base = Math.max(1, ready);
        double rawStable = Math.ceil(stable / config.target());
        double rawPanic = Math.ceil(panic / config.target());
        double least = Math.floor(base / MAX_DOWN);
        double most = Math.ceil(base * MAX_UP);
        int wantedStable = (int) Math.max(least, Math.min(most, rawStable));
        int wantedPanic = (int) Math.max(least, Math.min(most, rawPanic));
        State next = state;
        if (rawPanic / base >= config.panicThreshold()) {
            next = new State(nowSeconds, state.most());
        } else if (state.panics() && nowSeconds - state.panicSince() > config.stableSeconds()) {
            next = State.CALM;
        }
        if (!next.panics()) {
            return new Step(wantedStable, next);
        }
        int held = Math.max(next.most(), Math.max(wantedStable, wantedPanic));
        return new Step(held, new State(next.panicSince(), held));
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        double now = present.seconds();
        concurrency.add(now, present.inFlight());
        if (!begun) {
            begun = true;
            state = present.current() > 1 ? new State(now, present.current()) : State.CALM;
        }
        if (!tick.due(now)) {
            return null;
        }
        double stable = concurrency.mean(now - config.stableSeconds());
        double panic = concurrency.mean(now - config.panicSeconds());
        Step step = step(state, config, now, present.replicas().size(), stable, panic);
        state = step.state();
        return new Rival.Wanted(Math.max(1, step.replicas()), "concurrency", panic);
    }
}
