package io.chiron.core.routing;

import io.chiron.api.Pool;
import io.chiron.api.RequestClass;
import io.chiron.api.RoutedRequest;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.core.local.BatchLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Where every request is, kept by following the router's answers: lists and loops, no index, no cache. */
final class RouterModel {
    static final List<SloTier> TIERS = List.of(
            tier("chat", RequestClass.INTERACTIVE, 10, 200),
            tier("batch", RequestClass.BATCH, 3600, 2000),
            tier("fast", RequestClass.INTERACTIVE, 1, 50),
            tier("bulk", RequestClass.BATCH, 600, 100));
    /** Indexes of TIERS, tightest ITL first. */
    static final int[] TIGHTEST = {2, 3, 0, 1};

    private static final int FAST = 2;

    final RouterConfig config;
    final Map<String, Entry> live = new LinkedHashMap<>();
    final List<Entry> ended = new ArrayList<>();
    final Map<String, RoutingTable.Row> rows = new LinkedHashMap<>();
    final TreeSet<String> instances = new TreeSet<>();
    final TreeSet<String> failed = new TreeSet<>();
    List<RoutingTable.TierCost> costs = List.of();
    private long placements;

    RouterModel(RouterConfig config) {
        this.config = config;
    }

    /** One request. */
    static final class Entry {
        final RoutedRequest request;
        final int tier;
        final long sequence;
        /** Instance that it is in flight on; empty while it is queued. */
        String on = "";
        /** Instance that keeps its KV cache while it is queued; empty if none does. */
        String home = "";

        Instant firstToken = Instant.MAX;
        long produced;
        int evictions;
        boolean started;
        long placement;
        long prefillTokens;
        double costSeconds;

        Entry(RoutedRequest request, int tier, long sequence) {
            this.request = request;
            this.tier = tier;
            this.sequence = sequence;
        }

        boolean interactive() {
            return TIERS.get(tier).interactive();
        }

        boolean queued() {
            return on.isEmpty();
        }

        Instant due() {
            return firstToken.equals(Instant.MAX)
                    ? request.deadline()
                    : firstToken.plus(TIERS.get(tier).slo().itl().multipliedBy(Math.max(1, produced)));
        }

        Instant groupDue() {
            return due().isAfter(request.deadline()) ? due() : request.deadline();
        }

        long tokensToPrefill(String at) {
            if (produced == 0) {
                return request.promptTokens();
            }
            return !home.isEmpty() && home.equals(at) ? 0 : request.promptTokens() + produced;
        }
    }

    void publish(RoutingTable table) {
        rows.clear();
        failed.clear();
        costs = table.costs();
        for (RoutingTable.Row row : table.rows()) {
            rows.put(row.instance(), row);
            instances.add(row.instance());
        }
        loseHomes();
    }

    void place(Entry entry, String at) {
        entry.prefillTokens = entry.tokensToPrefill(at);
        RoutingTable.TierCost cost = costs.get(entry.tier);
        entry.costSeconds = cost.secondsPerPromptToken() * entry.prefillTokens + cost.secondsPerRequest();
        entry.placement = placements++;
        entry.on = at;
        entry.home = "";
        entry.started = true;
    }

    void evict(Entry entry) {
        entry.home = takes(entry.on, RequestClass.BATCH) ? entry.on : "";
        entry.on = "";
        entry.evictions++;
        entry.prefillTokens = 0;
    }

    void end(Entry entry) {
        live.remove(entry.request.id());
        ended.add(entry);
    }

    void fail(String at) {
        failed.add(at);
        for (Entry entry : flight(at)) {
            entry.on = "";
            entry.prefillTokens = 0;
            if (entry.interactive()) {
                end(entry);
            }
        }
        loseHomes();
    }

    private void loseHomes() {
        for (Entry entry : live.values()) {
            entry.home = takes(entry.home, RequestClass.BATCH) ? entry.home : "";
        }
    }

    boolean takes(String at, RequestClass requestClass) {
        RoutingTable.Row row = rows.get(at);
        return row != null
                && row.accepting()
                && !failed.contains(at)
                && row.pool().serves(requestClass);
    }

    List<Entry> flight(String at) {
        List<Entry> there = new ArrayList<>();
        for (Entry entry : live.values()) {
            if (!at.isEmpty() && entry.on.equals(at)) {
                there.add(entry);
            }
        }
        there.sort(Comparator.comparingLong(entry -> entry.placement));
        return there;
    }

    List<Entry> queuedOf(boolean interactive) {
        List<Entry> queued = new ArrayList<>();
        for (Entry entry : live.values()) {
            if (entry.queued() && entry.interactive() == interactive) {
                queued.add(entry);
            }
        }
        queued.sort(Comparator.<Entry, Instant>comparing(entry -> interactive ? entry.request.arrival() : entry.due())
                .thenComparing(entry -> entry.sequence));
        return queued;
    }

    /** Share of a limit that these requests take together, under the tightest ITL among them. */
    double share(RoutingTable.Row row, List<Entry> there, boolean soft) {
        int[] counts = new int[TIERS.size()];
        for (Entry entry : there) {
            counts[entry.tier]++;
        }
        for (int binding : TIGHTEST) {
            if (counts[binding] > 0) {
                double sum = 0;
                for (int tier = 0; tier < counts.length; tier++) {
                    BatchLimits limits = row.limits();
                    sum += (double) counts[tier] / (soft ? limits.soft(binding, tier) : limits.hard(binding, tier));
                }
                return sum;
            }
        }
        return 0;
    }

    boolean fits(String at, List<Entry> there, boolean soft) {
        return share(rows.get(at), there, soft) <= 1 + 1e-9;
    }

    static List<Entry> with(List<Entry> there, Entry newcomer) {
        List<Entry> all = new ArrayList<>(there);
        all.add(newcomer);
        return all;
    }

    boolean guarded(String at) {
        long tokens = 0;
        for (Entry entry : flight(at)) {
            tokens += entry.prefillTokens;
        }
        return tokens > rows.get(at).prefillGuardTokens();
    }

    double load(String at) {
        double seconds = 0;
        for (Entry entry : flight(at)) {
            seconds += Math.max(1e-6, entry.costSeconds);
        }
        return seconds;
    }

    boolean hasSoftRoom(String at, Entry newcomer) {
        return takes(at, TIERS.get(newcomer.tier).requestClass())
                && fits(at, with(flight(at), newcomer), true)
                && !(newcomer.interactive() && guarded(at));
    }

    /** 0 for the pool of its own class, 1 for mixed, 2 for mixed with batch work only. */
    int rank(String at) {
        List<Entry> there = flight(at);
        boolean batchOnly = !there.isEmpty() && there.stream().noneMatch(Entry::interactive);
        return rows.get(at).pool() != Pool.MIXED ? 0 : batchOnly ? 2 : 1;
    }

    boolean worn(Entry entry) {
        return !config.evictionEnabled() || entry.evictions >= config.maxEvictionsPerRequest();
    }

    /** Batch requests in flight that may be evicted, best victim first. */
    List<Entry> victims(String at) {
        List<Entry> victims = flight(at);
        victims.removeIf(entry -> entry.interactive() || entry.evictions >= config.maxEvictionsPerRequest());
        victims.sort(Comparator.<Entry>comparingInt(entry -> entry.evictions)
                .thenComparing(entry -> entry.request.deadline(), Comparator.reverseOrder())
                .thenComparing(entry -> -entry.placement));
        return victims;
    }

    /** Evictions that make room for a request; -1 if no number does. */
    int victimsNeeded(String at, Entry newcomer, boolean soft) {
        List<Entry> there = with(flight(at), newcomer);
        int count = 0;
        for (Entry victim : victims(at)) {
            if (fits(at, there, soft)) {
                return count;
            }
            there.remove(victim);
            count++;
        }
        return fits(at, there, soft) ? count : -1;
    }

    boolean wornRoom(String at, Entry entry) {
        RoutingTable.Row row = rows.get(at);
        if (row == null) {
            return false;
        }
        double share = 1.0 / row.limits().soft(FAST, entry.tier);
        int count = 0;
        for (Entry other : flight(at)) {
            if (!other.interactive() && worn(other)) {
                share += 1.0 / row.limits().soft(FAST, other.tier);
                count++;
            }
        }
        return row.pool() != Pool.MIXED || count == 0 || share <= 0.5 + 1e-9;
    }

    /** Queued batch requests that the instance may take, earliest first. */
    List<Entry> available(String at, Instant now) {
        List<Entry> available = queuedOf(false);
        Duration homeWait = Duration.ofMillis(Math.round(config.homeWaitSeconds() * 1000));
        available.removeIf(entry -> !entry.home.isEmpty()
                && !entry.home.equals(at)
                && now.isBefore(entry.due().minus(homeWait)));
        // The first worn one decides for all worn ones.
        List<Entry> worn = new ArrayList<>(available);
        worn.removeIf(entry -> !worn(entry));
        if (!worn.isEmpty() && !wornRoom(at, worn.get(0))) {
            available.removeAll(worn);
        }
        return available;
    }

    private static SloTier tier(String name, RequestClass requestClass, int ttftSeconds, int itlMillis) {
        return new SloTier(name, requestClass, new Slo(Duration.ofSeconds(ttftSeconds), Duration.ofMillis(itlMillis)));
    }
}
