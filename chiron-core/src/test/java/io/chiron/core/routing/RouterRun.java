package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chiron.api.Placement;
import io.chiron.api.Pool;
import io.chiron.api.RoutedRequest;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.routing.RouterModel.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Drives a router and its model through the same steps; the laws look at each answer before the model takes it over. */
final class RouterRun {
    static final Instant START = Instant.parse("2026-03-01T12:00:00.1Z");

    /** One step: what happens, and two numbers that say to whom. */
    record Step(Kind kind, int a, int b) {}

    enum Kind {
        OFFER_INTERACTIVE,
        OFFER_BATCH,
        NEXT,
        FIRST_TOKEN,
        PROGRESS,
        FINISHED,
        CANCELLED,
        FAILED,
        EVICT,
        PUBLISH
    }

    final RouterModel model;
    final Router router;
    final RouterLaws laws;
    Instant now = START;
    private int ids;

    RouterRun(RouterConfig config, RouterLaws.Law law) {
        model = new RouterModel(config);
        router = new Router(RouterModel.TIERS, config);
        laws = new RouterLaws(this, law);
    }

    static RouterRun through(RouterConfig config, List<Step> steps, RouterLaws.Law law) {
        RouterRun run = new RouterRun(config, law);
        run.publish(7);
        for (Step step : steps) {
            run.take(step);
            run.laws.afterStep();
        }
        return run;
    }

    private void take(Step step) {
        now = now.plusMillis(Math.floorMod(step.b * 37, 1500));
        switch (step.kind) {
            case OFFER_INTERACTIVE -> offer(step.a % 2 == 0 ? 0 : 2, step);
            case OFFER_BATCH -> offer(step.a % 3 == 0 ? 3 : 1, step);
            case NEXT -> next("i" + step.a % 4);
            case PUBLISH -> publish(step.a);
            case FAILED -> fail("i" + step.a % 4);
            case EVICT -> evict("i" + step.a % 4, step.b % 2 == 0 ? 1 : 3, 1 + step.a % 3);
            default -> change(step);
        }
    }

    void offer(int tier, Step step) {
        Duration slack = Duration.ofSeconds(1 + step.b % 40);
        // Some are offered again and came earlier.
        Instant arrival = step.b % 5 == 0 ? now.minusSeconds(step.a % 3) : now;
        RoutedRequest request = new RoutedRequest(
                "r" + ids, RouterModel.TIERS.get(tier).name(), 1 + step.b % 90, arrival, arrival.plus(slack));
        Entry entry = new Entry(request, tier, ids++);
        Placement placement = router.offer(request, now);
        laws.offered(entry, placement);
        model.live.put(request.id(), entry);
        for (String victim : placement.evicted()) {
            model.evict(model.live.get(victim));
        }
        if (placement.placed()) {
            model.place(entry, placement.instance());
        }
    }

    void next(String at) {
        RoutedRequest next = router.next(at, now);
        laws.took(at, next);
        if (next != null) {
            model.place(model.live.get(next.id()), at);
        }
    }

    void fail(String at) {
        List<RoutedRequest> returned = router.failed(at, now);
        laws.failed(at, returned);
        model.fail(at);
    }

    void evict(String at, int tier, int count) {
        List<String> evicted = router.evict(at, RouterModel.TIERS.get(tier).name(), count, now);
        laws.evicted(at, tier, count, evicted);
        for (String id : evicted) {
            model.evict(model.live.get(id));
        }
    }

    private void change(Step step) {
        if (model.live.isEmpty()) {
            return;
        }
        Entry entry = new ArrayList<>(model.live.values()).get(step.a % model.live.size());
        String id = entry.request.id();
        switch (step.kind) {
            case FIRST_TOKEN -> router.firstToken(id, now);
            case PROGRESS -> router.progress(id, step.b, now);
            case FINISHED -> router.finished(id, step.b, now);
            default -> router.cancelled(id, now);
        }
        long tokens = step.kind == Kind.FIRST_TOKEN ? Math.max(1, entry.produced) : step.b;
        if (step.kind == Kind.FINISHED || step.kind == Kind.CANCELLED) {
            laws.ended(entry, step.kind == Kind.FINISHED ? step.b : 0);
            model.end(entry);
        } else if (entry.started && tokens > 0) {
            entry.produced = tokens;
            entry.firstToken = entry.firstToken.equals(Instant.MAX) ? now : entry.firstToken;
            entry.prefillTokens = 0;
        }
    }

    /** A table of one to four instances from a seed. */
    void publish(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<RoutingTable.Row> rows = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            if (seed % 7 != 0 && random.nextInt(6) == 0) {
                continue;
            }
            Pool pool = random.nextInt(2) == 0 ? Pool.MIXED : Pool.values()[random.nextInt(3)];
            double guard = random.nextInt(3) == 0 ? random.nextInt(200) : Double.POSITIVE_INFINITY;
            rows.add(new RoutingTable.Row("i" + i, pool, random.nextInt(8) > 0, limits(random), guard));
        }
        List<RoutingTable.TierCost> costs = new ArrayList<>();
        for (int tier = 0; tier < RouterModel.TIERS.size(); tier++) {
            boolean known = random.nextInt(4) > 0;
            costs.add(new RoutingTable.TierCost(
                    known ? random.nextDouble() * 0.01 : 0,
                    known ? random.nextDouble() : 0,
                    known ? random.nextDouble() : Double.NaN));
        }
        RoutingTable table = new RoutingTable(rows, costs);
        router.publish(table);
        model.publish(table);
    }

    private static BatchLimits limits(SplittableRandom random) {
        int tiers = RouterModel.TIERS.size();
        int[][] soft = new int[tiers][tiers];
        int[][] hard = new int[tiers][tiers];
        int[] least = new int[tiers];
        for (int binding : RouterModel.TIGHTEST) {
            // A looser SLO allows more, the loosest far more: interactive work has to push batch work off.
            int most = binding == 1 ? 10 : 2;
            for (int k = 0; k < tiers; k++) {
                soft[binding][k] = Math.max(1, least[k] + random.nextInt(most + 1));
                least[k] = soft[binding][k];
                hard[binding][k] = soft[binding][k] + (binding == 1 ? 2 : random.nextInt(3));
            }
        }
        for (int i = 1; i < tiers; i++) {
            for (int k = 0; k < tiers; k++) {
                int tighter = hard[RouterModel.TIGHTEST[i - 1]][k];
                hard[RouterModel.TIGHTEST[i]][k] = Math.max(tighter, hard[RouterModel.TIGHTEST[i]][k]);
            }
        }
        return BatchLimits.of(soft, hard);
    }

    /** Ends everything: what is in flight, then what is still queued. */
    void drain() {
        for (Entry entry : new ArrayList<>(model.live.values())) {
            router.finished(entry.request.id(), 1, now);
            model.end(entry);
        }
    }

    /** Calls about a request that is not known, or is known already. */
    void callInVain() {
        for (Entry entry : model.ended) {
            String id = entry.request.id();
            router.firstToken(id, now);
            router.progress(id, 5, now);
            router.finished(id, 5, now);
            router.cancelled(id, now);
        }
        for (Entry entry : model.live.values()) {
            assertThatIllegalArgumentException().isThrownBy(() -> router.offer(entry.request, now));
        }
        assertThat(router.failed("nowhere", now)).isEmpty();
        assertThat(router.evict("nowhere", "batch", 9, now)).isEmpty();
        assertThat(router.next("nowhere", now)).isNull();
    }
}
