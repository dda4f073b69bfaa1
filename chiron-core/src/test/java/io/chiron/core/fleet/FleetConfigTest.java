package io.chiron.core.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chiron.core.fleet.FleetConfig.BatchLaunch;
import io.chiron.core.fleet.FleetConfig.Builder;
import io.chiron.core.fleet.FleetConfig.Grouping;
import io.chiron.core.fleet.FleetConfig.InteractiveRule;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FleetConfigTest {
    @Test
    void theBuilderStartsFromTheDefaultsAndSetsWhatItIsTold() {
        assertThat(FleetConfig.builder().build()).isEqualTo(FleetConfig.DEFAULTS);
        assertThat(FleetConfig.builder()
                        .interactiveRule(InteractiveRule.BUSY_INSTANCES)
                        .busyTarget(0.5)
                        .batchLaunch(BatchLaunch.JUST_IN_TIME)
                        .grouping(Grouping.K_MEANS)
                        .groups(8)
                        .reassign(false)
                        .steadyReplay(false)
                        .holdSeconds(100)
                        .initialLeadSeconds(50)
                        .warmUpSeconds(40)
                        .maxFlowAgeSeconds(30)
                        .needDeviations(2)
                        .build())
                .isEqualTo(new FleetConfig(
                        InteractiveRule.BUSY_INSTANCES,
                        0.5,
                        BatchLaunch.JUST_IN_TIME,
                        Grouping.K_MEANS,
                        8,
                        false,
                        false,
                        100,
                        50,
                        40,
                        30,
                        2));
    }

    @Test
    void endsOfTheRangesAreAllowed() {
        assertThat(FleetConfig.builder().busyTarget(1).build().busyTarget()).isOne();
    }

    @Test
    void whatIsOutOfRangeIsRefusedByName() {
        refuses("fleet.busyTarget", builder -> builder.busyTarget(0));
        refuses("fleet.busyTarget", builder -> builder.busyTarget(1.01));
        refuses("fleet.groups", builder -> builder.groups(0));
        refuses("fleet.groups", builder -> builder.groups(65));
        refuses("fleet.holdSeconds", builder -> builder.holdSeconds(-1));
        refuses("fleet.initialLeadSeconds", builder -> builder.initialLeadSeconds(86_401));
        refuses("fleet.warmUpSeconds", builder -> builder.warmUpSeconds(Double.NaN));
        refuses("fleet.maxFlowAgeSeconds", builder -> builder.maxFlowAgeSeconds(0));
        refuses("fleet.maxFlowAgeSeconds", builder -> builder.maxFlowAgeSeconds(86_401));
        refuses("fleet.needDeviations", builder -> builder.needDeviations(10.1));
    }

    private static void refuses(String name, UnaryOperator<Builder> setting) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> setting.apply(FleetConfig.builder()).build())
                .withMessageContaining(name);
    }
}
