package io.chiron.tests;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.RequestRouter;
import io.chiron.api.ScalingActuator;
import io.chiron.core.routing.Router;
import io.chiron.core.routing.RouterConfig;
import io.chiron.core.routing.RoutingTable;
import io.chiron.examples.simulator.policy.Policy;
import io.chiron.examples.simulator.policy.PolicyKind;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.run.SimClock;
import io.chiron.examples.simulator.run.Simulation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a policy and its host: writes down what passes, keeps the policy blind for a while, and carries launches
 * out late, so that the next snapshots do not show them.
 */
final class Watched implements PolicyKind, Simulation.Probe {
    /**
     * What was so after a tick.
     *
     * @param blind true if the source gave null
     * @param paid instances that exist, with launches that were carried out and without those retired
     * @param inTransit launches that the host has taken and not yet carried out
     * @param actions handed to the actuator
     * @param inSystem requests that wait or are in flight, by the router's books
     * @param finished requests that have yielded their last token
     */
    record Tick(
            double seconds,
            boolean blind,
            int paid,
            int inTransit,
            int actions,
            RoutingTable table,
            List<Decision> decisions,
            long inSystem,
            long finished) {}

    private record Late(double dueSeconds, Action.Launch launch) {}

    private final PolicyKind kind;
    private final double blindFrom;
    private final double blindTo;
    private final double lateSeconds;

    final List<Tick> ticks = new ArrayList<>();
    final long[] finished = new long[2];
    final long[] finishedTokens = new long[2];
    private final Set<String> live = new LinkedHashSet<>();
    private final List<Late> late = new ArrayList<>();
    private final Set<String> taken = new LinkedHashSet<>();
    private @Nullable MetricSource host;
    private List<Decision> decisions = List.of();
    private double nowSeconds;
    private int actions;

    private Watched(PolicyKind kind, double blindFrom, double blindTo, double lateSeconds) {
        this.kind = kind;
        this.blindFrom = blindFrom;
        this.blindTo = blindTo;
        this.lateSeconds = lateSeconds;
    }

    static Watched of(PolicyKind kind) {
        return new Watched(kind, 0, 0, 0);
    }

    /** The source gives null in [{@code from}, {@code to}). */
    static Watched blind(PolicyKind kind, double from, double to) {
        return new Watched(kind, from, to, 0);
    }

    /** A launch shows in the snapshot so much after it was asked for. */
    static Watched late(PolicyKind kind, double seconds) {
        return new Watched(kind, 0, 0, seconds);
    }

    Outcome run(Scenario scenario) {
        return Simulation.run(scenario, this, decision -> {}, (seconds, inSystem) -> {}, this);
    }

    boolean isBlind(double seconds) {
        return seconds >= blindFrom && seconds < blindTo;
    }

    @Override
    public String name() {
        return kind.name();
    }

    @Override
    public RouterConfig router() {
        return kind.router();
    }

    @Override
    public int engineSequences() {
        return kind.engineSequences();
    }

    @Override
    public int startingInstances(Scenario scenario) {
        return kind.startingInstances(scenario);
    }

    @Override
    public Policy create(Scenario scenario, MetricSource source, ScalingActuator actuator) {
        host = source;
        Policy policy = kind.create(scenario, this::observe, action -> apply(action, actuator));
        return new Policy() {
            @Override
            public List<Decision> tick(Instant now) {
                actions = 0;
                double seconds = SimClock.seconds(now);
                nowSeconds = seconds;
                // Exists by name from now on; the next snapshot shows it.
                late.stream().filter(each -> each.dueSeconds() <= seconds).forEach(each -> {
                    actuator.apply(each.launch());
                    live.add(each.launch().launchId());
                });
                late.removeIf(each -> each.dueSeconds() <= seconds);
                decisions = policy.tick(now);
                return decisions;
            }

            @Override
            public RoutingTable routingTable() {
                return policy.routingTable();
            }
        };
    }

    private @Nullable FleetSnapshot observe(String fleet, Instant now) {
        if (isBlind(SimClock.seconds(now)) || host == null) {
            return null;
        }
        FleetSnapshot snapshot = host.observe(fleet, now);
        live.clear();
        if (snapshot != null) {
            snapshot.instances().forEach(each -> live.add(each.id()));
        }
        return snapshot;
    }

    private void apply(Action action, ScalingActuator actuator) {
        actions++;
        if (action instanceof Action.Launch launch) {
            if (!taken.add(launch.launchId())) {
                return;
            }
            if (lateSeconds > 0) {
                late.add(new Late(nowSeconds + lateSeconds, launch));
                return;
            }
            live.add(launch.launchId());
        } else if (action instanceof Action.Retire retire) {
            live.remove(retire.instance());
        }
        actuator.apply(action);
    }

    @Override
    public void ticked(double seconds, Policy policy, RequestRouter router) {
        Router books = (Router) router;
        long inSystem = books.queued();
        FleetSnapshot snapshot = host == null ? null : host.observe(Scenario.FLEET, SimClock.instant(seconds));
        for (InstanceSnapshot each : snapshot == null ? List.<InstanceSnapshot>of() : snapshot.instances()) {
            inSystem += books.inFlight(each.id());
        }
        ticks.add(new Tick(
                seconds,
                isBlind(seconds),
                live.size(),
                late.size(),
                actions,
                policy.routingTable(),
                decisions,
                inSystem,
                finished[0] + finished[1]));
    }

    @Override
    public void finished(double seconds, int tierIndex, int outputTokens, double meanItlSeconds) {
        finished[tierIndex]++;
        finishedTokens[tierIndex] += outputTokens;
    }
}
