package io.chiron.core;

import io.chiron.api.FleetSnapshot;
import io.chiron.api.MetricSource;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Makes a source that blocks fit for a tick: polls it on an executor of the host's and serves the last value, which says
 * how old it is. A poll that hangs leaves the last value in place; no second one is started beside it. Thread-safe.
 */
public final class PollingSource implements MetricSource {
    private final MetricSource blocking;
    private final Executor executor;
    private final ConcurrentHashMap<String, Poll> polls = new ConcurrentHashMap<>();

    /** Polls {@code blocking} on {@code executor}, which needs a thread per fleet. */
    public PollingSource(MetricSource blocking, Executor executor) {
        this.blocking = Objects.requireNonNull(blocking, "blocking");
        this.executor = Objects.requireNonNull(executor, "executor");
    }

    /**
     * The value of the last poll that ended, null before the first has; starts the next poll.
     *
     * @throws RuntimeException what the last poll threw, once
     */
    @Override
    public @Nullable FleetSnapshot observe(String fleet, Instant now) {
        Poll poll = polls.computeIfAbsent(fleet, name -> new Poll());
        if (poll.running.compareAndSet(false, true)) {
            try {
                executor.execute(() -> poll.run(blocking, fleet, now));
            } catch (RuntimeException refused) {
                poll.running.set(false);
                throw refused;
            }
        }
        RuntimeException failure = poll.failure;
        if (failure != null) {
            poll.failure = null;
            throw failure;
        }
        return poll.last;
    }

    private static final class Poll {
        private final AtomicBoolean running = new AtomicBoolean();
        private volatile @Nullable FleetSnapshot last;
        private volatile @Nullable RuntimeException failure;

        void run(MetricSource source, String fleet, Instant now) {
            try {
                FleetSnapshot snapshot = source.observe(fleet, now);
                if (snapshot != null) {
                    last = snapshot;
                }
            } catch (RuntimeException thrown) {
                failure = thrown;
            } finally {
                running.set(false);
            }
        }
    }
}
