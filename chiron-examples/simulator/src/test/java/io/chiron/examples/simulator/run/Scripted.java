package io.chiron.examples.simulator.run;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.Phase;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestRouter;
import io.chiron.api.ScalingActuator;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.routing.Router;
import io.chiron.core.routing.RoutingTable;
import io.chiron.examples.simulator.policy.Policy;
import io.chiron.examples.simulator.policy.PolicyKind;
import io.chiron.examples.simulator.workload.Arrival;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** A policy that acts at given ticks and notes what it saw at every one. */
final class Scripted implements PolicyKind, Simulation.Probe {
    /** Every snapshot by its tick, as it was before the policy acted. */
    final Map<Integer, FleetSnapshot> seen = new TreeMap<>();
    /** Requests in flight per instance after a tick. */
    final Map<Integer, Map<String, Integer>> inFlight = new TreeMap<>();

    final List<Double> finishedSeconds = new ArrayList<>();
    final List<Double> batchItlSeconds = new ArrayList<>();

    private final Map<Integer, List<Action>> script = new HashMap<>();
    private final BatchLimits limits;

    Scripted(BatchLimits limits) {
        this.limits = limits;
    }

    /** Does {@code action} at second {@code tick}. */
    Scripted at(int tick, BiFunction<String, Reason, Action> action) {
        script.computeIfAbsent(tick, key -> new ArrayList<>())
                .add(action.apply(Scenario.FLEET, Reason.of(ReasonCode.STEADY)));
        return this;
    }

    /** The instance before the policy acted at a tick. */
    InstanceSnapshot instance(int tick, String id) {
        return seen.get(tick).instances().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    boolean exists(int tick, String id) {
        return seen.get(tick).instances().stream().anyMatch(each -> each.id().equals(id));
    }

    /** Prompt tokens that all instances have computed. */
    double prefillTokens() {
        return seen.values().stream()
                .flatMap(snapshot -> snapshot.instances().stream())
                .filter(each -> each.sample() != null)
                .mapToDouble(each -> each.sample().prefillTokens())
                .sum();
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public Policy create(Scenario scenario, MetricSource source, ScalingActuator actuator) {
        return new Policy() {
            private RoutingTable table = new RoutingTable(List.of(), List.of());

            @Override
            public List<Decision> tick(Instant now) {
                int tick = (int) Math.round(SimClock.seconds(now));
                seen.put(tick, source.observe(Scenario.FLEET, now));
                script.getOrDefault(tick, List.of()).forEach(actuator::apply);
                List<RoutingTable.Row> rows = new ArrayList<>();
                for (InstanceSnapshot each : source.observe(Scenario.FLEET, now).instances()) {
                    boolean ready = each.phase() == Phase.READY;
                    rows.add(new RoutingTable.Row(each.id(), each.pool(), ready, limits, Double.POSITIVE_INFINITY));
                }
                RoutingTable.TierCost cost = new RoutingTable.TierCost(0, 1, Double.NaN);
                table = new RoutingTable(rows, List.of(cost, cost));
                return List.of();
            }

            @Override
            public RoutingTable routingTable() {
                return table;
            }
        };
    }

    @Override
    public void ticked(double nowSeconds, Policy policy, RequestRouter router) {
        int tick = (int) Math.round(nowSeconds);
        Map<String, Integer> counts = new TreeMap<>();
        for (InstanceSnapshot each : seen.get(tick).instances()) {
            counts.put(each.id(), ((Router) router).inFlight(each.id()));
        }
        inFlight.put(tick, counts);
    }

    @Override
    public void finished(double nowSeconds, int tierIndex, int outputTokens, double meanItlSeconds) {
        finishedSeconds.add(nowSeconds);
        if (tierIndex == Arrival.BATCH) {
            batchItlSeconds.add(meanItlSeconds);
        }
    }
}
