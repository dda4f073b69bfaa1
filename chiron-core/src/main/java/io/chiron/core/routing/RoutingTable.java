package io.chiron.core.routing;

import io.chiron.api.Checks;
import io.chiron.api.Pool;
import io.chiron.core.local.BatchLimits;
import java.util.List;
import java.util.Objects;

/**
 * What the router needs of the last decisions: the last published state, as a value. Immutable.
 *
 * @param rows one per instance that exists
 * @param costs one per tier, in the order of the fleet's tiers
 */
public record RoutingTable(List<Row> rows, List<TierCost> costs) {
    public RoutingTable {
        rows = List.copyOf(rows);
        costs = List.copyOf(costs);
    }

    /**
     * One instance.
     *
     * @param instance its id
     * @param pool its role
     * @param accepting true if it is ready and not draining
     * @param limits its batch limits
     * @param prefillGuardTokens prompt tokens of not yet started requests above which interactive work looks elsewhere
     */
    public record Row(String instance, Pool pool, boolean accepting, BatchLimits limits, double prefillGuardTokens) {
        public Row {
            Checks.notBlank("row.instance", instance);
            Objects.requireNonNull(pool, "row.pool");
            Objects.requireNonNull(limits, "row.limits");
            Checks.inRange("row.prefillGuardTokens", prefillGuardTokens, 0, Double.POSITIVE_INFINITY);
        }
    }

    /**
     * What a request of a tier costs, in seconds of one engine.
     *
     * @param secondsPerPromptToken not negative
     * @param secondsPerRequest not negative; what its output costs, on average
     * @param waitSecondsPerPosition mean wait per request ahead in the batch queue, μ/R; NaN if not known
     */
    public record TierCost(double secondsPerPromptToken, double secondsPerRequest, double waitSecondsPerPosition) {
        public TierCost {
            Checks.notNegative("cost.secondsPerPromptToken", secondsPerPromptToken);
            Checks.notNegative("cost.secondsPerRequest", secondsPerRequest);
        }
    }
}
