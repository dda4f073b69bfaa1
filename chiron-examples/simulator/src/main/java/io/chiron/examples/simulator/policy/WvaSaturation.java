package io.chiron.examples.simulator.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * llm-d's workload variant autoscaler, saturation analyzer V1 (source read on 2026-02-19; deprecated upstream in September
 * 2026) with the HPA that carries it out, see {@link WvaHpa}. Every 30 s; KV use and waiting requests of a pod are the
 * largest of the last minute of 15 s scrapes. Spare capacity is a mean over the pods that are not saturated (KV below 0.80
 * and fewer than 5 waiting); too little of it adds one replica, enough of it without one pod takes one away. As long as the
 * wanted number differs from the present one, or a pod has no metrics, everything stays as it is.
 *
 * <p>Waiting requests are those of the engine plus an equal part of the router's queue, since the router that it is used
 * with passes requests on at once. There is one variant only, so no choice by cost. Its optional GPU limiter is on: a wanted
 * number above the quota would never be reached and freeze it for good.
 */
final class WvaSaturation implements Rival.Rule {
    private static final double PERIOD_SECONDS = 30;
    private static final double METRIC_SECONDS = 60;

    private final Config config;
    private final int quota;
    private final WvaHpa hpa;
    private final Scrape scrape = new Scrape(Scrape.PERIOD_SECONDS);
    private final Every period = new Every(PERIOD_SECONDS);
    private final Map<String, Series> kv = new TreeMap<>();
    private final Map<String, Series> waiting = new TreeMap<>();
    private int gauge;

    /** Thresholds: saturation, and the spare capacity below which a replica is added. */
    record Config(double kv, double waiting, double spareKv, double spareWaiting) {
        static final Config DEFAULT = new Config(0.80, 5, 0.10, 3);
    }

    /** A pod's metrics; NaN for one that is missing, which counts as 0. */
    record Pod(double kvUse, double waiting) {}

    private WvaSaturation(Config config, WvaHpa.Config actuator, int quota) {
        this.config = config;
        this.quota = quota;
        this.hpa = new WvaHpa(actuator);
    }

    /**
     * {@code wva-saturation[:kv=0.8;queue=5;sparekv=0.1;sparequeue=3;hpa=chart|sample;window=240;tolerance=0.1]}: the
     * sample HPA has a window of 0.
     */
    static PolicyKind of(String name, Settings settings) {
        Config config = new Config(
                settings.number("kv", 0.80, 0.01, 1),
                settings.number("queue", 5, 0.1, 1e6),
                settings.number("sparekv", 0.10, 0, 1),
                settings.number("sparequeue", 3, 0, 1e6));
        WvaHpa.Config actuator = WvaHpa.Config.of(settings);
        return new Rival(name, scenario -> new WvaSaturation(config, actuator, scenario.maxInstances()));
    }

    /** Change of the wanted number: +1, 0 or -1. */
    static int change(List<Pod> pods, Config config) {
        double kv = 0;
        double waiting = 0;
        int free = 0;
        for (Pod pod : pods) {
            boolean noKv = Double.isNaN(pod.kvUse());
            boolean noWaiting = Double.isNaN(pod.waiting());
            if (noKv && noWaiting) {
                continue;
            }
            double podKv = noKv ? 0 : pod.kvUse();
            double podWaiting = noWaiting ? 0 : pod.waiting();
            if (podKv < config.kv() && podWaiting < config.waiting()) {
                kv += podKv;
                waiting += podWaiting;
                free++;
            }
        }
        double spareKv = free == 0 ? 0 : config.kv() - kv / free;
        double spareWaiting = free == 0 ? 0 : config.waiting() - waiting / free;
        if (spareKv < config.spareKv() || spareWaiting < config.spareWaiting()) {
            return 1;
        }
        if (free < 2) {
            return 0;
        }
        boolean safe = config.kv() - kv / (free - 1) >= config.spareKv()
                && config.waiting() - waiting / (free - 1) >= config.spareWaiting();
        return safe ? -1 : 0;
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        double now = present.seconds();
        Observed seen = scrape.of(present);
        if (Scrape.isNew(seen, present)) {
            store(seen);
        }
        int current = present.current();
        if (gauge == 0) {
            gauge = current;
        }
        if (period.due(now)) {
            List<Pod> pods = pods(seen, now);
            // Frozen while a change is under way.
            if (gauge == current && pods.size() == current) {
                gauge = Math.max(1, Math.min(quota, gauge + change(pods, config)));
            }
        }
        int wanted = hpa.replicas(now, current, gauge);
        return wanted == current ? null : new Rival.Wanted(wanted, "gauge", gauge);
    }

    private void store(Observed seen) {
        for (Observed.Replica replica : seen.replicas()) {
            kv.computeIfAbsent(replica.id(), id -> new Series(METRIC_SECONDS)).add(seen.seconds(), replica.kvUse());
            waiting.computeIfAbsent(replica.id(), id -> new Series(METRIC_SECONDS))
                    .add(seen.seconds(), replica.waiting() + seen.queuedPerReplica());
        }
    }

    private List<Pod> pods(Observed seen, double now) {
        List<Pod> pods = new ArrayList<>();
        for (Observed.Replica replica : seen.replicas()) {
            Series podKv = kv.get(replica.id());
            Series podWaiting = waiting.get(replica.id());
            if (podKv != null && podWaiting != null) {
                pods.add(new Pod(podKv.max(now - METRIC_SECONDS), podWaiting.max(now - METRIC_SECONDS)));
            }
        }
        return pods;
    }
}
