package io.chiron.core.fleet;

import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The launches on their way and how long past ones took from asking to serving. Immutable.
 *
 * @param pending launches that are not ready yet, by launch id
 * @param measuredSeconds the newest lead times, oldest first
 * @param launches how many there were, so that no two have the same id
 */
record LeadTimes(Map<String, Pending> pending, List<Double> measuredSeconds, long launches) {
    private static final int REMEMBERED = 32;
    private static final double QUANTILE = 0.9;

    /**
     * A launch on its way.
     *
     * @param askedAt when it was decided
     * @param instance the instance that came of it; empty until one is seen
     */
    record Pending(Instant askedAt, Pool pool, String accelerator, String instance) {
        Pending askedAt(Instant time) {
            return new Pending(time, pool, accelerator, instance);
        }

        Pending seenAs(String id) {
            return new Pending(askedAt, pool, accelerator, id);
        }
    }

    LeadTimes {
        pending = Collections.unmodifiableMap(new TreeMap<>(pending));
        measuredSeconds = List.copyOf(measuredSeconds);
    }

    static LeadTimes empty() {
        return new LeadTimes(Map.of(), List.of(), 0);
    }

    /** The lead time to plan with: a high quantile of the measured ones, {@code initialSeconds} until there is one. */
    double seconds(double initialSeconds) {
        if (measuredSeconds.isEmpty()) {
            return initialSeconds;
        }
        double[] sorted = new double[measuredSeconds.size()];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = measuredSeconds.get(i);
        }
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(QUANTILE * sorted.length) - 1];
    }

    /** What the instances tell: launches seen, ready, failed, or never heard of again. */
    LeadTimes observe(List<InstanceSnapshot> instances, Instant now, double forgetAfterSeconds) {
        if (pending.isEmpty()) {
            return this;
        }
        TreeMap<String, Pending> still = new TreeMap<>(pending);
        // A clock that went back makes no launch undone: it counts from now.
        still.replaceAll((id, launch) -> launch.askedAt().isAfter(now) ? launch.askedAt(now) : launch);
        List<Double> measured = new ArrayList<>(measuredSeconds);
        Set<String> present = new HashSet<>();
        for (InstanceSnapshot instance : instances) {
            present.add(instance.id());
            Pending launch = instance.launchId() == null ? null : still.get(instance.launchId());
            if (launch == null) {
                continue;
            }
            if (instance.phase() == Phase.STARTING) {
                if (launch.instance().isEmpty()) {
                    still.put(instance.launchId(), launch.seenAs(instance.id()));
                }
                continue;
            }
            still.remove(instance.launchId());
            if (instance.phase() == Phase.READY || instance.phase() == Phase.DRAINING) {
                Instant told = instance.readyAt();
                // A time before the launch, or one to come, is not when this start ended.
                Instant ready = told == null || told.isAfter(now) || told.isBefore(launch.askedAt()) ? now : told;
                measured.add(Math.max(0, Times.secondsBetween(launch.askedAt(), ready)));
            }
        }
        // Seen once and gone now, or never seen for so long that nothing will come of it.
        still.values()
                .removeIf(launch -> launch.instance().isEmpty()
                        ? Times.secondsBetween(launch.askedAt(), now) > forgetAfterSeconds
                        : !present.contains(launch.instance()));
        int from = Math.max(0, measured.size() - REMEMBERED);
        return new LeadTimes(still, measured.subList(from, measured.size()), launches);
    }

    /** These without launches that nothing will come of. */
    LeadTimes without(Set<String> launchIds) {
        TreeMap<String, Pending> fewer = new TreeMap<>(pending);
        fewer.keySet().removeAll(launchIds);
        return new LeadTimes(fewer, measuredSeconds, launches);
    }

    /**
     * These without the launches among {@code refused} for which the limits leave no room beside what is there and on its
     * way: limits may have been lowered since they were decided.
     */
    LeadTimes withRoomFor(Set<String> refused, List<InstanceSnapshot> instances, FleetLimits limits) {
        Room room = new Room(limits);
        instances.forEach(room::take);
        Set<String> withdrawn = new TreeSet<>();
        pending.forEach((id, launch) -> {
            if (launch.instance().isEmpty() && !refused.contains(id)) {
                room.take(launch);
            }
        });
        pending.forEach((id, launch) -> {
            if (launch.instance().isEmpty() && refused.contains(id)) {
                if (room.has(launch)) {
                    room.take(launch);
                } else {
                    withdrawn.add(id);
                }
            }
        });
        return withdrawn.isEmpty() ? this : without(withdrawn);
    }

    /** An id that no launch of this fleet had. */
    String newLaunchId(String fleet, Instant now) {
        return fleet + "-" + now.toEpochMilli() + "-" + launches;
    }

    /** These with one more launch. */
    LeadTimes launched(String launchId, Pending launch) {
        TreeMap<String, Pending> more = new TreeMap<>(pending);
        more.put(launchId, launch);
        return new LeadTimes(more, measuredSeconds, launches + 1);
    }

    /** Launches that no instance snapshot shows yet. */
    List<Pending> unseen() {
        return pending.values().stream()
                .filter(launch -> launch.instance().isEmpty())
                .toList();
    }
}
