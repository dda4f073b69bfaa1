package io.chiron.core.fleet;

import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.TierUsage;
import io.chiron.api.Times;
import io.chiron.core.fleet.LeadTimes.Pending;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.TierProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The instances of a fleet by what can be counted on. Immutable.
 *
 * @param ready serving
 * @param starting on their way, soonest first
 * @param stuck starting for so long that nobody counts on them
 * @param draining finishing
 * @param failed broken
 * @param unseen launches that no snapshot shows yet
 * @param overdue launches that no snapshot shows though it should by now, by launch id
 * @param present ready and starting instances, by pool
 */
record Roster(
        List<InstanceSnapshot> ready,
        List<InstanceSnapshot> starting,
        List<InstanceSnapshot> stuck,
        List<InstanceSnapshot> draining,
        List<InstanceSnapshot> failed,
        List<Pending> unseen,
        SortedMap<String, Pending> overdue,
        Map<Pool, Integer> present) {

    static Roster of(List<InstanceSnapshot> instances, LeadTimes leads, double leadSeconds, Instant now) {
        List<InstanceSnapshot> ready = new ArrayList<>(instances.size());
        List<InstanceSnapshot> starting = new ArrayList<>();
        List<InstanceSnapshot> stuck = new ArrayList<>();
        List<InstanceSnapshot> draining = new ArrayList<>();
        List<InstanceSnapshot> failed = new ArrayList<>();
        Tally<Pool> byPool = new Tally<>();
        for (InstanceSnapshot instance : instances) {
            switch (instance.phase()) {
                case READY -> {
                    ready.add(instance);
                    byPool.add(instance.pool(), 1);
                }
                case DRAINING -> draining.add(instance);
                case FAILED -> failed.add(instance);
                case STARTING -> {
                    double seconds = leads.startingForSeconds(instance, leadSeconds, now);
                    if (seconds > LeadTimes.stuckAfterSeconds(leadSeconds)) {
                        stuck.add(instance);
                    } else {
                        starting.add(instance);
                        byPool.add(instance.pool(), 1);
                    }
                }
            }
        }
        EnumMap<Pool, Integer> present = new EnumMap<>(Pool.class);
        for (Pool pool : Pool.values()) {
            present.put(pool, byPool.of(pool));
        }
        return new Roster(
                ready,
                starting,
                stuck,
                draining,
                failed,
                leads.expected(leadSeconds, now),
                leads.overdue(leadSeconds, now),
                present);
    }

    /** Instances that serve or will. */
    int counted() {
        return ready.size() + starting.size() + unseen.size();
    }

    /** Instances of a pool that serve or will. */
    int ofPool(Pool pool) {
        int count = present.getOrDefault(pool, 0);
        for (Pending launch : unseen) {
            count += launch.pool() == pool ? 1 : 0;
        }
        return count;
    }

    /** Instances that serve or will, in a role that takes interactive work. */
    int front() {
        return counted() - ofPool(Pool.BATCH);
    }

    /** Everything that is paid for or will be. */
    int paid() {
        return counted() + stuck.size() + draining.size() + overdue.size();
    }

    /** Seconds until a starting instance serves; a lead time if nobody knows better. */
    static double readyInSeconds(InstanceSnapshot instance, LeadTimes leads, double leadSeconds, Instant now) {
        if (instance.phase() != Phase.STARTING) {
            return 0;
        }
        if (instance.readyAt() != null) {
            return Math.max(0, Times.secondsBetween(now, instance.readyAt()));
        }
        return Math.max(0, leadSeconds - leads.startingForSeconds(instance, leadSeconds, now));
    }

    static double readyInSeconds(Pending launch, double leadSeconds, Instant now) {
        return Math.max(0, leadSeconds - Times.secondsBetween(launch.askedAt(), now));
    }

    /** True if the newest sample is there and not older than {@code maxAgeSeconds}. */
    static boolean fresh(InstanceSnapshot instance, double maxAgeSeconds, Instant now) {
        InstanceSample sample = instance.sample();
        return sample != null && Math.abs(Times.secondsBetween(sample.time(), now)) <= maxAgeSeconds;
    }

    /** Sequences of a class that run on an instance, by its newest sample; 0 without one. */
    static long running(InstanceSnapshot instance, List<TierProfile> tiers, boolean interactive) {
        InstanceSample sample = instance.sample();
        long sum = 0;
        if (sample != null) {
            for (TierProfile profile : tiers) {
                var usage = sample.usage(profile.tier().name());
                if (profile.tier().interactive() == interactive && usage != null) {
                    sum += usage.runningNow();
                }
            }
        }
        return sum;
    }

    /** Sequences that run on an instance, by its newest sample; 0 without one. */
    static long runningNow(InstanceSnapshot instance) {
        InstanceSample sample = instance.sample();
        return sample == null ? 0 : sample.runningNow();
    }

    /** Share of the hard limit that ran in the window of a sample, all tiers together. */
    static double hardShare(InstanceSample sample, List<TierProfile> tiers, BatchLimits limits) {
        double share = 0;
        for (int i = 0; i < tiers.size(); i++) {
            TierUsage usage = sample.usage(tiers.get(i).tier().name());
            share += usage == null ? 0 : usage.meanRunning() * limits.hardShare(i, i);
        }
        return share;
    }
}
