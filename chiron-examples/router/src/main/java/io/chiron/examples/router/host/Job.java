package io.chiron.examples.router.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chiron.api.RoutedRequest;
import org.jspecify.annotations.Nullable;

/** One request of a client, from its arrival to its answer. Confined to the host's lock. */
final class Job {
    final RoutedRequest routed;
    final int tier;
    final boolean interactive;
    final String path;
    final ObjectNode body;
    final Reply reply;
    final long arrivalNanos = System.nanoTime();

    /** What serves it now; null while it waits. */
    @Nullable
    Attempt attempt;

    int failures;

    Job(RoutedRequest routed, int tier, boolean interactive, String path, ObjectNode body, Reply reply) {
        this.routed = routed;
        this.tier = tier;
        this.interactive = interactive;
        this.path = path;
        this.body = body;
        this.reply = reply;
    }

    boolean chat() {
        return path.endsWith("/chat/completions");
    }
}
