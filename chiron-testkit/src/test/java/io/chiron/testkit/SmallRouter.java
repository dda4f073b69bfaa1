package io.chiron.testkit;

import io.chiron.api.ArrivalBins;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.Placement;
import io.chiron.api.RequestGroup;
import io.chiron.api.RequestRouter;
import io.chiron.api.RoutedRequest;
import io.chiron.api.TierFlow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The smallest router that keeps the contract: one list, one lock, no evictions of its own. Or with one bug. */
final class SmallRouter implements RequestRouter {
    private static final class Entry {
        final RoutedRequest request;
        final boolean interactive;
        String at;
        boolean produced;

        Entry(RoutedRequest request) {
            this.request = request;
            interactive = request.tier().equals("chat");
        }
    }

    private final SmallHost.Bug bug;
    private final int limit;
    private final Map<String, Integer> inFlight = new LinkedHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, LengthMoments> completed = new HashMap<>();

    SmallRouter(List<String> instances, int limit, SmallHost.Bug bug) {
        instances.forEach(id -> inFlight.put(id, 0));
        this.limit = limit;
        this.bug = bug;
    }

    @Override
    public synchronized Placement offer(RoutedRequest request, Instant now) {
        Entry entry = new Entry(request);
        entries.put(request.id(), entry);
        for (String id : inFlight.keySet()) {
            if (inFlight.get(id) < limit) {
                place(entry, id, 1);
                return Placement.on(id);
            }
        }
        return entry.interactive ? Placement.OVERFLOW : Placement.QUEUED;
    }

    private void place(Entry entry, String instance, int count) {
        entry.at = instance;
        inFlight.merge(instance, count, Integer::sum);
    }

    @Override
    public synchronized RoutedRequest next(String instance, Instant now) {
        if (inFlight.getOrDefault(instance, limit) >= limit) {
            return null;
        }
        Entry next = entries.values().stream()
                .filter(each -> each.at == null)
                .min(Comparator.comparing((Entry each) -> !each.interactive)
                        .thenComparing(each -> each.interactive ? each.request.arrival() : each.request.deadline()))
                .orElse(null);
        if (next == null) {
            return null;
        }
        place(next, instance, bug == SmallHost.Bug.COUNTS_TWICE ? 2 : 1);
        return next.request;
    }

    @Override
    public synchronized void firstToken(String requestId, Instant now) {
        progress(requestId, 1, now);
    }

    @Override
    public synchronized void progress(String requestId, long outputTokens, Instant now) {
        Entry entry = entries.get(requestId);
        if (entry != null) {
            entry.produced = true;
        }
    }

    @Override
    public synchronized void finished(String requestId, long outputTokens, Instant now) {
        Entry entry = forget(requestId);
        if (entry != null) {
            String tier = entry.request.tier();
            completed.put(
                    tier,
                    completed.getOrDefault(tier, LengthMoments.ZERO).plus(entry.request.promptTokens(), outputTokens));
        }
    }

    @Override
    public synchronized void cancelled(String requestId, Instant now) {
        forget(requestId);
    }

    private Entry forget(String requestId) {
        Entry entry = entries.remove(requestId);
        if (entry != null && entry.at != null) {
            inFlight.computeIfPresent(entry.at, (id, count) -> count - 1);
        }
        return entry;
    }

    @Override
    public synchronized List<RoutedRequest> failed(String instance, Instant now) {
        List<RoutedRequest> back = new ArrayList<>();
        for (Entry entry : List.copyOf(entries.values())) {
            if (instance.equals(entry.at)) {
                entry.at = null;
                if (entry.interactive) {
                    entries.remove(entry.request.id());
                    back.add(entry.request);
                }
            }
        }
        inFlight.remove(instance);
        return back;
    }

    @Override
    public synchronized List<String> evict(String instance, String tier, int count, Instant now) {
        List<String> ids = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (instance.equals(entry.at)
                    && !entry.interactive
                    && entry.request.tier().equals(tier)
                    && ids.size() < count) {
                entry.at = null;
                inFlight.merge(instance, -1, Integer::sum);
                ids.add(entry.request.id());
            }
        }
        return ids;
    }

    @Override
    public synchronized List<TierFlow> flows(Instant now) {
        List<TierFlow> flows = new ArrayList<>();
        for (String tier : List.of("chat", "jobs")) {
            List<Entry> own = entries.values().stream()
                    .filter(each -> each.request.tier().equals(tier))
                    .toList();
            double[] running = new double[LengthHistogram.BINS];
            running[0] = own.stream()
                    .filter(each -> each.at != null && each.produced)
                    .count();
            long waiting = own.stream().filter(each -> each.at == null).count();
            flows.add(new TierFlow(
                    tier,
                    now,
                    ArrivalBins.none(now),
                    waiting,
                    waiting,
                    0,
                    completed.getOrDefault(tier, LengthMoments.ZERO),
                    LengthHistogram.EMPTY,
                    LengthHistogram.of(running),
                    List.of()));
        }
        return flows;
    }

    @Override
    public synchronized List<RequestGroup> groups(Instant now) {
        return entries.values().stream()
                .filter(each -> each.at == null && !each.interactive)
                .map(each -> each.request)
                .map(each -> new RequestGroup(each.tier(), 1, each.deadline(), each.arrival(), 1, 0))
                .sorted(Comparator.comparing(RequestGroup::deadline))
                .toList();
    }
}
