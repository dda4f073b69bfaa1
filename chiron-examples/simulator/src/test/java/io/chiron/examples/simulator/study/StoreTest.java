package io.chiron.examples.simulator.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results that are kept. */
final class StoreTest {
    @TempDir
    Path folder;

    private final AtomicInteger computed = new AtomicInteger();

    record Value(double number) {}

    private Value get(Store store, Map<String, ?> settings) {
        return store.get(settings, Value.class, () -> new Value(computed.incrementAndGet() + 0.5));
    }

    @Test
    void aResultIsComputedOnceAndSurvivesTheProcess() {
        Store store = new Store(folder);
        assertThat(store.has(Map.of("seed", 1))).isFalse();
        assertThat(get(store, Map.of("seed", 1))).isEqualTo(new Value(1.5));
        assertThat(get(store, Map.of("seed", 2))).isEqualTo(new Value(2.5));
        assertThat(get(store, Map.of("seed", 1))).isEqualTo(new Value(1.5));
        Store later = new Store(folder);
        assertThat(later.has(Map.of("seed", 1))).isTrue();
        assertThat(get(later, Map.of("seed", 1))).isEqualTo(new Value(1.5));
        assertThat(computed).hasValue(2);
    }

    @Test
    void aFileThatWasCutOffIsComputedAgain() throws IOException {
        get(new Store(folder), Map.of("seed", 1));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.writeString(file, Files.readString(file).substring(0, 20));
            }
        }
        assertThat(get(new Store(folder), Map.of("seed", 1))).isEqualTo(new Value(2.5));
        assertThat(get(new Store(folder), Map.of("seed", 1))).isEqualTo(new Value(2.5));
    }

    @Test
    void manyThreadsShareOneComputation() {
        Store store = new Store(folder);
        List<Value> values = IntStream.range(0, 64)
                .parallel()
                .mapToObj(i -> get(store, Map.of("seed", 1)))
                .toList();
        assertThat(values).containsOnly(new Value(1.5));
    }

    @Test
    void aFailureIsNotKept() {
        Store store = new Store(folder);
        assertThatThrownBy(() -> store.get(Map.of("seed", 1), Value.class, () -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        assertThat(get(store, Map.of("seed", 1))).isEqualTo(new Value(1.5));
    }
}
