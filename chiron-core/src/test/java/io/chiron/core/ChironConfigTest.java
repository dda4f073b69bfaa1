package io.chiron.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chiron.api.FleetLimits;
import io.chiron.api.RequestClass;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.core.fleet.FleetConfig;
import io.chiron.core.local.BatchSizeRule;
import io.chiron.core.local.LocalConfig;
import io.chiron.core.local.RatioRule;
import io.chiron.core.waiting.LengthStats;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChironConfigTest {
    private static final SloTier CHAT =
            new SloTier("chat", RequestClass.INTERACTIVE, new Slo(Duration.ofSeconds(10), Duration.ofMillis(200)));
    private static final FleetLimits LIMITS = FleetLimits.of(0, 10);

    @Test
    void theBuilderSetsWhatItIsTold() {
        BatchSizeRule rule = new RatioRule(LocalConfig.DEFAULTS);
        FleetConfig fleetRule = FleetConfig.builder().groups(8).build();
        LengthStats lengths = LengthStats.guess(10, 20, 1);
        assertThat(ChironConfig.builder("f", List.of(CHAT), LIMITS)
                        .batchSizeRule(rule)
                        .fleetRule(fleetRule)
                        .globalPeriod(Duration.ofSeconds(10))
                        .expectedLengths(lengths)
                        .dryRun(true)
                        .build())
                .isEqualTo(new ChironConfig(
                        "f", List.of(CHAT), LIMITS, rule, fleetRule, Duration.ofSeconds(10), lengths, true));
    }

    @Test
    void aFleetHasANameAndTiersOfDifferentNames() {
        refuses(" ", List.of(CHAT), "config.fleet");
        refuses("f", List.of(), "config.tiers");
        refuses("f", List.of(CHAT, CHAT), "\"chat\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChironConfig.builder("f", List.of(CHAT), LIMITS)
                        .globalPeriod(Duration.ZERO)
                        .build())
                .withMessageContaining("config.globalPeriod");
    }

    private static void refuses(String fleet, List<SloTier> tiers, String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChironConfig.builder(fleet, tiers, LIMITS).build())
                .withMessageContaining(text);
    }
}
