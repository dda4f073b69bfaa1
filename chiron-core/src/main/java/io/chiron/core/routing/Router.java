package io.chiron.core.routing;

import io.chiron.api.Checks;
import io.chiron.api.Placement;
import io.chiron.api.RequestClass;
import io.chiron.api.RequestGroup;
import io.chiron.api.RequestRouter;
import io.chiron.api.RoutedRequest;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.core.local.BatchLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where to place a request, and which queued one is next. Thread-safe: one lock, held for less than a microsecond in most
 * calls; for a pass over the instances where no soft room is left; for a millisecond or so in {@link #publish},
 * {@link #groups} and {@link #flows}. No clock, no threads.
 *
 * <p>An instance has room for a request if the shares of {@link BatchLimits} add up under the tier with the tightest ITL
 * SLO that would then run. An interactive request goes to the least load in work among the instances with soft room and
 * little queued prefill (interactive ones, then mixed ones, those with batch work only last); else to where the fewest
 * evictions of batch work make soft room; else up to the hard limit, the least filled first; else, or while others wait
 * there, into the overflow queue, first come first served. It pushes batch work off until the interactive soft limit fits. A batch request is placed at
 * once only if no other that the instance may take waits; else it is queued, earliest deadline first.
 *
 * <p>An evicted request keeps its place by time: its deadline, or, once it has started, the time by which it must go on to
 * keep its mean ITL. Until that is near it is kept for its old instance, which has its KV cache. One that was evicted
 * as often as allowed is taken by a mixed instance only up to half of the interactive soft limit there (at least one), since
 * interactive work cannot take that room back; a batch instance takes it like any other.
 *
 * <p>A host asks {@link #next} of every instance that may have room: after a request ended or left, after {@link #failed},
 * after a new table, and now and then. While interactive requests overflow, only batch instances get batch work.
 *
 * <p>In context: docs/rules.md, Where a request goes.
 */
public final class Router implements RequestRouter {
    /** Guards the queue, the instances and the books. */
    private final Object lock = new Object();

    private final RouterConfig config;
    private final Tiers tiers;
    private final BatchQueue batch;
    private final Instances instances;
    private final Requests requests;

    /**
     * A router without instances.
     *
     * @param tiers the fleet's tiers, in the order of the published tables; names differ
     * @param config its settings
     */
    public Router(List<SloTier> tiers, RouterConfig config) {
        this.tiers = new Tiers(tiers);
        this.config = Objects.requireNonNull(config, "router.config");
        batch = new BatchQueue(this.tiers, config);
        instances = new Instances(this.tiers, config, batch);
        requests = new Requests(this.tiers, config, batch, instances);
    }

    /**
     * Replaces what is known of instances, limits and costs, at once. What is in flight stays known; an instance that is not
     * listed takes no work, and its requests are tracked until they end. Of rows with the same id the last counts.
     *
     * @throws IllegalArgumentException if the table was made for another number of tiers
     */
    public void publish(RoutingTable table) {
        Checks.inRange("table.costs.size", table.costs().size(), tiers.count(), tiers.count());
        for (RoutingTable.Row row : table.rows()) {
            Checks.inRange("row.limits.tiers", row.limits().tiers(), tiers.count(), tiers.count());
        }
        synchronized (lock) {
            requests.publish(table);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the tier is not one of the fleet's, or a request with this id is queued or placed
     */
    @Override
    public Placement offer(RoutedRequest request, Instant now) {
        Objects.requireNonNull(now, "now");
        int tier = tiers.index(request.tier());
        if (tier == Tiers.UNKNOWN) {
            throw Checks.outOfRange("request.tier", "\"" + request.tier() + "\"", "the tiers of the fleet");
        }
        synchronized (lock) {
            if (requests.get(request.id()) != null) {
                throw Checks.outOfRange("request.id", "\"" + request.id() + "\"", "an id that is not queued or placed");
            }
            Tracked offered = requests.arrived(request, tier, now);
            return tiers.interactive(tier) ? placeInteractive(offered, now) : placeBatch(offered, now);
        }
    }

    @Override
    public @Nullable RoutedRequest next(String instance, Instant now) {
        Objects.requireNonNull(now, "now");
        synchronized (lock) {
            if (requests.waiting() == 0) {
                return null;
            }
            InFlight at = instances.get(instance);
            Tracked next = at == null ? null : nextFor(at, now);
            if (at == null || next == null) {
                return null;
            }
            requests.dispatch(next, at, now);
            return next.request;
        }
    }

    @Override
    public void firstToken(String requestId, Instant now) {
        Objects.requireNonNull(now, "now");
        synchronized (lock) {
            Tracked request = requests.get(requestId);
            if (request != null) {
                requests.produced(request, (int) Math.max(1, request.producedTokens()), now);
            }
        }
    }

    @Override
    public void progress(String requestId, long outputTokens, Instant now) {
        Objects.requireNonNull(now, "now");
        synchronized (lock) {
            Tracked request = requests.get(requestId);
            if (request != null && outputTokens > 0) {
                requests.produced(request, (int) Math.min(Integer.MAX_VALUE, outputTokens), now);
            }
        }
    }

    /**
     * {@inheritDoc} It may be queued if it was evicted in the meantime.
     *
     * @param outputTokens all its output tokens; a request that ended without any is not counted as completed
     */
    @Override
    public void finished(String requestId, long outputTokens, Instant now) {
        synchronized (lock) {
            Tracked request = requests.get(requestId);
            if (request != null) {
                requests.completed(request, outputTokens);
                requests.forget(request);
            }
        }
    }

    @Override
    public void cancelled(String requestId, Instant now) {
        synchronized (lock) {
            Tracked request = requests.get(requestId);
            if (request != null) {
                requests.forget(request);
            }
        }
    }

    /** {@inheritDoc} The instance takes no work until the next table is published. */
    @Override
    public List<RoutedRequest> failed(String instance, Instant now) {
        Objects.requireNonNull(now, "now");
        synchronized (lock) {
            InFlight at = instances.get(instance);
            return at == null ? List.of() : requests.failed(at, now);
        }
    }

    /** {@inheritDoc} Requests that were evicted as often as allowed stay; those evicted least go first. */
    @Override
    public List<String> evict(String instance, String tier, int count, Instant now) {
        Objects.requireNonNull(now, "now");
        int index = tiers.index(tier);
        synchronized (lock) {
            InFlight at = instances.get(instance);
            if (at == null || index == Tiers.UNKNOWN) {
                return List.of();
            }
            return requests.evict(at, instances.victims(at, index, count), now);
        }
    }

    @Override
    public List<TierFlow> flows(Instant now) {
        Objects.requireNonNull(now, "now");
        List<TierFlow> flows = new ArrayList<>();
        synchronized (lock) {
            for (int tier = 0; tier < tiers.count(); tier++) {
                flows.add(requests.flow(tier, now));
            }
        }
        return flows;
    }

    @Override
    public List<RequestGroup> groups(Instant now) {
        Objects.requireNonNull(now, "now");
        synchronized (lock) {
            return batch.groups(now);
        }
    }

    /** Requests in flight on an instance: placed and not ended. */
    public int inFlight(String instance) {
        synchronized (lock) {
            InFlight at = instances.get(instance);
            return at == null ? 0 : at.size();
        }
    }

    /** Requests of a tier in flight on an instance. */
    public int inFlight(String instance, String tier) {
        int index = tiers.index(tier);
        synchronized (lock) {
            InFlight at = instances.get(instance);
            return at == null || index == Tiers.UNKNOWN ? 0 : at.counts[index];
        }
    }

    /** Requests that wait, of all tiers. */
    public long queued() {
        synchronized (lock) {
            return requests.waiting();
        }
    }

    private Placement placeInteractive(Tracked request, Instant now) {
        int tier = request.tier;
        if (requests.overflowHead() != null) {
            // Room that came since is theirs who wait for it.
            requests.enqueue(request, now);
            return Placement.OVERFLOW;
        }
        InFlight at = instances.withSoftRoom(tier, Instances.MIXED_WITH_BATCH);
        if (at != null) {
            requests.start(request, at);
            return at.placement;
        }
        if (config.evictionEnabled()) {
            at = instances.withFewestVictims(tier, true);
        }
        if (at == null) {
            at = instances.leastFilled(tier);
        }
        if (at == null && config.evictionEnabled()) {
            at = instances.withFewestVictims(tier, false);
        }
        if (at == null) {
            requests.enqueue(request, now);
            return Placement.OVERFLOW;
        }
        // The interactive limit applies in the same instant.
        List<Tracked> victims = config.evictionEnabled() ? instances.victimsForSoftRoom(at, tier) : List.of();
        List<String> evicted = requests.evict(at, victims, now);
        requests.start(request, at);
        return evicted.isEmpty() ? at.placement : new Placement(at.id, evicted, false);
    }

    private Placement placeBatch(Tracked request, Instant now) {
        InFlight at = null;
        if (!batch.hasOpen(now)) {
            at = instances.withSoftRoom(
                    request.tier, requests.overflowHead() == null ? Instances.MIXED : Instances.OWN);
        }
        if (at == null) {
            requests.enqueue(request, now);
            return Placement.QUEUED;
        }
        requests.start(request, at);
        return at.placement;
    }

    private @Nullable Tracked nextFor(InFlight at, Instant now) {
        Tracked head = requests.overflowHead();
        if (head != null && at.takes(RequestClass.INTERACTIVE)) {
            return instances.admits(at, head.tier) ? head : null;
        }
        Tracked fresh = batch.head(BatchQueue.FRESH, at, now);
        Tracked worn = batch.head(BatchQueue.WORN, at, now);
        if (worn != null && !instances.takesWorn(at, worn.tier)) {
            worn = null;
        }
        Tracked next = batch.earlier(fresh, worn);
        return next != null && instances.takesBatch(at, next) ? next : null;
    }
}
