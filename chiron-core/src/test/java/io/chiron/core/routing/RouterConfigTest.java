package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chiron.core.routing.RouterConfig.Builder;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RouterConfigTest {
    @Test
    void theBuilderStartsFromTheDefaultsAndSetsWhatItIsTold() {
        assertThat(RouterConfig.builder().build()).isEqualTo(RouterConfig.DEFAULTS);
        assertThat(RouterConfig.builder()
                        .maxEvictionsPerRequest(2)
                        .evictionEnabled(false)
                        .hardAdmission(false)
                        .packing(true)
                        .homeWaitSeconds(20)
                        .binMillis(100)
                        .binMemorySeconds(90)
                        .waitSampleLimit(64)
                        .groupLimit(32)
                        .slackFraction(0.2)
                        .build())
                .isEqualTo(new RouterConfig(2, false, false, true, 20, 100, 90, 64, 32, 0.2));
    }

    @Test
    void endsOfTheRangesAreAllowed() {
        assertThat(RouterConfig.builder().slackFraction(1).build().slackFraction())
                .isOne();
    }

    @Test
    void whatIsOutOfRangeIsRefusedByName() {
        refuses("router.maxEvictionsPerRequest", builder -> builder.maxEvictionsPerRequest(-1));
        refuses("router.homeWaitSeconds", builder -> builder.homeWaitSeconds(Double.NaN));
        refuses("router.binMillis", builder -> builder.binMillis(251));
        refuses("router.binMemorySeconds", builder -> builder.binMemorySeconds(59));
        refuses("router.waitSampleLimit", builder -> builder.waitSampleLimit(15));
        refuses("router.groupLimit", builder -> builder.groupLimit(65));
        refuses("router.slackFraction", builder -> builder.slackFraction(0));
        refuses("router.slackFraction", builder -> builder.slackFraction(1.01));
    }

    private static void refuses(String name, UnaryOperator<Builder> setting) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> setting.apply(RouterConfig.builder()).build())
                .withMessageContaining(name);
    }
}
