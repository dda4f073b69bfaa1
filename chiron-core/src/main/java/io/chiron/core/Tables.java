package io.chiron.core;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.core.fleet.Capability;
import io.chiron.core.fleet.WorkModel;
import io.chiron.core.local.LocalDecision;
import io.chiron.core.local.TierProfile;
import io.chiron.core.routing.RoutingTable;
import io.chiron.core.routing.RoutingTable.Row;
import io.chiron.core.routing.RoutingTable.TierCost;
import io.chiron.core.waiting.ServiceRate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts the last decisions into the form that a router reads. */
final class Tables {
    /** Share of the TTFT that queued prefill may take before interactive work looks elsewhere. */
    private static final double PREFILL_SHARE = 0.1;

    private Tables() {}

    static RoutingTable of(
            FleetSnapshot snapshot,
            List<@Nullable LocalDecision> limits,
            List<Decision> decisions,
            Map<String, Capability> capabilities,
            List<TierProfile> tiers,
            Learned learned,
            ChironConfig config) {
        Map<String, Pool> roles = new HashMap<>();
        Map<String, Boolean> accepting = new HashMap<>();
        if (!config.dryRun()) {
            for (Decision decision : decisions) {
                Action action = decision.action();
                if (action instanceof Action.Reassign reassign) {
                    roles.put(reassign.instance(), reassign.pool());
                } else if (action instanceof Action.CancelDrain cancel) {
                    accepting.put(cancel.instance(), true);
                } else if (action instanceof Action.Drain || action instanceof Action.Retire) {
                    accepting.put(((Action.OnInstance) action).instance(), false);
                }
            }
        }
        Map<String, WorkModel> models = new TreeMap<>();
        capabilities.forEach(
                (kind, capability) -> models.put(kind, WorkModel.of(capability.curve(), capability.limits(), tiers)));
        List<Row> rows = new ArrayList<>(snapshot.instances().size());
        double ttft = tightestTtft(tiers);
        for (int i = 0; i < limits.size(); i++) {
            InstanceSnapshot instance = snapshot.instances().get(i);
            LocalDecision decision = limits.get(i);
            if (decision == null) {
                continue;
            }
            boolean ready = instance.phase() == Phase.READY;
            boolean takes = accepting.getOrDefault(instance.id(), ready);
            WorkModel model = models.get(instance.accelerator());
            double guard = model == null || model.perPromptTokenSeconds() <= 0
                    ? Double.POSITIVE_INFINITY
                    : PREFILL_SHARE * ttft / model.perPromptTokenSeconds();
            Pool role = roles.getOrDefault(instance.id(), instance.pool());
            rows.add(new Row(instance.id(), role, takes, decision.limits(), guard));
        }
        return new RoutingTable(rows, costs(models.values().stream().findFirst().orElse(null), tiers, learned));
    }

    private static double tightestTtft(List<TierProfile> tiers) {
        double least = Double.POSITIVE_INFINITY;
        for (TierProfile profile : tiers) {
            if (profile.tier().interactive()) {
                least = Math.min(least, profile.tier().slo().ttftSeconds());
            }
        }
        return least;
    }

    private static List<TierCost> costs(@Nullable WorkModel model, List<TierProfile> tiers, Learned learned) {
        List<TierCost> costs = new ArrayList<>();
        for (int i = 0; i < tiers.size(); i++) {
            ServiceRate rate = learned.rates().get(i);
            double wait = rate.isKnown() && rate.outputTokensPerSecond() > 0
                    ? tiers.get(i).lengths().meanOutput() / rate.outputTokensPerSecond()
                    : Double.NaN;
            // Without a curve every request counts the same.
            costs.add(
                    model == null
                            ? new TierCost(0, 1, wait)
                            : new TierCost(model.perPromptTokenSeconds(), model.perRequestSeconds(i), wait));
        }
        return costs;
    }
}
