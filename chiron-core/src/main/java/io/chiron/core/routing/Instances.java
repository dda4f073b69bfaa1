package io.chiron.core.routing;

import io.chiron.api.Pool;
import io.chiron.api.RequestClass;
import io.chiron.core.local.BatchLimits;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The instances by id, and the choice among them. Guarded by the router's lock.
 *
 * <p>What a choice looks at is kept in a tournament over the rows of the published table, where what has changed since the
 * last choice is brought up to date, so that a placement takes O(log n) in the number of instances.
 */
final class Instances {
    /** Ranks of an instance for a request, best first: those of its own class before mixed ones. */
    static final int OWN = 0;
    /** Mixed, and an interactive request changes nothing for batch work there. */
    static final int MIXED = 1;
    /** Mixed with batch work only: an interactive request would put it under the interactive limit. */
    static final int MIXED_WITH_BATCH = 2;

    /** Load that makes up for a rank, seconds of work on one instance: more than there ever is. */
    private static final double RANK_SECONDS = 1e6;
    /** Share of the interactive soft limit that batch work which cannot be evicted may take of a mixed instance. */
    private static final double WORN_SHARE = 0.5;

    private final Tiers tiers;
    private final RouterConfig config;
    private final BatchQueue batch;
    private final Map<String, InFlight> byId = new LinkedHashMap<>();
    private final int[] left;

    private InFlight[] rows = new InFlight[0];
    /** By tier: load in work, seconds, plus rank, for the instances with soft room for a newly offered request. */
    private final List<Ranking> scores = new ArrayList<>();
    /** By tier: share of the admission limit with one more interactive request, where that is taken. */
    private final List<Ranking> shares = new ArrayList<>();

    Instances(Tiers tiers, RouterConfig config, BatchQueue batch) {
        this.tiers = tiers;
        this.config = config;
        this.batch = batch;
        left = new int[tiers.count()];
        resize(0);
    }

    @Nullable
    InFlight get(String instance) {
        return byId.get(instance);
    }

    /** Replaces the table; returns the instances that are known from before or now. */
    List<InFlight> publish(List<RoutingTable.Row> table) {
        for (InFlight instance : byId.values()) {
            instance.row = null;
            instance.index = -1;
            instance.failed = false;
        }
        for (RoutingTable.Row row : table) {
            byId.computeIfAbsent(row.instance(), id -> new InFlight(id, tiers)).row = row;
        }
        List<InFlight> listed = new ArrayList<>();
        for (InFlight instance : byId.values()) {
            if (instance.row != null) {
                instance.index = listed.size();
                listed.add(instance);
            }
        }
        rows = listed.toArray(InFlight[]::new);
        resize(rows.length);
        List<InFlight> all = new ArrayList<>(byId.values());
        all.forEach(this::refresh);
        return all;
    }

    /** Takes note of a change of one instance, after it; forgets one that is neither listed nor in use. */
    void refresh(InFlight at) {
        if (at.index < 0) {
            if (at.size() == 0 && !at.hasParked()) {
                byId.remove(at.id);
            }
            return;
        }
        for (int tier = 0; tier < tiers.count(); tier++) {
            scores.get(tier).changed(at.index);
            shares.get(tier).changed(at.index);
        }
    }

    /** The least loaded instance of the best rank that has soft room for a newly offered request, or null. */
    @Nullable
    InFlight withSoftRoom(int tier, int worstRank) {
        MinTree score = scores.get(tier).read();
        return score.least() < (worstRank + 1) * RANK_SECONDS ? rows[score.leastIndex()] : null;
    }

    /** The instance whose admission limit is filled least, or null if none has room for an interactive request. */
    @Nullable
    InFlight leastFilled(int tier) {
        MinTree share = shares.get(tier).read();
        return BatchLimits.fits(share.least()) ? rows[share.leastIndex()] : null;
    }

    /**
     * The instance where the fewest evictions make room for an interactive request, the less loaded one of equals, or null.
     *
     * @param soft whether room is judged by the soft limit and the prefill guard, or by the admission limit alone
     */
    @Nullable
    InFlight withFewestVictims(int tier, boolean soft) {
        InFlight best = null;
        int fewest = Integer.MAX_VALUE;
        for (InFlight at : rows) {
            RoutingTable.Row row = at.row;
            if (row == null
                    || !at.takes(RequestClass.INTERACTIVE)
                    || at.victims.isEmpty()
                    || (soft && guarded(at, row))) {
                continue;
            }
            int victims = victims(at, tier, soft, fewest);
            if (victims >= 0 && (best == null || victims < fewest || at.loadSeconds < best.loadSeconds)) {
                best = at;
                fewest = victims;
            }
        }
        return best;
    }

    /** What to evict so that an interactive request finds soft room, or all that can be evicted if that is not enough. */
    List<Tracked> victimsForSoftRoom(InFlight at, int tier) {
        int count = victims(at, tier, true, Integer.MAX_VALUE);
        return victims(at, Tiers.UNKNOWN, count < 0 ? Integer.MAX_VALUE : count);
    }

    /** Up to {@code most} evictable requests of a tier (of any tier if UNKNOWN), best victim first. */
    List<Tracked> victims(InFlight at, int tier, int most) {
        List<Tracked> victims = new ArrayList<>();
        for (Tracked request : at.victims) {
            if (victims.size() >= most) {
                break;
            }
            if (request.evictions() < config.maxEvictionsPerRequest()
                    && (tier == Tiers.UNKNOWN || request.tier == tier)) {
                victims.add(request);
            }
        }
        return victims;
    }

    /** True if the admission limit leaves room for an interactive request that waits. */
    boolean admits(InFlight at, int tier) {
        return BatchLimits.fits(share(at, tier));
    }

    /** True if the instance may take a batch request that waits: soft room, which interactive work can take back. */
    boolean takesBatch(InFlight at, Tracked request) {
        return takesBatch(at, request.tier, batch.worn(request));
    }

    /** True if a mixed instance may take one more request that cannot be evicted: at least one, then up to a share. */
    boolean takesWorn(InFlight at, int tier) {
        RoutingTable.Row row = at.row;
        int binding = tiers.tightestInteractive();
        if (row == null || !at.mixed() || binding == Tiers.UNKNOWN) {
            return true;
        }
        int count = 0;
        double share = row.limits().softShare(binding, tier);
        for (int k = 0; k < at.worn.length; k++) {
            count += at.worn[k];
            share += at.worn[k] * row.limits().softShare(binding, k);
        }
        return count == 0 || share <= WORN_SHARE;
    }

    /** Load plus rank of an instance for a newly offered request; infinite if it has no soft room. */
    private double score(InFlight at, int tier) {
        RoutingTable.Row row = at.row;
        boolean room;
        int rank;
        if (row == null) {
            return Double.POSITIVE_INFINITY;
        } else if (tiers.interactive(tier)) {
            room = at.takes(RequestClass.INTERACTIVE)
                    && !guarded(at, row)
                    && BatchLimits.fits(tiers.softShare(row.limits(), at.counts, tier));
            boolean batchOnly = at.interactive == 0 && !at.victims.isEmpty();
            rank = row.pool() != Pool.MIXED ? OWN : batchOnly ? MIXED_WITH_BATCH : MIXED;
        } else {
            // What is parked here is due first.
            boolean worn = !config.evictionEnabled() || config.maxEvictionsPerRequest() == 0;
            room = takesBatch(at, tier, worn) && !at.hasParked();
            rank = row.pool() != Pool.MIXED ? OWN : MIXED;
        }
        double load = Math.min(at.loadSeconds, RANK_SECONDS - 1);
        return room
                ? rank * RANK_SECONDS + (config.packing() ? RANK_SECONDS - 1 - load : load)
                : Double.POSITIVE_INFINITY;
    }

    private void resize(int count) {
        scores.clear();
        shares.clear();
        for (int tier = 0; tier < tiers.count(); tier++) {
            int of = tier;
            scores.add(new Ranking(count, at -> score(at, of)));
            shares.add(new Ranking(count, at -> share(at, of)));
        }
    }

    /** Share of the admission limit with one more interactive request; infinite where none is taken. */
    private double share(InFlight at, int tier) {
        RoutingTable.Row row = at.row;
        return row != null && tiers.interactive(tier) && at.takes(RequestClass.INTERACTIVE)
                ? admissionShare(row.limits(), at.counts, tier)
                : Double.POSITIVE_INFINITY;
    }

    private boolean takesBatch(InFlight at, int tier, boolean worn) {
        RoutingTable.Row row = at.row;
        return row != null
                && at.takes(RequestClass.BATCH)
                && BatchLimits.fits(tiers.softShare(row.limits(), at.counts, tier))
                && (!worn || takesWorn(at, tier));
    }

    private static boolean guarded(InFlight at, RoutingTable.Row row) {
        return at.prefillTokens > row.prefillGuardTokens();
    }

    private double admissionShare(BatchLimits limits, int[] counts, int tier) {
        return config.hardAdmission() ? tiers.hardShare(limits, counts, tier) : tiers.softShare(limits, counts, tier);
    }

    /** Evictions until one more request of the tier fits; -1 if there are not enough, or more than {@code most}. */
    private int victims(InFlight at, int tier, boolean soft, int most) {
        RoutingTable.Row row = at.row;
        if (row == null) {
            return -1;
        }
        System.arraycopy(at.counts, 0, left, 0, left.length);
        Iterator<Tracked> victims = at.victims.iterator();
        int count = 0;
        while (!BatchLimits.fits(
                soft ? tiers.softShare(row.limits(), left, tier) : admissionShare(row.limits(), left, tier))) {
            Tracked victim = count < most && victims.hasNext() ? victims.next() : null;
            if (victim == null || batch.worn(victim)) {
                return -1;
            }
            left[victim.tier]--;
            count++;
        }
        return count;
    }

    /** A tournament that is brought up to date when it is read: most changes are to one that is not read before the next. */
    private final class Ranking {
        private final ToDoubleFunction<InFlight> value;
        private final MinTree tree;
        private final boolean[] isChanged;
        private final int[] changed;
        private int changes;

        Ranking(int count, ToDoubleFunction<InFlight> value) {
            this.value = value;
            tree = new MinTree(count);
            isChanged = new boolean[count];
            changed = new int[count];
        }

        void changed(int index) {
            if (!isChanged[index]) {
                isChanged[index] = true;
                changed[changes++] = index;
            }
        }

        MinTree read() {
            for (; changes > 0; changes--) {
                int index = changed[changes - 1];
                isChanged[index] = false;
                tree.set(index, value.applyAsDouble(rows[index]));
            }
            return tree;
        }
    }
}
