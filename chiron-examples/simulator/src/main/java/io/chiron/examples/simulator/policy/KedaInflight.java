package io.chiron.examples.simulator.policy;

import org.jspecify.annotations.Nullable;

/**
 * KEDA on the router's count of requests in flight and waiting, today's path of llm-d (its guide and the documentation of
 * KEDA, read in September 2026). The metric is polled every 30 s through a 15 s scrape; the HPA that KEDA makes syncs every
 * 15 s on {@code ceil(total / threshold)} with 10 % tolerance and the default behavior, so starting replicas count as
 * present. KEDA itself goes from 0 to 1 as soon as anything is in flight, and to 0 after 300 s with nothing; only if the
 * scenario's minimum is 0.
 *
 * <p>The threshold is the guide's example of 250 per replica; users are told to find their own under the latency knee. An
 * empty result reads as 0, as it does there; it does not occur here, since the router always reports.
 */
final class KedaInflight implements Rival.Rule {
    private static final double COOLDOWN_SECONDS = 300;

    private final double threshold;
    private final boolean toZero;
    private final Scrape scrape = new Scrape(Scrape.PERIOD_SECONDS);
    private final Every poll;
    private final Every sync = new Every(Hpa.SYNC_SECONDS);
    private final Hpa hpa = new Hpa(Hpa.Behavior.DEFAULT);
    private double total;
    private double activeSeconds;

    private KedaInflight(double threshold, double pollSeconds, boolean toZero) {
        this.threshold = threshold;
        this.poll = new Every(pollSeconds);
        this.toZero = toZero;
    }

    /** {@code keda-inflight[:threshold=250;poll=30]}: requests per replica, seconds between polls. */
    static PolicyKind of(String name, Settings settings) {
        double threshold = settings.number("threshold", 250, 0.1, 1e6);
        double pollSeconds = settings.number("poll", 30, 1, 3600);
        return new Rival(name, scenario -> new KedaInflight(threshold, pollSeconds, scenario.minInstances() == 0));
    }

    /** Replicas between zero and what the HPA says: KEDA's own part. */
    static int activated(double total, double idleSeconds, int current, int hpa) {
        if (current == 0) {
            return total > 0 ? 1 : 0;
        }
        return total <= 0 && idleSeconds >= COOLDOWN_SECONDS ? 0 : Math.max(1, hpa);
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        Observed seen = scrape.of(present);
        if (poll.due(present.seconds())) {
            total = seen.inFlight();
            activeSeconds = total > 0 ? present.seconds() : activeSeconds;
        }
        if (!sync.due(present.seconds())) {
            return null;
        }
        int current = present.current();
        int desired = Math.max(1, Hpa.averageValue(current, total, threshold, Hpa.TOLERANCE));
        int wanted = current == 0 && toZero ? 1 : hpa.apply(present.seconds(), current, desired);
        if (toZero) {
            wanted = activated(total, present.seconds() - activeSeconds, current, wanted);
        }
        return new Rival.Wanted(wanted, "inFlight", total);
    }
}
