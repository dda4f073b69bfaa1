package io.chiron.examples.simulator.policy;

import io.chiron.examples.simulator.run.Scenario;
import org.jspecify.annotations.Nullable;

/**
 * SkyServe's request-rate autoscaler (source read in August 2026): {@code ceil(requests of 60 s / 60 / qps)}, decided every
 * 20 s, to persist for 300 s up and 1200 s down, any reversal beginning anew. Replicas that start count.
 *
 * <p>The rate per replica has no default: a user load-tests. {@code qps=0} stands for 0.7 of the rate that the run's lengths
 * allow one instance at the interactive SLO.
 */
final class SkyServe implements Rival.Rule {
    private static final double WINDOW_SECONDS = 60;
    private static final double PERIOD_SECONDS = 20;

    private final double qps;
    private final Persistence persistence;
    private final Every period = new Every(PERIOD_SECONDS);
    private final Series arrivals = new Series(WINDOW_SECONDS);

    private SkyServe(double qps, double upSeconds, double downSeconds) {
        this.qps = qps;
        this.persistence = new Persistence(upSeconds, downSeconds);
    }

    /** {@code skyserve[:qps=0;up=300;down=1200]}. */
    static PolicyKind of(String name, Settings settings) {
        double qps = settings.number("qps", 0, 0, 1e6);
        double up = settings.number("up", 300, 0, 86_400);
        double down = settings.number("down", 1200, 0, 86_400);
        return new Rival(name, scenario -> new SkyServe(qps > 0 ? qps : loadTested(scenario), up, down));
    }

    /** Requests per second that a user would grant a replica after a load test. */
    static double loadTested(Scenario scenario) {
        return 0.7 * Hindsight.of(scenario).requestsPerInstanceSecond();
    }

    /** Replicas for a number of requests in the window. */
    static int desired(double requests, double qps) {
        return (int) Math.max(1, Math.ceil(Math.min(requests / WINDOW_SECONDS / qps, 1e6)));
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        double now = present.seconds();
        arrivals.add(now, present.arrivedRequests());
        if (!period.due(now)) {
            return null;
        }
        double requests = arrivals.growth(now - WINDOW_SECONDS);
        int wanted = persistence.after(now, present.current(), desired(requests, qps));
        return new Rival.Wanted(wanted, "requestsPerMinute", requests);
    }
}
