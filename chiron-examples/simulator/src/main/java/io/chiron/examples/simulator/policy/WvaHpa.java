package io.chiron.examples.simulator.policy;

import java.util.List;

/**
 * How a number that llm-d's workload variant autoscaler publishes becomes replicas: an HPA with one replica per unit of the
 * gauge (charts read in February 2026). The chart's HPA waits 240 s either way and moves at most 10 pods per 150 s; the
 * sample one does not wait and moves 10 pods per 15 s.
 *
 * <p>The HPA's tolerance of 10 % counts here too: it takes a step of one for nothing, up from 11 replicas on and down from 10.
 * {@code tolerance=0} is what a cluster gets that sets the tolerance of its HPA (alpha in Kubernetes 1.33).
 */
final class WvaHpa {
    /** Settings of the actuator. */
    record Config(double windowSeconds, double tolerance) {
        static Config of(Settings settings) {
            double window = settings.oneOf("hpa", List.of("chart", "sample")).equals("chart") ? 240 : 0;
            return new Config(
                    settings.number("window", window, 0, 3600), settings.number("tolerance", Hpa.TOLERANCE, 0, 1));
        }
    }

    private final double tolerance;
    private final Every sync = new Every(Hpa.SYNC_SECONDS);
    private final Hpa hpa;

    WvaHpa(Config config) {
        this.tolerance = config.tolerance();
        double window = config.windowSeconds();
        this.hpa = new Hpa(new Hpa.Behavior(window, window, 10, 0, window > 0 ? 150 : 15));
    }

    /** Replicas to set; as many as there are between two syncs. */
    int replicas(double nowSeconds, int current, int gauge) {
        if (!sync.due(nowSeconds)) {
            return current;
        }
        return Math.max(1, hpa.apply(nowSeconds, current, Hpa.averageValue(current, gauge, 1, tolerance)));
    }
}
