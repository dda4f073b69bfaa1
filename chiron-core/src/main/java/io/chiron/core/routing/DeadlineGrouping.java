package io.chiron.core.routing;

import io.chiron.api.RequestGroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The batch queue in groups by deadline. Guarded by the router's lock.
 *
 * <p>Requests are counted in fine buckets as they come and go: one second wide, and wider (a power of two) where the slack
 * at queueing is above 4,096 s, so at most a 4,096th of that slack; O(1) per request in order of deadlines. A reading joins
 * the buckets into groups whose width is a fraction of the time left. A few thousand buckets at most are read, however many
 * requests wait.
 *
 * <p>A group's deadline is the earliest that any member had since its bucket was last empty: never later than a member's,
 * and earlier by less than the bucket's width after members have left.
 */
final class DeadlineGrouping {
    private static final long SECOND = 1_000_000_000L;
    private static final int BUCKETS_PER_SLACK = 4096;
    private static final int EXPONENT_BITS = 5;
    /** Beyond this fraction everything that is not late is one group. */
    private static final double WIDEST = 1e9;

    private final Tiers tiers;
    private final List<TreeMap<Long, Bucket>> byTier = new ArrayList<>();
    /** The bucket that was used last, per tier: mostly the next one, too. */
    private final @Nullable Bucket[] latest;

    DeadlineGrouping(Tiers tiers) {
        this.tiers = tiers;
        latest = new Bucket[tiers.count()];
        for (int tier = 0; tier < tiers.count(); tier++) {
            byTier.add(new TreeMap<>());
        }
    }

    /** Sums over queued requests of one tier with nearly the same deadline. */
    static final class Bucket {
        final long key;
        long count;
        long promptTokens;
        long producedTokens;
        long deadlineNanos = Long.MAX_VALUE;
        long latestArrivalNanos = Long.MIN_VALUE;
        long earliestArrivalNanos = Long.MAX_VALUE;

        Bucket(long key) {
            this.key = key;
        }
    }

    /** Counts a queued request. */
    void add(Tracked request, Instant now) {
        long deadline = tiers.groupDeadline(request);
        long seconds = Math.floorDiv(deadline, SECOND);
        long width = Math.max(1, (seconds - now.getEpochSecond()) / BUCKETS_PER_SLACK);
        int exponent = 63 - Long.numberOfLeadingZeros(width);
        Bucket bucket = bucket(request.tier, (seconds >> exponent << exponent << EXPONENT_BITS) | exponent);
        bucket.count++;
        bucket.promptTokens += request.tokensToPrefill(request.home());
        bucket.producedTokens += request.producedTokens();
        bucket.deadlineNanos = Math.min(bucket.deadlineNanos, deadline);
        long arrival = Tiers.nanos(request.request.arrival());
        bucket.latestArrivalNanos = Math.max(bucket.latestArrivalNanos, arrival);
        bucket.earliestArrivalNanos = Math.min(bucket.earliestArrivalNanos, arrival);
        request.bucket = bucket;
    }

    /** Takes back what {@link #add} counted; the request must not have changed since. */
    void remove(Tracked request) {
        Bucket bucket = request.bucket;
        if (bucket == null) {
            return;
        }
        request.bucket = null;
        bucket.promptTokens -= request.tokensToPrefill(request.home());
        bucket.producedTokens -= request.producedTokens();
        if (--bucket.count == 0) {
            byTier.get(request.tier).remove(bucket.key);
            if (latest[request.tier] == bucket) {
                latest[request.tier] = null;
            }
        }
    }

    /** Takes its home from a queued request, so that its tokens have to be processed again. */
    void leavesHome(Tracked request) {
        Bucket bucket = request.bucket;
        if (bucket != null && request.run != null) {
            bucket.promptTokens -= request.tokensToPrefill(request.home());
            request.run.instance = null;
            bucket.promptTokens += request.tokensToPrefill(null);
        }
    }

    /** Requests of the tier that are due in the bucket of a queued request or before it, itself included. */
    long position(Tracked request) {
        Bucket own = request.bucket;
        long ahead = 0;
        if (own != null) {
            for (Bucket bucket : byTier.get(request.tier).headMap(own.key, true).values()) {
                ahead += bucket.count;
            }
        }
        return ahead;
    }

    /** Earliest arrival among the queued requests of the tier (of any that its buckets had since they were empty). */
    long earliestArrivalNanos(int tier) {
        long earliest = Long.MAX_VALUE;
        for (Bucket bucket : byTier.get(tier).values()) {
            earliest = Math.min(earliest, bucket.earliestArrivalNanos);
        }
        return earliest;
    }

    /** Groups of every tier, earliest deadline first: at most {@code limit}, or one per tier. */
    List<RequestGroup> groups(Instant now, double slackFraction, int limit) {
        int used = 0;
        for (TreeMap<Long, Bucket> buckets : byTier) {
            used += buckets.isEmpty() ? 0 : 1;
        }
        List<RequestGroup> groups = new ArrayList<>();
        for (int tier = 0; tier < tiers.count(); tier++) {
            List<Bucket> buckets = new ArrayList<>(byTier.get(tier).values());
            buckets.sort(Comparator.comparingLong(bucket -> bucket.deadlineNanos));
            int share = Math.max(1, limit / Math.max(1, used));
            double fraction = slackFraction;
            while (fraction < WIDEST && join(tier, buckets, now, fraction, null) > share) {
                fraction *= 1.5;
            }
            join(tier, buckets, now, fraction < WIDEST ? fraction : Double.POSITIVE_INFINITY, groups);
        }
        groups.sort(Comparator.comparing(RequestGroup::deadline));
        return groups;
    }

    /** Joins buckets into groups, earliest first; returns how many there are. An infinite fraction joins all. */
    private int join(
            int tier, List<Bucket> buckets, Instant now, double fraction, @Nullable List<RequestGroup> groups) {
        long nowNanos = Tiers.nanos(now);
        int count = 0;
        int from = 0;
        while (from < buckets.size()) {
            long endNanos = groupEnd(buckets.get(from).deadlineNanos, nowNanos, fraction);
            int to = from + 1;
            while (to < buckets.size() && buckets.get(to).deadlineNanos <= endNanos) {
                to++;
            }
            if (groups != null) {
                groups.add(group(tier, buckets.subList(from, to)));
            }
            from = to;
            count++;
        }
        return count;
    }

    /** The last deadline of a group that begins with {@code startNanos}. What is late is one group. */
    private static long groupEnd(long startNanos, long nowNanos, double fraction) {
        if (fraction == Double.POSITIVE_INFINITY) {
            return Long.MAX_VALUE;
        }
        if (startNanos <= nowNanos) {
            return nowNanos;
        }
        double widthNanos = Math.max(SECOND, fraction * ((double) startNanos - nowNanos));
        return widthNanos >= Long.MAX_VALUE - Math.max(0, startNanos) ? Long.MAX_VALUE : startNanos + (long) widthNanos;
    }

    private RequestGroup group(int tier, List<Bucket> members) {
        Bucket sum = new Bucket(0);
        for (Bucket bucket : members) {
            sum.count += bucket.count;
            sum.promptTokens += bucket.promptTokens;
            sum.producedTokens += bucket.producedTokens;
            sum.deadlineNanos = Math.min(sum.deadlineNanos, bucket.deadlineNanos);
            sum.latestArrivalNanos = Math.max(sum.latestArrivalNanos, bucket.latestArrivalNanos);
        }
        return new RequestGroup(
                tiers.get(tier).name(),
                sum.count,
                Tiers.instant(sum.deadlineNanos),
                Tiers.instant(sum.latestArrivalNanos),
                sum.promptTokens,
                sum.producedTokens);
    }

    private Bucket bucket(int tier, long key) {
        Bucket bucket = latest[tier];
        if (bucket == null || bucket.key != key) {
            bucket = byTier.get(tier).computeIfAbsent(key, Bucket::new);
            latest[tier] = bucket;
        }
        return bucket;
    }
}
