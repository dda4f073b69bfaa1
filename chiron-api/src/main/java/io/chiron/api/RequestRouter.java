package io.chiron.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The life of a request between arrival and last token. An implementation is thread-safe; a call about a request that it
 * does not know changes nothing.
 */
public interface RequestRouter {
    /** Takes a request: places it on an instance or queues it. */
    Placement offer(RoutedRequest request, Instant now);

    /** The queued request that an instance with room should take, or null. The request then counts as placed there. */
    @Nullable
    RoutedRequest next(String instance, Instant now);

    /** The first output token of a placed request has come. */
    void firstToken(String requestId, Instant now);

    /** Output tokens that a placed request has produced so far; worth a call every few seconds and before an eviction. */
    void progress(String requestId, long outputTokens, Instant now);

    /** A placed request has ended. */
    void finished(String requestId, long outputTokens, Instant now);

    /** The client has left: the request is forgotten wherever it is. */
    void cancelled(String requestId, Instant now);

    /**
     * An instance has died. Its batch requests are queued again with their arrival time.
     *
     * @return its interactive requests, placed or queued again if the host offers them
     */
    List<RoutedRequest> failed(String instance, Instant now);

    /**
     * Takes up to {@code count} requests of a batch tier off an instance, latest deadline first, and queues them again.
     *
     * @return their ids
     */
    List<String> evict(String instance, String tier, int count, Instant now);

    /** The traffic of every tier. */
    List<TierFlow> flows(Instant now);

    /** The batch queue in groups, earliest deadline first. */
    List<RequestGroup> groups(Instant now);
}
