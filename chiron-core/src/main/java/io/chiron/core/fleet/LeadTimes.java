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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The launches on their way and how long past ones took from asking to serving. Immutable.
 *
 * @param pending launches that are not ready yet, by launch id
 * @param measuredSeconds the newest lead times, oldest first
 * @param starting since when instances are seen starting that are none of these launches, by instance
 * @param givenUp how often in a row starts that hung were ended; 0 after one that served
 * @param launches how many there were, so that no two have the same id
 */
record LeadTimes(
        Map<String, Pending> pending,
        List<Double> measuredSeconds,
        Map<String, Instant> starting,
        int givenUp,
        long launches) {
    private static final int REMEMBERED = 32;
    private static final double QUANTILE = 0.9;
    /** No start is stuck earlier than this: observations lag. */
    private static final double LEAST_STUCK_SECONDS = 30;
    /** A start that takes longer than this many lead times is stuck; after twice as many it is given up. */
    private static final double STUCK_LEADS = 2;
    /** Nobody saw anything come of a launch for so long, asked for again meanwhile: nothing will. */
    private static final double LOST_SECONDS = 600;
    /** Starts may be slow rather than hung: each one given up doubles the patience with the next, up to sixteenfold. */
    private static final int MOST_DOUBLINGS = 4;

    /**
     * A launch on its way.
     *
     * @param decidedAt when it was asked for first
     * @param askedAt when it was asked for last
     * @param instance the instance that came of it; empty until one is seen
     */
    record Pending(Instant decidedAt, Instant askedAt, Pool pool, String accelerator, String instance) {
        static Pending of(Pool pool, String accelerator, Instant now) {
            return new Pending(now, now, pool, accelerator, "");
        }

        Pending askedAgain(Instant now) {
            return new Pending(decidedAt, now, pool, accelerator, instance);
        }

        boolean askedOnce() {
            return askedAt.equals(decidedAt);
        }

        Pending seenAs(String id) {
            return new Pending(decidedAt, askedAt, pool, accelerator, id);
        }

        boolean unseen() {
            return instance.isEmpty();
        }

        /** The same, counted from now if its clock was ahead: a clock that went back makes no launch undone. */
        Pending notAfter(Instant now) {
            return askedAt.isAfter(now) ? new Pending(now, now, pool, accelerator, instance) : this;
        }
    }

    LeadTimes {
        pending = Collections.unmodifiableMap(new TreeMap<>(pending));
        starting = Collections.unmodifiableMap(new TreeMap<>(starting));
        measuredSeconds = List.copyOf(measuredSeconds);
    }

    static LeadTimes empty() {
        return new LeadTimes(Map.of(), List.of(), Map.of(), 0, 0);
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
    LeadTimes observe(List<InstanceSnapshot> instances, Instant now, double leadSeconds) {
        TreeMap<String, Pending> still = new TreeMap<>(pending);
        still.replaceAll((id, launch) -> launch.notAfter(now));
        List<Double> measured = new ArrayList<>(measuredSeconds);
        Set<String> present = new HashSet<>();
        TreeMap<String, Instant> unknown = new TreeMap<>();
        int lost = givenUp;
        for (InstanceSnapshot instance : instances) {
            if (!pending.isEmpty()) {
                present.add(instance.id());
            }
            Pending launch = instance.launchId() == null ? null : still.get(instance.launchId());
            if (launch == null) {
                if (instance.phase() == Phase.STARTING) {
                    Instant since = starting.getOrDefault(instance.id(), now);
                    unknown.put(instance.id(), since.isAfter(now) ? now : since);
                }
                continue;
            }
            if (instance.phase() == Phase.STARTING) {
                if (launch.unseen()) {
                    still.put(instance.launchId(), launch.seenAs(instance.id()));
                }
                continue;
            }
            still.remove(instance.launchId());
            if (instance.phase() == Phase.READY || instance.phase() == Phase.DRAINING) {
                Instant told = instance.readyAt();
                // A time before the launch, or one to come, is not when this start ended.
                Instant ready = told == null || told.isAfter(now) || told.isBefore(launch.askedAt()) ? now : told;
                // Of one that was asked for again, nobody knows which time it came of.
                if (launch.askedOnce()) {
                    measured.add(Math.max(0, Times.secondsBetween(launch.askedAt(), ready)));
                }
                lost = 0;
            }
        }
        // Seen once and gone now, or never seen for so long that nothing will come of it.
        boolean gaveUp = false;
        for (Iterator<Pending> each = still.values().iterator(); each.hasNext(); ) {
            Pending launch = each.next();
            if (launch.unseen() ? isLost(launch, leadSeconds, now) : !present.contains(launch.instance())) {
                each.remove();
                gaveUp |= !launch.unseen()
                        && Times.secondsBetween(launch.askedAt(), now) > givenUpAfterSeconds(leadSeconds);
            }
        }
        int from = Math.max(0, measured.size() - REMEMBERED);
        return new LeadTimes(
                still, measured.subList(from, measured.size()), unknown, gaveUp ? lost + 1 : lost, launches);
    }

    /** When a launch that does not serve yet is no longer counted on. */
    static double stuckAfterSeconds(double leadSeconds) {
        return Math.max(LEAST_STUCK_SECONDS, STUCK_LEADS * leadSeconds);
    }

    private static boolean isLost(Pending launch, double leadSeconds, Instant now) {
        double most = Math.max(LOST_SECONDS, 2 * stuckAfterSeconds(leadSeconds));
        return Times.secondsBetween(launch.decidedAt(), now) > most;
    }

    /** When a start is ended that does not serve yet. */
    double givenUpAfterSeconds(double leadSeconds) {
        return stuckAfterSeconds(leadSeconds) * (2L << Math.min(MOST_DOUBLINGS, givenUp));
    }

    /** For how long an instance is starting, as far as anybody knows, seconds. */
    double startingForSeconds(InstanceSnapshot instance, double leadSeconds, Instant now) {
        Pending launch = instance.launchId() == null ? null : pending.get(instance.launchId());
        if (launch != null) {
            return Times.secondsBetween(launch.askedAt(), now);
        }
        Instant readyAt = instance.readyAt();
        return readyAt != null
                ? Times.secondsBetween(readyAt, now) + leadSeconds
                : Times.secondsBetween(starting.getOrDefault(instance.id(), now), now);
    }

    /** These without launches that nothing will come of. */
    LeadTimes without(Set<String> launchIds) {
        TreeMap<String, Pending> fewer = new TreeMap<>(pending);
        fewer.keySet().removeAll(launchIds);
        return new LeadTimes(fewer, measuredSeconds, starting, givenUp, launches);
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
            if (launch.unseen() && !refused.contains(id)) {
                room.take(launch);
            }
        });
        pending.forEach((id, launch) -> {
            if (launch.unseen() && refused.contains(id)) {
                if (room.has(launch)) {
                    room.take(launch);
                } else {
                    withdrawn.add(id);
                }
            }
        });
        return withdrawn.isEmpty() ? this : without(withdrawn);
    }

    /** An id that no launch of this fleet had: that of the next one after {@code more} others. */
    String newLaunchId(String fleet, int more, Instant now) {
        return fleet + "-" + now.toEpochMilli() + "-" + (launches + more);
    }

    /**
     * These with what is asked for now, by launch id: {@code fresh} of them for the first time, the others once more by the id
     * they have, so that who took one the first time does not do it twice.
     */
    LeadTimes asked(Map<String, Pending> asked, int fresh) {
        if (asked.isEmpty()) {
            return this;
        }
        TreeMap<String, Pending> more = new TreeMap<>(pending);
        more.putAll(asked);
        return new LeadTimes(more, measuredSeconds, starting, givenUp, launches + fresh);
    }

    /** Launches that no instance snapshot shows yet: each may be paid for. */
    List<Pending> unseen() {
        return pending.values().stream().filter(Pending::unseen).toList();
    }

    /** Those of them that are counted on. */
    List<Pending> expected(double leadSeconds, Instant now) {
        return pending.values().stream()
                .filter(launch -> launch.unseen() && !isOverdue(launch, leadSeconds, now))
                .toList();
    }

    /** Those of them that are not, by launch id. */
    SortedMap<String, Pending> overdue(double leadSeconds, Instant now) {
        TreeMap<String, Pending> late = new TreeMap<>(pending);
        late.values().removeIf(launch -> !isOverdue(launch, leadSeconds, now));
        return late;
    }

    private static boolean isOverdue(Pending launch, double leadSeconds, Instant now) {
        return launch.unseen() && Times.secondsBetween(launch.askedAt(), now) > stuckAfterSeconds(leadSeconds);
    }
}
