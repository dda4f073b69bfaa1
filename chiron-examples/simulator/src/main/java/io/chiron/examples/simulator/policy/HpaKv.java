package io.chiron.examples.simulator.policy;

import io.chiron.examples.simulator.run.Scenario;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Kubernetes' HorizontalPodAutoscaler on mean KV cache use (rules as of its documentation, read in 2026): sync every 15 s,
 * {@code desired = ceil(replicas · use / target)}, 10 % tolerance, windows and speed as {@link Hpa.Behavior#DEFAULT}. A pod
 * that is not ready counts 0 on the way up and 100 % of the target on the way down, and may not turn the direction round.
 * Scraped every 15 s.
 */
final class HpaKv implements Rival.Rule {
    private final double target;
    private final Scrape scrape = new Scrape(Scrape.PERIOD_SECONDS);
    private final Every sync = new Every(Hpa.SYNC_SECONDS);
    private final Hpa hpa = new Hpa(Hpa.Behavior.DEFAULT);

    private HpaKv(double target) {
        this.target = target;
    }

    /** {@code hpa-kv[:target=0.7]}: wanted mean KV use. */
    static PolicyKind of(String name, Settings settings, double defaultTarget) {
        return new Rival(name, rule(settings, defaultTarget));
    }

    /** The rule alone, with the setting {@code target}. */
    static Function<Scenario, Rival.Rule> rule(Settings settings, double defaultTarget) {
        double target = settings.number("target", defaultTarget, Policies.MIN_HPA_TARGET, 1);
        return scenario -> new HpaKv(target);
    }

    /** Replicas that the formula asks for, before windows and bounds. */
    static int desired(int ready, int unready, double meanUse, double target) {
        int all = ready + unready;
        if (ready == 0) {
            return all;
        }
        double ratio = meanUse / target;
        if (Math.abs(ratio - 1) <= Hpa.TOLERANCE) {
            return all;
        }
        if (unready == 0) {
            return (int) Math.ceil(all * ratio);
        }
        double assumed = ratio > 1 ? 0 : target;
        double corrected = (meanUse * ready + assumed * unready) / all / target;
        boolean turned = (ratio > 1) != (corrected > 1);
        return turned || Math.abs(corrected - 1) <= Hpa.TOLERANCE ? all : (int) Math.ceil(all * corrected);
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        Observed seen = scrape.of(present);
        if (!sync.due(present.seconds())) {
            return null;
        }
        int current = present.current();
        // A pod that came since the last scrape has no metrics yet.
        int ready = Math.min(current, seen.replicas().size());
        double mean = seen.meanKvUse();
        int desired = desired(ready, current - ready, mean, target);
        return new Rival.Wanted(Math.max(1, hpa.apply(present.seconds(), current, desired)), "meanKvUse", mean);
    }
}
