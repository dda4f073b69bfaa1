package io.chiron.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chiron.core.local.LocalConfig.Builder;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class LocalConfigTest {
    @Test
    void theBuilderStartsFromTheDefaultsAndSetsWhatItIsTold() {
        assertThat(LocalConfig.builder().build()).isEqualTo(LocalConfig.DEFAULTS);
        assertThat(LocalConfig.builder()
                        .margin(0.1)
                        .kvHigh(0.8)
                        .minBatch(2)
                        .startBatch(32)
                        .maxBatch(512)
                        .curveHalfLifeSeconds(600)
                        .maxSampleAgeSeconds(30)
                        .alpha(0.4)
                        .growCap(3)
                        .shrinkFloor(0.6)
                        .filled(0.95)
                        .build())
                .isEqualTo(new LocalConfig(0.1, 0.8, 2, 32, 512, 600, 30, 0.4, 3, 0.6, 0.95));
    }

    @Test
    void endsOfTheRangesAreAllowed() {
        LocalConfig least = new LocalConfig(0, 0.01, 1, 1, 1, 0.01, 0.01, 0.01, 1, 0.01, 0.01);
        LocalConfig most = new LocalConfig(0.9, 1, 1_000_000, 1_000_000, 1_000_000, 86_400, 3600, 1, 10, 1, 1);
        assertThat(least.maxBatch()).isLessThan(most.maxBatch());
    }

    @Test
    void whatIsOutOfRangeIsRefusedByName() {
        refuses("local.margin", builder -> builder.margin(0.91));
        refuses("local.kvHigh", builder -> builder.kvHigh(0));
        refuses("local.kvHigh", builder -> builder.kvHigh(1.01));
        refuses("local.minBatch", builder -> builder.minBatch(0));
        refuses("local.startBatch", builder -> builder.minBatch(65));
        refuses("local.minBatch", builder -> builder.maxBatch(10).minBatch(11));
        refuses("local.startBatch", builder -> builder.startBatch(5000));
        refuses("local.maxBatch", builder -> builder.maxBatch(1_000_001));
        refuses("local.curveHalfLifeSeconds", builder -> builder.curveHalfLifeSeconds(0));
        refuses("local.curveHalfLifeSeconds", builder -> builder.curveHalfLifeSeconds(86_401));
        refuses("local.maxSampleAgeSeconds", builder -> builder.maxSampleAgeSeconds(0));
        refuses("local.maxSampleAgeSeconds", builder -> builder.maxSampleAgeSeconds(3601));
        refuses("local.alpha", builder -> builder.alpha(0));
        refuses("local.alpha", builder -> builder.alpha(1.01));
        refuses("local.growCap", builder -> builder.growCap(0.99));
        refuses("local.growCap", builder -> builder.growCap(10.1));
        refuses("local.shrinkFloor", builder -> builder.shrinkFloor(0));
        refuses("local.shrinkFloor", builder -> builder.shrinkFloor(1.01));
        refuses("local.filled", builder -> builder.filled(0));
        refuses("local.filled", builder -> builder.filled(Double.NaN));
    }

    private static void refuses(String name, UnaryOperator<Builder> setting) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> setting.apply(LocalConfig.builder()).build())
                .withMessageContaining(name);
    }
}
