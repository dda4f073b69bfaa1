package io.chiron.examples.simulator.policy;

import org.jspecify.annotations.Nullable;

/**
 * Ray Serve's autoscaling on ongoing requests (source read in August 2026): {@code desired = ceil(N + factor·(total / target -
 * N))} with the total of running and queued requests, which are pushed every 10 s and averaged over 30 s. A decision up must
 * persist for 30 s, one down for 600 s; a reversal begins anew. Starting replicas count as present and do not inflate it.
 *
 * <p>The target is the default of 2 per replica. Its cap per replica ({@code max_ongoing_requests}, 5 by default as far as
 * known) is left at the engine's: with 5 an engine that holds hundreds would idle; {@code cap=5} gives the plain default.
 */
final class RayServe implements Rival.Rule {
    private static final double LOOK_BACK_SECONDS = 30;
    private static final double PUSH_SECONDS = 10;

    private final double target;
    private final double factor;
    private final Persistence persistence;
    private final Scrape pushed = new Scrape(PUSH_SECONDS);
    private final Series total = new Series(LOOK_BACK_SECONDS);

    private RayServe(double target, double factor, double upSeconds, double downSeconds) {
        this.target = target;
        this.factor = factor;
        this.persistence = new Persistence(upSeconds, downSeconds);
    }

    /** {@code ray-serve[:target=2;factor=1;up=30;down=600;cap=256]}. */
    static PolicyKind of(String name, Settings settings) {
        double target = settings.number("target", 2, 0.01, 1e6);
        double factor = settings.number("factor", 1, 0.01, 100);
        double up = settings.number("up", 30, 0, 86_400);
        double down = settings.number("down", 600, 0, 86_400);
        int cap = settings.whole("cap", StaticKind.ENGINE_CAP, 1, 100_000);
        return new Rival(name, cap, scenario -> new RayServe(target, factor, up, down));
    }

    /** What the formula asks for. */
    static int desired(int current, double ongoing, double target, double factor) {
        // A hair less, so that a whole number is not rounded up.
        return (int) Math.max(1, Math.ceil(Math.min(current + factor * (ongoing / target - current), 1e6) - 1e-9));
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        Observed seen = pushed.of(present);
        if (Scrape.isNew(seen, present)) {
            total.add(present.seconds(), seen.inFlight());
        }
        double ongoing = total.mean(present.seconds() - LOOK_BACK_SECONDS);
        if (Double.isNaN(ongoing)) {
            return null;
        }
        int desired = desired(present.current(), ongoing, target, factor);
        int wanted = persistence.after(present.seconds(), present.current(), desired);
        return new Rival.Wanted(wanted, "ongoing", ongoing);
    }
}
