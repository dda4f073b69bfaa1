package io.chiron.examples.simulator.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * AIBrix's PodAutoscaler (source read in August 2026) on KV cache use, target 0.5 per pod: every 10 s, stable window 180 s,
 * panic window 60 s at one sample per second, tolerance 10 % either way, at most twice or half the pods per step, cooldown
 * 0 s up and 300 s down.
 *
 * <p>Two forms. {@code documented}: what the documentation and its unit tests promise, stabilization as in an HPA.
 * {@code as-coded}: what the snapshot does. There a lower recommendation takes the <em>least</em> of the last 300 s, and KPA
 * divides the mean per pod by the target where the formula needs the total, compares values instead of pods to enter panic,
 * and may shrink in panic.
 *
 * <p>Pods that start have no metrics and are left out of the mean, yet the count that is multiplied includes them: ratios
 * above 1 cascade while they load (its issue 2670). {@code guard=true} is the guard merged after the snapshot (PR 2671): no
 * step up while a pod starts.
 */
final class Aibrix implements Rival.Rule {
    private static final double PERIOD_SECONDS = 10;
    private static final double STABLE_SECONDS = 180;
    private static final double PANIC_SECONDS = 60;
    private static final double TOLERANCE = 0.1;
    private static final double MAX_RATE = 2;
    private static final double PANIC_THRESHOLD = 2;
    private static final double COOLDOWN_SECONDS = 300;

    private final boolean kpa;
    private final boolean asCoded;
    private final boolean guard;
    private final double target;
    private final Every period = new Every(PERIOD_SECONDS);
    private final Series perPod = new Series(STABLE_SECONDS);
    private final Series total = new Series(STABLE_SECONDS);
    private final Series recommendations = new Series(COOLDOWN_SECONDS);
    private Panic panic = Panic.CALM;

    /**
     * What KPA remembers as documented.
     *
     * @param since when panic was last called for; NaN while calm
     * @param most most pods wanted in this panic
     */
    record Panic(double since, int most) {
        static final Panic CALM = new Panic(Double.NaN, 0);
    }

    /** A wanted number and what is remembered. */
    record Step(int replicas, Panic panic) {}

    private Aibrix(boolean kpa, boolean asCoded, boolean guard, double target) {
        this.kpa = kpa;
        this.asCoded = asCoded;
        this.guard = guard;
        this.target = target;
    }

    /** {@code aibrix-apa[:target=0.5;form=documented|as-coded;guard=false]}. */
    static PolicyKind apa(String name, Settings settings) {
        return of(name, settings, false);
    }

    /** {@code aibrix-kpa[:target=0.5;form=documented|as-coded;guard=false]}. */
    static PolicyKind kpa(String name, Settings settings) {
        return of(name, settings, true);
    }

    private static PolicyKind of(String name, Settings settings, boolean kpa) {
        double target = settings.number("target", 0.5, 0.001, 1);
        boolean asCoded =
                settings.oneOf("form", List.of("documented", "as-coded")).equals("as-coded");
        boolean guard = settings.flag("guard", false);
        return new Rival(name, scenario -> new Aibrix(kpa, asCoded, guard, target));
    }

    /** APA: a ratio to the target, limited per step. */
    static int apa(int current, double meanPerPod, double target) {
        double ratio = meanPerPod / target;
        if (ratio > 1 + TOLERANCE) {
            return (int) Math.min(Math.ceil(current * ratio), Math.ceil(MAX_RATE * current));
        }
        if (ratio < 1 - TOLERANCE) {
            return (int) Math.max(Math.ceil(current * ratio), Math.floor(current / MAX_RATE));
        }
        return current;
    }

    /** KPA as documented: totals of all pods, panic by pods. */
    static Step kpaDocumented(
            Panic panic, double nowSeconds, int current, double stableTotal, double panicTotal, double target) {
        int stable = limited(current, stableTotal / target);
        int soon = limited(current, panicTotal / target);
        Panic next = panic;
        if (Math.ceil(panicTotal / target) / Math.max(1, current) >= PANIC_THRESHOLD) {
            next = new Panic(nowSeconds, panic.most());
        } else if (nowSeconds - panic.since() > STABLE_SECONDS) {
            next = Panic.CALM;
        }
        if (Double.isNaN(next.since())) {
            return new Step(tolerated(current, stableTotal / target) ? current : stable, next);
        }
        int held = Math.max(next.most(), Math.max(stable, soon));
        return new Step(held, new Panic(next.since(), held));
    }

    /** KPA as coded: the same formulas on means per pod. */
    static int kpaAsCoded(int current, double stableMean, double panicMean, double target) {
        int stable = limited(current, stableMean / target);
        int soon = limited(current, panicMean / target);
        boolean panics = stableMean <= 0 || panicMean / stableMean > PANIC_THRESHOLD;
        if (panics) {
            return Math.max(stable, soon);
        }
        return tolerated(current, stableMean / target) ? current : stable;
    }

    private static int limited(int current, double pods) {
        double least = Math.floor(current / MAX_RATE);
        double most = Math.max(1, Math.ceil(MAX_RATE * current));
        return (int) Math.max(least, Math.min(most, Math.ceil(pods)));
    }

    private static boolean tolerated(int current, double pods) {
        return current > 0 && Math.abs(pods / current - 1) <= TOLERANCE;
    }

    /** Cooldown of steps down; those up have none. {@code least} and {@code most} are over 300 s, this one included. */
    static int cooled(boolean asCoded, int current, int recommended, double least, double most) {
        if (recommended >= current) {
            return recommended;
        }
        return asCoded ? (int) Math.min(recommended, least) : (int) Math.min(current, Math.max(recommended, most));
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        double now = present.seconds();
        int ready = present.replicas().size();
        if (ready > 0) {
            perPod.add(now, present.meanKvUse());
            total.add(now, present.meanKvUse() * ready);
        }
        if (!period.due(now) || perPod.isEmpty()) {
            return null;
        }
        int current = present.current();
        double stableMean = perPod.mean(now - STABLE_SECONDS);
        int raw;
        if (!kpa) {
            raw = apa(current, stableMean, target);
        } else if (asCoded) {
            raw = kpaAsCoded(current, stableMean, perPod.mean(now - PANIC_SECONDS), target);
        } else {
            Step step = kpaDocumented(
                    panic, now, current, total.mean(now - STABLE_SECONDS), total.mean(now - PANIC_SECONDS), target);
            panic = step.panic();
            raw = step.replicas();
        }
        recommendations.add(now, raw);
        double from = now - COOLDOWN_SECONDS;
        int wanted = cooled(asCoded, current, raw, recommendations.min(from), recommendations.max(from));
        if (guard && present.starting() > 0) {
            wanted = Math.min(wanted, current);
        }
        return Double.isNaN(stableMean) ? null : new Rival.Wanted(Math.max(1, wanted), "stableKvUse", stableMean);
    }
}
