package io.chiron.core;

import io.chiron.api.Checks;
import io.chiron.api.FleetLimits;
import io.chiron.api.SloTier;
import io.chiron.core.fleet.FleetConfig;
import io.chiron.core.local.BatchSizeRule;
import io.chiron.core.local.CurveRule;
import io.chiron.core.local.LocalConfig;
import io.chiron.core.waiting.LengthStats;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Everything that a host decides about one fleet. Immutable.
 *
 * @param fleet name of the fleet, as the metric source knows it
 * @param tiers SLO tiers in a fixed order, at least one, names unique
 * @param limits what the fleet may use
 * @param batchSizeRule the local loop
 * @param fleetRule settings of the fleet rule
 * @param globalPeriod time between two runs of the fleet rule; (0, 1 hour]
 * @param expectedLengths lengths assumed of a tier until enough of its requests have completed
 * @param dryRun true to decide and report without acting
 */
public record ChironConfig(
        String fleet,
        List<SloTier> tiers,
        FleetLimits limits,
        BatchSizeRule batchSizeRule,
        FleetConfig fleetRule,
        Duration globalPeriod,
        LengthStats expectedLengths,
        boolean dryRun) {

    public ChironConfig {
        Checks.notBlank("config.fleet", fleet);
        tiers = List.copyOf(tiers);
        if (tiers.isEmpty()) {
            throw Checks.outOfRange("config.tiers", "[]", "at least one tier");
        }
        Set<String> names = new HashSet<>();
        for (SloTier tier : tiers) {
            if (!names.add(tier.name())) {
                throw Checks.outOfRange("config.tiers", "two of the name \"" + tier.name() + "\"", "unique names");
            }
        }
        Objects.requireNonNull(limits, "config.limits");
        Objects.requireNonNull(batchSizeRule, "config.batchSizeRule");
        Objects.requireNonNull(fleetRule, "config.fleetRule");
        Checks.positive("config.globalPeriod", globalPeriod, Duration.ofHours(1));
        Objects.requireNonNull(expectedLengths, "config.expectedLengths");
    }

    /** A builder that has what no default can stand for. */
    public static Builder builder(String fleet, List<SloTier> tiers, FleetLimits limits) {
        return new Builder(fleet, tiers, limits);
    }

    /** Collects settings; confined to one thread. */
    public static final class Builder {
        private final String fleet;
        private final List<SloTier> tiers;
        private final FleetLimits limits;
        private BatchSizeRule batchSizeRule = new CurveRule(LocalConfig.DEFAULTS);
        private FleetConfig fleetRule = FleetConfig.DEFAULTS;
        private Duration globalPeriod = Duration.ofSeconds(5);
        private LengthStats expectedLengths = LengthStats.guess(512, 256, 1);
        private boolean dryRun;

        private Builder(String fleet, List<SloTier> tiers, FleetLimits limits) {
            this.fleet = fleet;
            this.tiers = tiers;
            this.limits = limits;
        }

        /** The local loop; {@link CurveRule} with its defaults if not set. */
        public Builder batchSizeRule(BatchSizeRule value) {
            batchSizeRule = value;
            return this;
        }

        /** Settings of the fleet rule; {@link FleetConfig#DEFAULTS} if not set. */
        public Builder fleetRule(FleetConfig value) {
            fleetRule = value;
            return this;
        }

        /** Time between two runs of the fleet rule; 5 s if not set. */
        public Builder globalPeriod(Duration value) {
            globalPeriod = value;
            return this;
        }

        /** Lengths assumed until they are learned; 512 prompt and 256 output tokens if not set. */
        public Builder expectedLengths(LengthStats value) {
            expectedLengths = value;
            return this;
        }

        /** Decide and report without acting. */
        public Builder dryRun(boolean value) {
            dryRun = value;
            return this;
        }

        public ChironConfig build() {
            return new ChironConfig(
                    fleet, tiers, limits, batchSizeRule, fleetRule, globalPeriod, expectedLengths, dryRun);
        }
    }
}
