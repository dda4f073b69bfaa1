package io.chiron.core.fleet;

import io.chiron.core.fleet.FleetConfig.BatchLaunch;

/**
 * How many instances the batch queue needs (design 7). Immutable.
 *
 * @param backpressure BBP: groups that the present fleet would start late, infeasible ones apart
 * @param infeasible groups that no launch can save
 * @param wanted fewest instances in all, interactive ones included, that serve every feasible group in time
 * @param retirable fewest instances that serve every group, infeasible ones too, with room to spare: no retirement goes
 *     below it
 * @param deferred true if a launch waits while it safely can
 * @param tightestSeconds seconds to the deadline that asks for most; NaN if there is no queue
 * @param needTokens tokens needed by then
 * @param supplyTokens tokens that the present fleet gives by then
 */
record BatchPlan(
        int backpressure,
        int infeasible,
        int wanted,
        int retirable,
        boolean deferred,
        double tightestSeconds,
        double needTokens,
        double supplyTokens) {
    /** What must be to spare before an instance goes. */
    static final double SPARE = 1.1;

    static final BatchPlan NONE = new BatchPlan(0, 0, 0, 0, false, Double.NaN, 0, 0);

    /** There is a queue and no learned curve: one instance to begin with. */
    static final BatchPlan UNKNOWN = new BatchPlan(0, 0, 1, 1, false, Double.NaN, 0, 0);

    /**
     * @param supply the instances that are there or on their way, earliest ready first
     * @param shared how many of them interactive demand wants
     * @param leadSeconds until a launch serves
     * @param most largest number of instances that may be
     * @param guardSeconds how long before the last moment a just-in-time launch is made
     */
    static BatchPlan of(
            BatchNeed need,
            Supply supply,
            int shared,
            double leadSeconds,
            int most,
            BatchLaunch launch,
            double guardSeconds) {
        if (need.groups() == 0) {
            return NONE;
        }
        int present = supply.instances();
        int base = Math.max(present, shared);
        // Interactive demand launches its own share first; what that leaves to batch work is already supply.
        Supply planned = base > present ? supply.plus(base - present, leadSeconds) : supply;
        int backpressure = 0;
        int infeasible = 0;
        int extra = 0;
        boolean deferred = false;
        double tightest = Double.NaN;
        double tightestNeed = 0;
        double tightestSupply = 0;
        double tightestRatio = -1;
        for (int group = 0; group < need.groups(); group++) {
            double left = need.leftSeconds(group);
            double tokens = planned.tokens(left, base, shared);
            double missing = need.needTokens(group) - tokens;
            double ratio = need.needTokens(group) / Math.max(1, tokens);
            if (ratio > tightestRatio) {
                tightestRatio = ratio;
                tightest = left;
                tightestNeed = need.needTokens(group);
                tightestSupply = tokens;
            }
            if (missing <= 0) {
                continue;
            }
            double window = left - leadSeconds;
            if (window <= 0) {
                infeasible++;
                double later = need.replannedSeconds(group);
                missing = need.needTokens(group) - planned.tokens(later, base, shared);
                window = later - leadSeconds;
                if (missing <= 0 || window <= 0) {
                    continue;
                }
            } else {
                backpressure++;
            }
            double perInstance = supply.dedicatedRate() * window;
            double exact = perInstance > 0 ? missing / perInstance : most;
            int launches = (int) Math.ceil(Math.min(exact, most));
            if (launch == BatchLaunch.JUST_IN_TIME && launches > extra && launches > 0) {
                // The last, fractional one may still come in time if it is asked for a guard time later.
                double later = supply.dedicatedRate() * Math.max(0, window - guardSeconds);
                if (missing <= (launches - 1) * perInstance + later) {
                    launches--;
                    deferred = true;
                }
            }
            extra = Math.max(extra, launches);
        }
        int wanted = Math.min(most, base + extra);
        if (extra == 0) {
            wanted = fewest(need, supply, shared, 1.0, infeasible > 0);
        }
        int retirable = Math.max(1, fewest(need, supply, shared, SPARE, true));
        return new BatchPlan(
                backpressure,
                infeasible,
                Math.max(1, wanted),
                retirable,
                deferred,
                tightest,
                tightestNeed,
                tightestSupply);
    }

    /** Fewest of the present instances that give {@code factor} times the need of every group; all if none suffices. */
    private static int fewest(BatchNeed need, Supply supply, int shared, double factor, boolean replan) {
        int low = Math.min(1, supply.instances());
        int high = supply.instances();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (serves(need, supply, middle, shared, factor, replan)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return high;
    }

    private static boolean serves(
            BatchNeed need, Supply supply, int count, int shared, double factor, boolean everyGroup) {
        for (int group = 0; group < need.groups(); group++) {
            double tokens = supply.tokens(need.leftSeconds(group), count, shared);
            if (need.needTokens(group) * factor > tokens && (everyGroup || need.leftSeconds(group) > 0)) {
                return false;
            }
        }
        return true;
    }
}
