package io.chiron.examples.router.host;

import static io.chiron.examples.router.http.Answer.JSON;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.InstanceSample;
import io.chiron.api.Phase;
import io.chiron.api.RequestGroup;
import io.chiron.api.SloTier;
import io.chiron.api.Times;
import io.chiron.core.TickReport;
import io.chiron.core.local.LocalDecision;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What people and Prometheus see of the router. Thread-safe. */
final class Page {
    static final String HTML = resource("index.html");
    private static final int DECISIONS = 30;

    private final Host host;
    private final RouterSettings settings;
    private final Stats stats;
    private final Deque<Decision> decisions = new ArrayDeque<>();
    private @Nullable TickReport last;

    Page(Host host, RouterSettings settings, Stats stats) {
        this.host = host;
        this.settings = settings;
        this.stats = stats;
    }

    synchronized void ticked(TickReport report) {
        last = report;
        for (Decision decision : report.decisions()) {
            // One of each kind: limits of a few sequences move by one every other second.
            decisions.removeIf(older -> kind(older).equals(kind(decision)));
            decisions.addFirst(decision);
            if (decisions.size() > DECISIONS) {
                decisions.removeLast();
            }
        }
    }

    private static List<Object> kind(Decision decision) {
        return List.of(decision.what(), instance(decision), decision.reason().code(), decision.isHeld());
    }

    private static String instance(Decision decision) {
        return decision.action() instanceof Action.OnInstance on ? on.instance() : "";
    }

    private synchronized @Nullable TickReport last() {
        return last;
    }

    /** Why the router cannot serve; null if it can. */
    @Nullable
    String sickness() {
        if (host.isDraining()) {
            return "shutting down";
        }
        boolean ready = host.instances().stream().anyMatch(instance -> instance.phase == Phase.READY);
        return ready ? null : "no engine is ready";
    }

    /** The fleet as the page draws it. */
    ObjectNode fleet() {
        TickReport report = last();
        ObjectNode fleet = JSON.createObjectNode();
        Instant now = Instant.now();
        fleet.put("time", now.toString());
        fleet.put("blind", report == null || report.blindness() != null);
        if (report != null && report.plan() != null) {
            fleet.put("ibp", report.plan().interactiveBackpressure());
            fleet.put("bbp", report.plan().batchBackpressure());
        }
        ArrayNode rows = fleet.putArray("instances");
        for (Instance instance : host.instances()) {
            describe(rows.addObject(), instance, report);
        }
        ArrayNode groups = fleet.putArray("queue");
        for (RequestGroup group : host.groups(now)) {
            groups.addObject()
                    .put("count", group.count())
                    .put("deadlineSeconds", Times.secondsBetween(now, group.deadline()))
                    .put("promptTokens", group.promptTokens());
        }
        StringBuilder counts = new StringBuilder();
        stats.page(counts);
        fleet.put("counters", counts.toString());
        ArrayNode told = fleet.putArray("decisions");
        synchronized (this) {
            for (Decision decision : decisions) {
                ObjectNode row = told.addObject()
                        .put("time", decision.time().toString())
                        .put("what", decision.what())
                        .put("held", decision.isHeld())
                        .put("code", decision.reason().code().name())
                        .put("rejected", decision.reason().rejected());
                row.put("instance", instance(decision));
                ObjectNode numbers = row.putObject("numbers");
                decision.reason().numbers().forEach((name, value) -> numbers.put(name, value));
            }
        }
        return fleet;
    }

    private void describe(ObjectNode row, Instance instance, @Nullable TickReport report) {
        row.put("id", instance.id);
        row.put("pool", instance.pool.name());
        row.put("phase", instance.phase.name());
        for (SloTier tier : settings.tiers()) {
            row.put(tier.name(), host.inFlight(instance.id, tier.name()));
        }
        InstanceSample sample = instance.meter.last();
        if (sample != null) {
            row.put("itlSeconds", sample.meanItlSeconds());
            row.put("outputTokensPerSecond", sample.outputTokens() / sample.windowSeconds());
        }
        LocalDecision local = report == null ? null : report.local().get(instance.id);
        if (local != null) {
            row.put("softInteractive", local.limits().soft(0, 0));
            row.put("hardInteractive", local.limits().hard(0, 0));
            row.put("softBatch", local.limits().soft(1, 1));
            row.put("lbp", local.backpressure().worst());
            row.put("bound", local.bound().name());
        }
    }

    /** The Prometheus page. */
    String metrics() {
        StringBuilder page = new StringBuilder(2048);
        stats.page(page);
        TickReport report = last();
        Map<Phase, Integer> phases = new EnumMap<>(Phase.class);
        for (Instance instance : host.instances()) {
            phases.merge(instance.phase, 1, Integer::sum);
            for (SloTier tier : settings.tiers()) {
                page.append("chiron_router_in_flight{instance=\"")
                        .append(instance.id)
                        .append("\",class=\"")
                        .append(tier.name())
                        .append("\"} ")
                        .append(host.inFlight(instance.id, tier.name()))
                        .append('\n');
            }
            LocalDecision local = report == null ? null : report.local().get(instance.id);
            if (local != null) {
                page.append("chiron_batch_limit{instance=\"")
                        .append(instance.id)
                        .append("\",class=\"interactive\"} ")
                        .append(local.limits().soft(0, 0))
                        .append('\n');
            }
        }
        for (Phase phase : Phase.values()) {
            page.append("chiron_instances{phase=\"")
                    .append(phase.name().toLowerCase(java.util.Locale.ROOT))
                    .append("\"} ")
                    .append(phases.getOrDefault(phase, 0))
                    .append('\n');
        }
        long queued = 0;
        List<RequestGroup> groups = host.groups(Instant.now());
        for (RequestGroup group : groups) {
            queued += group.count();
        }
        return page.append("chiron_router_batch_queue ")
                .append(queued)
                .append('\n')
                .toString();
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
