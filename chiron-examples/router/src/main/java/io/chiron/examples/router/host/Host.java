package io.chiron.examples.router.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chiron.api.Placement;
import io.chiron.api.RequestGroup;
import io.chiron.api.RoutedRequest;
import io.chiron.api.TierFlow;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.routing.Router;
import io.chiron.core.routing.RouterConfig;
import io.chiron.core.routing.RoutingTable;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of the router and the instances that serve them: asks {@link Router} where each goes, and carries that out.
 * One lock guards both and is never held while anything waits.
 *
 * <p>An accepted batch request is answered once: by the attempt that is its present one when it ends. Attempts that were
 * evicted, or whose instance died, are no longer present, and what they still say is not heard.
 */
final class Host implements Attempt.Listener {
    /** After so many errors of engines on one request it is not the engines. */
    private static final int MAX_FAILURES = 5;
    /** An evicted request does not wait for its old instance, which keeps no KV cache for it. */
    private static final double NO_HOME_SECONDS = 86_400;

    private final RouterSettings settings;
    private final Router router;
    private final Map<String, Instance> instances = new LinkedHashMap<>();
    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final HttpClient client;
    private final Stats stats;
    private @Nullable BatchLimits fixedLimits;
    private Consumer<Instance> onFailure = instance -> {};
    private boolean draining;

    Host(RouterSettings settings, Stats stats) {
        this.settings = settings;
        this.stats = stats;
        fixedLimits = settings.fixedLimits();
        router = new Router(
                settings.tiers(),
                RouterConfig.builder()
                        .homeWaitSeconds(NO_HOME_SECONDS)
                        .hardAdmission(false)
                        .build());
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** @param action told, under the lock, of an instance that failed */
    synchronized void onFailure(Consumer<Instance> action) {
        onFailure = action;
    }

    /** Takes a request, or says why not. */
    synchronized void accept(Job job) {
        if (draining) {
            job.reply.fail(503, "the router is shutting down");
        } else if (router.queued() >= settings.maxQueued()) {
            stats.refused(job.tier);
            job.reply.fail(429, "too many requests wait");
        } else {
            stats.arrived(job.tier);
            jobs.put(job.routed.id(), job);
            offer(job);
        }
    }

    private void offer(Job job) {
        Instant now = Instant.now();
        Placement placement = router.offer(job.routed, now);
        Instance at = placement.instance() == null ? null : instances.get(placement.instance());
        placement.evicted().forEach(this::evicted);
        if (at != null) {
            dispatch(job, at);
        }
    }

    private void dispatch(Job job, Instance at) {
        Attempt attempt = new Attempt(job, at, this);
        job.attempt = attempt;
        at.attempts.add(attempt);
        at.meter.started(job.tier, System.nanoTime());
        attempt.start(client);
    }

    /** Takes a job's attempt away from it; its instance gets room. */
    private @Nullable Attempt detach(Job job) {
        Attempt attempt = job.attempt;
        if (attempt != null) {
            job.attempt = null;
            attempt.instance.attempts.remove(attempt);
            long held = attempt.tokens > 0 ? job.routed.promptTokens() + attempt.tokens : 0;
            attempt.instance.meter.ended(job.tier, held, System.nanoTime());
        }
        return attempt;
    }

    /** A job that the router has queued again: what it produced is lost, since no engine keeps its KV cache. */
    private void evicted(String id) {
        Job job = jobs.get(id);
        Attempt attempt = job == null ? null : detach(job);
        if (job != null && attempt != null) {
            stats.evicted(attempt.tokens);
            attempt.cancel();
            job.reply.restart();
        }
    }

    /** Takes batch requests off an instance, as Chiron wants it. */
    synchronized void evict(String instance, String tier, int count) {
        router.evict(instance, tier, count, Instant.now()).forEach(this::evicted);
    }

    private void pull(Instance at) {
        Instant now = Instant.now();
        RoutedRequest next = router.next(at.id, now);
        while (next != null) {
            Job job = jobs.get(next.id());
            if (job != null) {
                dispatch(job, at);
            }
            next = router.next(at.id, now);
        }
    }

    @Override
    public synchronized void event(Attempt attempt, String data, ObjectNode parsed) {
        Job job = attempt.job;
        if (job.attempt != attempt) {
            return;
        }
        if (parsed.path("choices").path(0).path("finish_reason").isNull()
                || !parsed.path("choices").path(0).has("finish_reason")) {
            token(attempt, job);
        }
        if (!job.reply.event(data, parsed)) {
            detach(job);
            attempt.cancel();
            jobs.remove(job.routed.id());
            router.cancelled(job.routed.id(), Instant.now());
            stats.left(job.tier);
            pull(attempt.instance);
        }
    }

    private void token(Attempt attempt, Job job) {
        long now = System.nanoTime();
        attempt.instance.meter.token(
                job.tier, job.routed.promptTokens(), attempt.tokens == 0 ? -1 : now - attempt.lastNanos);
        if (attempt.tokens++ == 0) {
            attempt.firstNanos = now;
            router.firstToken(job.routed.id(), Instant.now());
        }
        attempt.lastNanos = now;
        stats.token();
    }

    @Override
    public synchronized void ended(Attempt attempt) {
        Job job = attempt.job;
        if (job.attempt != attempt) {
            return;
        }
        detach(job);
        jobs.remove(job.routed.id());
        router.finished(job.routed.id(), attempt.tokens, Instant.now());
        stats.finished(job.tier, settings.tiers().get(job.tier), job.arrivalNanos, attempt);
        job.reply.complete(job.routed.id(), job.chat(), job.routed.promptTokens(), attempt.tokens);
        pull(attempt.instance);
    }

    @Override
    public synchronized void refused(Attempt attempt, int status, String message) {
        Job job = attempt.job;
        if (job.attempt != attempt) {
            return;
        }
        if (status < 500 && status != 429) {
            end(job, status, message);
        } else {
            job.failures++;
            again(job, message);
        }
        pull(attempt.instance);
    }

    @Override
    public synchronized void broken(Attempt attempt, String message, boolean unreachable) {
        Job job = attempt.job;
        if (job.attempt != attempt) {
            return;
        }
        if (unreachable) {
            fail(attempt.instance);
        } else {
            // Its instance may have died, which is noticed in a moment, or only this stream broke.
            job.failures += job.interactive ? 1 : 0;
            again(job, message);
            pull(attempt.instance);
        }
    }

    /** Begins a job anew, unless its client has seen a part of the answer. */
    private void again(Job job, String message) {
        if (job.reply.begun() || job.failures >= MAX_FAILURES) {
            end(job, 502, "the engine failed: " + message);
            return;
        }
        Attempt attempt = detach(job);
        stats.requeued(attempt == null ? 0 : attempt.tokens);
        job.reply.restart();
        router.cancelled(job.routed.id(), Instant.now());
        offer(job);
    }

    private void end(Job job, int status, String message) {
        Attempt attempt = detach(job);
        if (attempt != null) {
            attempt.cancel();
        }
        jobs.remove(job.routed.id());
        router.cancelled(job.routed.id(), Instant.now());
        stats.failed(job.tier);
        job.reply.fail(status, message);
    }

    /** An instance has died: its batch requests are queued again, and so are the interactive ones that have not begun. */
    synchronized void fail(Instance instance) {
        if (instances.get(instance.id) != instance) {
            return;
        }
        for (Attempt attempt : instance.running()) {
            detach(attempt.job);
            stats.requeued(attempt.tokens);
            attempt.cancel();
        }
        onFailure.accept(instance);
        for (RoutedRequest lost : router.failed(instance.id, Instant.now())) {
            Job job = jobs.get(lost.id());
            if (job != null && job.reply.begun()) {
                jobs.remove(lost.id());
                stats.failed(job.tier);
                job.reply.fail(502, "the engine died");
            } else if (job != null) {
                job.reply.restart();
                offer(job);
            }
        }
        jobs.values().stream().filter(job -> job.attempt == null).forEach(job -> job.reply.restart());
    }

    synchronized void add(Instance instance) {
        instances.put(instance.id, instance);
    }

    synchronized void remove(Instance instance) {
        instances.remove(instance.id);
    }

    synchronized List<Instance> instances() {
        return new ArrayList<>(instances.values());
    }

    synchronized @Nullable Instance instance(String id) {
        return instances.get(id);
    }

    /** Follows a new table; with a fixed cap its limits are that. */
    synchronized void publish(RoutingTable table) {
        BatchLimits fixed = fixedLimits;
        RoutingTable followed = table;
        if (fixed != null) {
            List<RoutingTable.Row> rows = new ArrayList<>();
            for (RoutingTable.Row row : table.rows()) {
                rows.add(new RoutingTable.Row(
                        row.instance(), row.pool(), row.accepting(), fixed, row.prefillGuardTokens()));
            }
            followed = new RoutingTable(rows, table.costs());
        }
        if (!followed.costs().isEmpty()) {
            router.publish(followed);
        }
        instances.values().forEach(this::pull);
    }

    /** Replaces the limits of later tables; null gives them back. */
    synchronized void fixedCap(@Nullable Integer cap) {
        fixedLimits = settings.withFixedCap(cap).fixedLimits();
    }

    synchronized List<TierFlow> flows(Instant now) {
        return router.flows(now);
    }

    synchronized List<RequestGroup> groups(Instant now) {
        return router.groups(now);
    }

    int inFlight(String instance, String tier) {
        return router.inFlight(instance, tier);
    }

    synchronized int unfinished() {
        return jobs.size();
    }

    /** Refuses what comes from now on. */
    synchronized void drain() {
        draining = true;
    }

    synchronized boolean isDraining() {
        return draining;
    }

    /** Answers everything that is still there with an error: the router has no more time. */
    synchronized void abandon() {
        for (Job job : new ArrayList<>(jobs.values())) {
            end(job, 503, "the router has shut down");
        }
    }

    /** True if nobody listens at the address of an engine. */
    static boolean isUnreachable(Throwable cause) {
        return cause instanceof ConnectException || cause.getCause() instanceof ConnectException;
    }
}
