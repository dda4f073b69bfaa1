package io.chiron.core;

import io.chiron.api.Action;
import io.chiron.api.Times;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Actions that the actuator has refused so far, with when to try again. Immutable.
 *
 * @param entries by kind of action and what it is about, so that a newer decision of the kind replaces an older one
 */
record Outbox(Map<String, Entry> entries) {
    private static final double LONGEST_BACK_OFF_SECONDS = 60;

    /**
     * @param attempts how often it was refused
     * @param nextTry not before
     */
    record Entry(Action action, int attempts, Instant nextTry) {}

    Outbox {
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    static Outbox empty() {
        return new Outbox(Map.of());
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** What an action is about. */
    static String key(Action action) {
        if (action instanceof Action.Launch launch) {
            return "launch/" + launch.launchId();
        }
        // By kind: a host may carry out one of them and refuse another, and both may be due in one tick.
        String kind = action.getClass().getSimpleName();
        String about = kind + "/" + ((Action.OnInstance) action).instance();
        return action instanceof Action.Evict evict ? about + "/" + evict.tier() : about;
    }

    /** True if a refused action must be tried again by itself; what else is still wanted is decided again anyway. */
    private static boolean isRetried(Action action) {
        return action instanceof Action.Launch || action instanceof Action.SetBatchLimits;
    }

    private static boolean matters(Entry entry, Set<String> instances, Set<String> launches, Instant now) {
        if (entry.action() instanceof Action.Launch launch) {
            return launches.contains(launch.launchId());
        }
        boolean remembered = Math.abs(Times.secondsBetween(entry.nextTry(), now)) <= LONGEST_BACK_OFF_SECONDS;
        String instance = ((Action.OnInstance) entry.action()).instance();
        return instances.contains(instance) && (remembered || isRetried(entry.action()));
    }

    /** The refused actions that still matter: what is tried again, and how long others have to wait if decided again. */
    Outbox relevant(Set<String> instances, Set<String> launches, Instant now) {
        LinkedHashMap<String, Entry> kept = new LinkedHashMap<>(entries);
        kept.values().removeIf(entry -> !matters(entry, instances, launches, now));
        return new Outbox(kept);
    }

    /** Refused actions that are tried again even if they are not decided again. */
    List<Action> retries() {
        return entries.values().stream()
                .map(Entry::action)
                .filter(Outbox::isRetried)
                .toList();
    }

    /** Ids of the launches that were refused. */
    Set<String> refusedLaunches() {
        Set<String> ids = new TreeSet<>();
        for (Entry entry : entries.values()) {
            if (entry.action() instanceof Action.Launch launch) {
                ids.add(launch.launchId());
            }
        }
        return ids;
    }

    /** When an action may be handed over: not while a like one was just refused. */
    boolean mayTry(Action action, Instant now) {
        Entry entry = entries.get(key(action));
        return entry == null
                || !now.isBefore(entry.nextTry())
                // The clock went back: a wait longer than any is none.
                || Times.secondsBetween(now, entry.nextTry()) > LONGEST_BACK_OFF_SECONDS;
    }

    /** What comes of handing actions over, gathered: a copy for each of thousands would cost their square. Confined to one tick. */
    static final class Draft {
        private final LinkedHashMap<String, Entry> entries;

        Draft(Outbox before) {
            entries = new LinkedHashMap<>(before.entries());
        }

        /** Keeps the newest form of an action that has to wait. */
        void waiting(Action action) {
            entries.computeIfPresent(key(action), (key, last) -> new Entry(action, last.attempts(), last.nextTry()));
        }

        /** After a refusal; the wait doubles each time, up to a minute. */
        void refused(Action action, Instant now) {
            Entry before = entries.get(key(action));
            int attempts = before == null ? 1 : before.attempts() + 1;
            double wait = Math.min(LONGEST_BACK_OFF_SECONDS, 1L << Math.min(6, attempts));
            entries.put(key(action), new Entry(action, attempts, now.plus(Times.duration(wait))));
        }

        void taken(Action action) {
            entries.remove(key(action));
        }

        Outbox done() {
            return new Outbox(entries);
        }
    }
}
