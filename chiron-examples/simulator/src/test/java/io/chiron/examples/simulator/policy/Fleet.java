package io.chiron.examples.simulator.policy;

import io.chiron.api.LengthMoments;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes observations of small fleets for tests; values that a test does not set are idle. */
record Fleet(
        List<Observed.Replica> replicas,
        int starting,
        int draining,
        long queued,
        long queuedPromptTokens,
        double arrived,
        LengthMoments completed,
        @Nullable List<Observed.Deadline> groups) {
    static final double KV_TOKENS = 100_000;

    /** Ready replicas with a KV use and a number of running requests each. */
    static Fleet of(int ready, double kvUse, double running) {
        List<Observed.Replica> replicas = new ArrayList<>();
        for (int i = 0; i < ready; i++) {
            replicas.add(new Observed.Replica("i" + i, running, 0, kvUse * KV_TOKENS, KV_TOKENS, 10, 1000, 0.05));
        }
        return new Fleet(replicas, 0, 0, 0, 0, 0, LengthMoments.ZERO, List.of());
    }

    Fleet starting(int count) {
        return new Fleet(replicas, count, draining, queued, queuedPromptTokens, arrived, completed, groups);
    }

    Fleet draining(int count) {
        return new Fleet(replicas, starting, count, queued, queuedPromptTokens, arrived, completed, groups);
    }

    Fleet queued(long requests, long promptTokens) {
        return new Fleet(replicas, starting, draining, requests, promptTokens, arrived, completed, groups);
    }

    Fleet arrived(double requests) {
        return new Fleet(replicas, starting, draining, queued, queuedPromptTokens, requests, completed, groups);
    }

    Fleet completed(double count, double prompt, double output) {
        LengthMoments sums = new LengthMoments(count, count * prompt, count * output, 0, 0, 0);
        return new Fleet(replicas, starting, draining, queued, queuedPromptTokens, arrived, sums, groups);
    }

    Fleet groups(@Nullable List<Observed.Deadline> deadlines) {
        return new Fleet(replicas, starting, draining, queued, queuedPromptTokens, arrived, completed, deadlines);
    }

    Observed at(double seconds) {
        return new Observed(
                seconds,
                replicas,
                starting,
                draining,
                List.of(queued, 0L),
                queuedPromptTokens,
                List.of(arrived, 0.0),
                completed,
                groups);
    }
}
