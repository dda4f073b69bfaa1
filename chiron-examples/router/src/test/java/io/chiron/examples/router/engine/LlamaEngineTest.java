package io.chiron.examples.router.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real engine on the smallest model; skipped where its native library does not load. */
class LlamaEngineTest {
    @TempDir
    static Path folder;

    private static final class Ear implements LlamaEngine.Sink {
        final List<String> tokens = new ArrayList<>();
        final CountDownLatch done = new CountDownLatch(1);

        @Override
        public synchronized boolean token(String text) {
            tokens.add(text);
            return true;
        }

        @Override
        public void done() {
            done.countDown();
        }

        @Override
        public void failed(String message) {
            done.countDown();
        }
    }

    @Test
    void everySequenceGetsItsTokensAndTheCountersAddUp() throws Exception {
        Path model = folder.resolve("tiny.gguf");
        RandomModel.writeIfAbsent(model, RandomModel.Shape.TINY);
        LlamaEngine.Settings settings = new LlamaEngine.Settings(model, 4, 64, 1);
        EngineCounters counters = new EngineCounters(settings.kvCapacityTokens());
        LlamaEngine engine = load(settings, counters);

        List<Ear> ears = new ArrayList<>();
        // More than there are slots.
        for (int i = 0; i < 7; i++) {
            Ear ear = new Ear();
            ears.add(ear);
            engine.start("tale number " + i, 5 + i, ear);
        }

        for (int i = 0; i < ears.size(); i++) {
            assertThat(ears.get(i).done.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(ears.get(i).tokens).hasSize(5 + i).allMatch(text -> text.length() > 0);
        }
        assertThat(counters.page())
                .contains(
                        "vllm:generation_tokens_total 56\n",
                        "vllm:num_requests_running 0\n",
                        "vllm:num_requests_waiting 0\n")
                .contains("vllm:inter_token_latency_seconds_count 49\n", "vllm:kv_cache_usage_perc 0\n");
        assertThatThrownBy(() -> engine.start("a", 64, new Ear()))
                .hasMessageContaining("prompt + max_tokens = ")
                .hasMessageContaining("[1, 64]");
    }

    private static LlamaEngine load(LlamaEngine.Settings settings, EngineCounters counters) throws Exception {
        try {
            return LlamaEngine.load(settings, counters, IterationLog.NONE);
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError missing) {
            return abort("no native library here: " + missing);
        }
    }
}
