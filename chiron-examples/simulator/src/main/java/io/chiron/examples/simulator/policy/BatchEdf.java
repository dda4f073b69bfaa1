package io.chiron.examples.simulator.policy;

import io.chiron.examples.simulator.run.Scenario;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batch planner proposed for NVIDIA Dynamo (open pull requests, read in September 2026) on one shared pool: the
 * earliest-deadline demand bound {@code R = max_i(requests due by d_i / (d_i - now - coldStart - margin))} and
 * {@code replicas = ceil((onlineRps + R) / safeRps)}, every 5 s, with interactive arrivals of one minute as {@code onlineRps}.
 * While the replicas differ from those asked for it decides nothing; with the queue unknown or a deadline that nothing can
 * meet it takes none away.
 *
 * <p>There {@code safeRps} is set by hand for one class of work. {@code safe=0} stands for 0.7 of the rate that the run's
 * lengths allow one instance at the interactive SLO. The lease that caps how fast batch work is let in has no counterpart in
 * the shared router, which lets it in behind interactive work.
 */
final class BatchEdf implements Rival.Rule {
    private static final double ONLINE_SECONDS = 60;

    private final double safeRps;
    private final double marginSeconds;
    private final Every period = new Every(DynamoThroughput.PERIOD_SECONDS);
    private final Series online = new Series(ONLINE_SECONDS);

    private BatchEdf(double safeRps, double marginSeconds) {
        this.safeRps = safeRps;
        this.marginSeconds = marginSeconds;
    }

    /** {@code batch-edf[:safe=0;margin=60]}: requests per second and replica, seconds to finish beside the cold start. */
    static PolicyKind of(String name, Settings settings) {
        double safe = settings.number("safe", 0, 0, 1e6);
        double margin = settings.number("margin", 60, 0, 86_400);
        return new Rival(
                name,
                scenario -> new BatchEdf(safe > 0 ? safe : loadTested(scenario), margin + scenario.startupSeconds()));
    }

    private static double loadTested(Scenario scenario) {
        return SkyServe.loadTested(scenario);
    }

    /** Requests per second that bring every group in on time, and whether some cannot be. */
    record Bound(double requestsPerSecond, boolean infeasible) {}

    /** The demand bound of groups in order of their deadline. */
    static Bound bound(List<Observed.Deadline> groups, double nowSeconds, double marginSeconds) {
        double requests = 0;
        double most = 0;
        boolean infeasible = false;
        for (Observed.Deadline group : groups) {
            requests += group.requests();
            double left = group.atSeconds() - nowSeconds - marginSeconds;
            if (left > 0) {
                most = Math.max(most, requests / left);
            } else {
                infeasible = true;
            }
        }
        return new Bound(most, infeasible);
    }

    /** Replicas for interactive arrivals and the bound. */
    static int desired(double onlineRps, double boundRps, double safeRps) {
        return (int) Math.max(1, Math.ceil(Math.min((onlineRps + boundRps) / safeRps, 1e6)));
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        double now = present.seconds();
        online.add(now, present.arrived().get(0));
        if (!period.due(now) || present.starting() > 0 || present.draining() > 0) {
            return null;
        }
        List<Observed.Deadline> groups = present.groups();
        Bound bound = groups == null ? new Bound(0, true) : bound(groups, now, marginSeconds);
        int wanted = desired(online.rate(now - ONLINE_SECONDS), bound.requestsPerSecond(), safeRps);
        int held = bound.infeasible() ? Math.max(present.current(), wanted) : wanted;
        return new Rival.Wanted(held, "batchRps", bound.requestsPerSecond());
    }
}
