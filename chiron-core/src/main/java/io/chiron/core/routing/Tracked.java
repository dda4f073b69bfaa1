package io.chiron.core.routing;

import io.chiron.api.RoutedRequest;
import org.jspecify.annotations.Nullable;

/**
 * One request from its offer to its end. Guarded by the router's lock. Kept small, since a million may wait: what only a
 * request that was placed has is in {@link Run}. One that has ended serves for another request: see {@link Spares}.
 */
final class Tracked {
    static final long NEVER = Long.MIN_VALUE;

    RoutedRequest request;
    /** Order of offers; kept when the request is queued again. */
    long sequence;

    /** A part of the hash of its id: tells most others from it without a look at them. */
    short tag;

    byte tier;
    /** Waits in a queue; otherwise it is in flight. */
    boolean queued;
    /** Set at the first placement. */
    @Nullable
    Run run;
    /** Where it is counted while it waits as batch work. */
    DeadlineGrouping.@Nullable Bucket bucket;
    /** Set while it waits if its wait is compared with a prediction. */
    WaitSample.@Nullable Probe probe;

    Tracked(RoutedRequest request, int tier, long sequence) {
        this.request = request;
        this.tag = RequestIndex.tag(request.id());
        this.tier = (byte) tier;
        this.sequence = sequence;
    }

    /** Forgets the request before, and stands for this one. */
    Tracked reused(RoutedRequest next, int nextTier, long nextSequence) {
        request = next;
        tag = RequestIndex.tag(next.id());
        tier = (byte) nextTier;
        sequence = nextSequence;
        queued = false;
        run = null;
        bucket = null;
        probe = null;
        return this;
    }

    /** What a request has once it was placed. */
    static final class Run {
        /** Where it is in flight; while it is queued, its home: the instance that keeps its KV cache, if one does. */
        @Nullable
        InFlight instance;
        /** Order of placements, of the latest one. */
        long placement;

        long firstTokenNanos = NEVER;
        int producedTokens;
        int evictions;
        double costSeconds;
        /** Tokens to process before the next output token comes; 0 once it came. */
        int prefillTokens;
        /** Index in the list of its instance. */
        int slot;

        /** As if it were new. */
        Run cleared() {
            instance = null;
            placement = 0;
            firstTokenNanos = NEVER;
            producedTokens = 0;
            evictions = 0;
            costSeconds = 0;
            prefillTokens = 0;
            slot = 0;
            return this;
        }
    }

    /** The instance that keeps the KV cache of this queued request, or null. */
    @Nullable
    InFlight home() {
        return run == null || !queued ? null : run.instance;
    }

    int evictions() {
        return run == null ? 0 : run.evictions;
    }

    long producedTokens() {
        return run == null ? 0 : run.producedTokens;
    }

    /** Tokens to process before the next output token: none where the KV cache of its output so far is kept. */
    int tokensToPrefill(@Nullable InFlight at) {
        Run own = run;
        if (own == null || own.producedTokens == 0) {
            return request.promptTokens();
        }
        return own.instance == at && at != null
                ? 0
                : (int) Math.min(Integer.MAX_VALUE, (long) request.promptTokens() + own.producedTokens);
    }
}
