package io.chiron.testkit;

import io.chiron.api.Placement;
import io.chiron.api.RequestGroup;
import io.chiron.api.RequestRouter;
import io.chiron.api.RoutedRequest;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes a router through a script and a model of it along. One rule is judged; where another one is broken first, the
 * model is no longer true and the script ends without a verdict: the property of that rule will say so.
 */
final class RouterScript {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** The rules of {@link RouterContract} that scripts judge. */
    enum Rule {
        R1,
        R2,
        R3,
        R4,
        R5,
        R6,
        R7,
        R8,
        R9,
        R10
    }

    /** What a step does. */
    enum Kind {
        OFFER_BATCH,
        OFFER_INTERACTIVE,
        NEXT,
        FINISH,
        FINISH_TWICE,
        CANCEL,
        PROGRESS,
        EVICT,
        FAIL,
        UNKNOWN
    }

    /** A step; what {@code which} and {@code amount} choose depends on the kind. [0, 99] each. */
    record Step(Kind kind, int which, int amount) {}

    private static final class Ended extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static final class Life {
        final RoutedRequest request;
        final boolean interactive;

        @Nullable
        String at;

        boolean produced;
        /** Was on an instance before it came to wait again. */
        boolean moved;

        Life(RoutedRequest request, boolean interactive) {
            this.request = request;
            this.interactive = interactive;
        }
    }

    private final RequestRouter router;
    private final List<String> instances;
    private final Set<String> dead = new HashSet<>();
    private final int limit;
    private final Rule judged;
    /** In order of their offers. */
    private final Map<String, Life> lives = new LinkedHashMap<>();

    private final Map<String, Integer> finished = new LinkedHashMap<>();
    private Instant now = START;
    private int offered;

    RouterScript(RequestRouter router, List<String> instances, int limit, Rule judged) {
        this.router = router;
        this.instances = instances;
        this.limit = limit;
        this.judged = judged;
        RouterContract.TIERS.forEach(tier -> finished.put(tier.name(), 0));
    }

    void run(List<Step> script) {
        try {
            for (Step step : script) {
                now = now.plusMillis(100);
                take(step);
                checkCounts();
            }
            drain();
        } catch (Ended other) {
            // Another rule is broken, and reported by its own property.
        }
    }

    private void take(Step step) {
        String instance = instances.get(step.which % instances.size());
        switch (step.kind) {
            case OFFER_BATCH -> offer(1, step.amount);
            case OFFER_INTERACTIVE -> offer(0, step.amount);
            case NEXT -> next(instance);
            case FINISH -> finish(nth(step.which, true), false);
            case FINISH_TWICE -> finish(nth(step.which, true), true);
            case CANCEL -> cancel(nth(step.which, false));
            case PROGRESS -> progress(nth(step.which, true), 1 + step.amount);
            case EVICT -> evict(instance, 1 + step.amount % 3);
            case FAIL -> fail(instance, step.amount);
            case UNKNOWN -> unknown();
        }
    }

    private void offer(int tierIndex, int deadline) {
        SloTier tier = RouterContract.TIERS.get(tierIndex);
        RoutedRequest request =
                new RoutedRequest("r" + offered++, tier.name(), 100, now, now.plusSeconds(10 + 30L * deadline));
        Life life = new Life(request, tier.interactive());
        lives.put(request.id(), life);
        // Room that came since is theirs who wait for it.
        boolean others = lives.values().stream().anyMatch(each -> each != life && each.interactive && each.at == null);
        boolean room = !others && instances.stream().anyMatch(this::hasRoom);
        Placement placement = router.offer(request, now);
        evicted(placement.instance(), placement.evicted());
        if (placement.instance() != null) {
            check(Rule.R1, instances.contains(placement.instance()), request, "was placed on " + placement.instance());
            check(Rule.R8, !dead.contains(placement.instance()), request, "was placed on an instance that is dead");
            life.at = placement.instance();
        } else {
            check(Rule.R3, !life.interactive || !room, request, "was queued although an instance has room");
        }
        for (String each : instances) {
            check(Rule.R2, count(each) <= limit, request, "makes " + count(each) + " on " + each);
        }
    }

    private @Nullable RoutedRequest next(String instance) {
        boolean room = hasRoom(instance);
        RoutedRequest next = router.next(instance, now);
        if (next == null) {
            for (Life life : lives.values()) {
                boolean left = life.at == null && room && (life.interactive || !life.moved);
                check(Rule.R3, !left, life.request, "waits although " + instance + " has room");
            }
            return null;
        }
        Life life = lives.get(next.id());
        check(Rule.R1, life != null && life.at == null, next, "was given to " + instance + " and was not waiting");
        Life given = Objects.requireNonNull(life);
        check(Rule.R8, !dead.contains(instance), next, "was given to an instance that is dead");
        for (Life other : lives.values()) {
            if (other == given || other.at != null) {
                continue;
            }
            boolean late = !given.interactive && other.interactive;
            boolean overtaken = given.interactive
                    && other.interactive
                    && other.request.arrival().isBefore(next.arrival());
            check(Rule.R6, !late && !overtaken, next, "left the queue before " + other.request);
            boolean earlier = !given.interactive
                    && !given.moved
                    && !other.interactive
                    && !other.moved
                    && other.request.deadline().isBefore(next.deadline());
            check(Rule.R5, !earlier, next, "left the queue before " + other.request);
        }
        given.at = instance;
        check(Rule.R2, count(instance) <= limit, next, "makes " + count(instance) + " on " + instance);
        return next;
    }

    private void finish(@Nullable Life life, boolean twice) {
        if (life == null) {
            return;
        }
        for (int i = 0; i < (twice ? 2 : 1); i++) {
            router.finished(life.request.id(), 50, now);
        }
        lives.remove(life.request.id());
        finished.merge(life.request.tier(), 1, Integer::sum);
    }

    private void cancel(@Nullable Life life) {
        if (life != null) {
            router.cancelled(life.request.id(), now);
            router.cancelled(life.request.id(), now);
            lives.remove(life.request.id());
        }
    }

    private void progress(@Nullable Life life, int tokens) {
        if (life != null) {
            router.firstToken(life.request.id(), now);
            router.progress(life.request.id(), tokens, now);
            life.produced = true;
        }
    }

    private void evict(String instance, int count) {
        List<String> ids = router.evict(instance, "jobs", count, now);
        check(Rule.R7, ids.size() <= count, ids, "are more than " + count);
        evicted(instance, ids);
        check(Rule.R7, router.evict(instance, "chat", count, now).isEmpty(), instance, "gave up interactive work");
    }

    private void evicted(@Nullable String instance, List<String> ids) {
        for (String id : ids) {
            Life life = lives.get(id);
            boolean there = life != null && !life.interactive && life.at != null && life.at.equals(instance);
            check(Rule.R7, there, id, "was evicted and is not batch work on " + instance);
            Life victim = Objects.requireNonNull(life);
            victim.at = null;
            victim.moved = true;
        }
    }

    private void fail(String instance, int amount) {
        if (amount > 20) {
            // Instances die now and then only, else there is nothing to see.
            return;
        }
        Set<String> expected = new HashSet<>();
        for (Life life : lives.values()) {
            if (instance.equals(life.at) && life.interactive) {
                expected.add(life.request.id());
            }
        }
        Set<String> returned = new HashSet<>();
        router.failed(instance, now).forEach(each -> returned.add(each.id()));
        check(Rule.R8, returned.equals(expected), returned, "came back, of " + expected);
        returned.forEach(lives::remove);
        for (Life life : lives.values()) {
            if (instance.equals(life.at)) {
                life.at = null;
                life.moved = true;
            }
        }
        dead.add(instance);
    }

    private void unknown() {
        router.firstToken("nobody", now);
        router.progress("nobody", 5, now);
        router.finished("nobody", 5, now);
        router.cancelled("nobody", now);
        check(Rule.R4, router.next("nowhere", now) == null, "nowhere", "was given work");
        check(Rule.R4, router.failed("nowhere", now).isEmpty(), "nowhere", "gave work back");
        check(Rule.R4, router.evict("nowhere", "jobs", 1, now).isEmpty(), "nowhere", "gave work up");
    }

    /** What the router says of itself. */
    private void checkCounts() {
        List<TierFlow> flows = router.flows(now);
        check(Rule.R9, flows.size() == RouterContract.TIERS.size(), flows, "are not one per tier");
        for (TierFlow flow : flows) {
            long waiting = 0;
            long running = 0;
            for (Life life : lives.values()) {
                boolean own = life.request.tier().equals(flow.tier());
                waiting += own && life.at == null ? 1 : 0;
                running += own && life.at != null && life.produced ? 1 : 0;
            }
            check(Rule.R9, flow.waitingRequests() == waiting, flow.waitingRequests(), "wait, not " + waiting);
            double runs = flow.runningOutputs().total();
            check(Rule.R9, runs == running, runs, "have produced and run, not " + running);
            double completed = flow.completed().count();
            check(Rule.R9, completed == finished.getOrDefault(flow.tier(), 0), completed, "completed of " + finished);
        }
        checkGroups();
    }

    private void checkGroups() {
        long waiting = 0;
        @Nullable Instant earliest = null;
        for (Life life : lives.values()) {
            if (life.at == null && !life.interactive) {
                waiting++;
                // One that has started has met its deadline; when it must go on is the router's to say.
                Instant deadline = life.produced ? Instant.MAX : life.request.deadline();
                earliest = earliest == null || deadline.isBefore(earliest) ? deadline : earliest;
            }
        }
        List<RequestGroup> groups = router.groups(now);
        long grouped = groups.stream().mapToLong(RequestGroup::count).sum();
        check(Rule.R10, grouped == waiting, grouped, "are in groups, of " + waiting);
        List<Instant> deadlines = groups.stream().map(RequestGroup::deadline).toList();
        check(Rule.R10, deadlines.equals(deadlines.stream().sorted().toList()), deadlines, "are not in order");
        boolean promised = earliest == null || !deadlines.get(0).isAfter(earliest);
        check(Rule.R10, promised, deadlines, "begin later than the earliest deadline, " + earliest);
    }

    /** Ends everything, then fills the instances anew: what is counted twice or forgotten shows. */
    private void drain() {
        if (dead.size() == instances.size()) {
            return;
        }
        now = now.plusSeconds(100_000);
        for (int round = 0; round < 10_000 && !lives.isEmpty(); round++) {
            for (String instance : instances) {
                while (!dead.contains(instance) && next(instance) != null) {
                    // next() keeps the books.
                }
            }
            finish(nth(0, true), false);
        }
        check(Rule.R4, lives.isEmpty(), lives.keySet(), "never end");
        checkCounts();
        int room = limit * (instances.size() - dead.size());
        for (int i = 0; i < room; i++) {
            RoutedRequest request = new RoutedRequest("last" + i, "chat", 1, now, now.plusSeconds(10));
            boolean placed = router.offer(request, now).placed();
            check(Rule.R4, placed, i + 1, "of " + room + " do not fit on instances where everything has ended");
        }
    }

    private @Nullable Life nth(int n, boolean placed) {
        List<Life> some = lives.values().stream()
                .filter(life -> !placed || life.at != null)
                .sorted(Comparator.comparing(life -> life.request.arrival()))
                .toList();
        return some.isEmpty() ? null : some.get(n % some.size());
    }

    private boolean hasRoom(String instance) {
        return !dead.contains(instance) && count(instance) < limit;
    }

    private int count(String instance) {
        int count = 0;
        for (Life life : lives.values()) {
            count += instance.equals(life.at) ? 1 : 0;
        }
        return count;
    }

    private void check(Rule rule, boolean kept, Object what, String wrong) {
        if (!kept && rule == judged) {
            throw new AssertionError(rule + ": " + what + " " + wrong);
        } else if (!kept) {
            throw new Ended();
        }
    }
}
