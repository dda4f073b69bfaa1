package io.chiron.adapters.enginemetrics;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.InstanceSample;
import java.time.Instant;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read from a page of each engine, old and new, and from a second page one window later. */
class DialectTest {
    private static final Offset<Double> EXACT = within(1e-9);
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    private static InstanceSample sample(ReadingWindow window) {
        return window.sample(T, Map.of("chat", 1L), Map.of("chat", 1L));
    }

    @ParameterizedTest
    @CsvSource({
        "vllm-v1-dp2, VLLM",
        "vllm-v1-0.9, VLLM",
        "vllm-v0, VLLM",
        "sglang-0.5-dp2, SGLANG",
        "sglang-0.4, SGLANG",
        "tgi-3, TGI",
        "trtllm-serve, TRTLLM_SERVE",
        "triton-trtllm, TRITON_TRTLLM",
        "triton-trtllm-23.11, TRITON_TRTLLM",
        "llamacpp, LLAMA_CPP",
        "llamacpp-old, LLAMA_CPP"
    })
    void isDetected(String page, Dialect dialect) {
        assertThat(Dialect.detect(PrometheusPage.parse(Pages.text(page)))).isEqualTo(dialect);
    }

    @Test
    void anotherProgramIsNoEngine() {
        String other = "# TYPE go_goroutines gauge\ngo_goroutines 7\nvllm:num_requests_waiting 3\n";

        assertThat(Dialect.detect(PrometheusPage.parse(other))).isNull();
        assertThatThrownBy(() -> EngineReading.of(PrometheusPage.parse(other), Pages.endpoint(Dialect.AUTO)))
                .hasMessageContaining("no known engine");
        assertThatThrownBy(() -> EngineReading.of(PrometheusPage.parse(other), Pages.endpoint(Dialect.TGI)))
                .hasMessageContaining("lacks the running requests of TGI");
    }

    @Test
    void vllmWithTwoEngines() {
        String before = Pages.text("vllm-v1-dp2");
        String engine0 = "{engine=\"0\",model_name";
        String engine1 = "{engine=\"1\",model_name";
        String itl0 = "vllm:inter_token_latency_seconds_bucket{engine=\"0\",le=";
        String after = Pages.with(
                before,
                Map.ofEntries(
                        entry("vllm:num_requests_running" + engine0, 16),
                        entry("vllm:kv_cache_usage_perc" + engine1, 0.75),
                        entry("vllm:generation_tokens_total" + engine0, 150600),
                        entry("vllm:generation_tokens_total" + engine1, 100400),
                        entry("vllm:prompt_tokens_total" + engine1, 60300),
                        entry("vllm:iteration_tokens_total_count" + engine0, 10050),
                        entry("vllm:iteration_tokens_total_count" + engine1, 10030),
                        entry("vllm:num_preemptions_total" + engine1, 2),
                        entry("vllm:inter_token_latency_seconds_sum" + engine0, 3212),
                        entry("vllm:inter_token_latency_seconds_sum" + engine1, 3208),
                        entry("vllm:inter_token_latency_seconds_count" + engine0, 150200),
                        entry("vllm:inter_token_latency_seconds_count" + engine1, 150000),
                        entry(itl0 + "\"0.025\"", 120500),
                        entry(itl0 + "\"0.05\"", 148550),
                        entry(itl0 + "\"0.1\"", 149550),
                        entry(itl0 + "\"+Inf\"", 150200)));

        ReadingWindow window = Pages.window(before, after, 2);
        InstanceSample sample = sample(window);
        HistogramWindow itl = window.histogram(Quantity.ITL_SECONDS, Quantity.ITL_COUNT, Quantity.ITL_BUCKETS);

        assertThat(window.restarted()).isFalse();
        assertThat(sample.fault()).isNull();
        assertThat(sample.runningNow()).isEqualTo(24);
        assertThat(sample.meanRunning()).isEqualTo(22, EXACT);
        assertThat(sample.waitingRequests()).isEqualTo(3);
        assertThat(sample.outputTokens()).isEqualTo(1000, EXACT);
        assertThat(sample.prefillTokens()).isEqualTo(300, EXACT);
        assertThat(sample.iterations()).isEqualTo(40, EXACT);
        assertThat(sample.preemptions()).isEqualTo(2, EXACT);
        assertThat(sample.meanItlSeconds()).isEqualTo(0.02, EXACT);
        assertThat(sample.kvCapacityTokens()).isEqualTo(2 * 27000 * 16, EXACT);
        assertThat(sample.kvUse()).isEqualTo(0.75, EXACT);
        assertThat(sample.iterationBudgetTokens()).isNaN();
        assertThat(itl.mean()).isEqualTo(0.02, EXACT);
        assertThat(itl.quantile(0.5)).isEqualTo(0.01 + 0.015 * 300 / 500, within(1e-6));
        assertThat(itl.quantile(0.99)).isEqualTo(0.1); // beyond the last finite bound
    }

    @Test
    void vllmBetweenTheNames() {
        String before = Pages.text("vllm-v1-0.9");
        String after = Pages.with(
                before,
                Map.of(
                        "vllm:gpu_cache_usage_perc", 0.9, // the old name, which lost to the new one
                        "vllm:time_per_output_token_seconds_sum", 158.5,
                        "vllm:time_per_output_token_seconds_count", 7925));
        EngineEndpoint told = new EngineEndpoint(Pages.INSTANCE, null, Dialect.VLLM, 32000, 8192);
        InstanceSample sample = sample(ReadingWindow.between(Pages.read(before, told), Pages.read(after, told), 1));

        assertThat(sample.meanItlSeconds()).isEqualTo(0.02, EXACT);
        assertThat(sample.kvUsedTokens()).isEqualTo(0.4 * 32000, EXACT);
        assertThat(sample.iterationBudgetTokens()).isEqualTo(8192);
        assertThat(Pages.read(before).kvCapacityTokens()).isNaN(); // num_gpu_blocks="None"
    }

    @Test
    void vllmV0() {
        String before = Pages.text("vllm-v0");
        String after = Pages.with(
                before,
                Map.of(
                        "vllm:generation_tokens_total", 4421,
                        "vllm:time_per_output_token_seconds_sum", 89,
                        "vllm:time_per_output_token_seconds_count", 4400));
        InstanceSample sample = sample(Pages.window(before, after, 1));

        assertThat(sample.runningNow()).isEqualTo(5);
        assertThat(sample.waitingRequests()).isEqualTo(9);
        assertThat(sample.kvUsedTokens()).isEqualTo(0.75 * 32000, EXACT);
        assertThat(sample.outputTokens()).isEqualTo(100, EXACT);
        assertThat(sample.meanItlSeconds()).isEqualTo(0.03, EXACT);
        assertThat(sample.iterations()).isEqualTo(20, EXACT); // estimated: 100 tokens of 5 sequences
    }

    @Test
    void sglangWithRanksAndPriorities() {
        String before = Pages.text("sglang-0.5-dp2");
        String decode0 = "sglang:realtime_tokens_total{dp_rank=\"0\",engine_type=\"unified\",mode=\"decode\"";
        String compute1 = "sglang:realtime_tokens_total{dp_rank=\"1\",engine_type=\"unified\",mode=\"prefill_compute\"";
        String cache1 = "sglang:realtime_tokens_total{dp_rank=\"1\",engine_type=\"unified\",mode=\"prefill_cache\"";
        String after = Pages.with(
                before,
                Map.of(
                        decode0,
                        20800,
                        compute1,
                        4600,
                        cache1,
                        550,
                        "sglang:inter_token_latency_seconds_sum",
                        720,
                        "sglang:inter_token_latency_seconds_count",
                        28750));
        InstanceSample sample = sample(Pages.window(before, after, 2));

        assertThat(sample.runningNow()).isEqualTo(20);
        assertThat(sample.waitingRequests()).isEqualTo(3);
        assertThat(sample.outputTokens()).isEqualTo(800, EXACT);
        assertThat(sample.prefillTokens()).isEqualTo(150, EXACT);
        assertThat(sample.meanItlSeconds()).isEqualTo(0.025, EXACT);
        assertThat(sample.iterations()).isEqualTo(40, EXACT); // 800 tokens of 20 sequences
        assertThat(sample.preemptions()).isZero(); // no counter yet, but its gauge
        assertThat(sample.kvCapacityTokens()).isEqualTo(200_000, EXACT);
        assertThat(sample.kvUse()).isEqualTo(0.5, EXACT);
    }

    @Test
    void sglangOldAndWithUnderscores() {
        String old = Pages.text("sglang-0.4");
        EngineReading reading = Pages.read(old.replace("sglang:", "sglang_"));

        assertThat(reading).isEqualTo(withKeysOf(reading, Pages.read(old)));
        assertThat(reading.running()).isEqualTo(162);
        assertThat(reading.kvUsedTokens()).isEqualTo(123859);
        assertThat(reading.kvCapacityTokens()).isNaN();
        assertThat(reading.counters()).doesNotContainKey(Quantity.PREEMPTIONS); // absent, not zero
        assertThat(sample(Pages.window(old, old, 1)).preemptions()).isNaN();
    }

    /** Counters are keyed by the name on the page: only their values are compared. */
    private static EngineReading withKeysOf(EngineReading keys, EngineReading values) {
        assertThat(values.counters().keySet()).isEqualTo(keys.counters().keySet());
        return new EngineReading(
                values.dialect(),
                values.running(),
                values.waiting(),
                values.kvUse(),
                values.kvUsedTokens(),
                values.kvCapacityTokens(),
                values.iterationBudgetTokens(),
                values.sequenceTokensPerSecond(),
                values.engines(),
                values.startSeconds(),
                keys.counters());
    }

    @Test
    void tgi() {
        String before = Pages.text("tgi-3");
        String after = Pages.with(
                before,
                Map.of(
                        "tgi_batch_inference_duration_sum{method=\"decode\"}", 181.3,
                        "tgi_batch_inference_duration_count{method=\"decode\"}", 9040,
                        "tgi_batch_inference_duration_sum{method=\"prefill\"}", 12.45,
                        "tgi_batch_inference_duration_count{method=\"prefill\"}", 253,
                        "tgi_request_generated_tokens_sum", 64160));
        InstanceSample sample = sample(Pages.window(before, after, 1));

        assertThat(sample.runningNow()).isEqualTo(4);
        assertThat(sample.waitingRequests()).isEqualTo(7);
        assertThat(sample.iterations()).isEqualTo(40, EXACT);
        assertThat(sample.meanItlSeconds()).isEqualTo(1.0 / 40, EXACT); // prefill stops decoding
        assertThat(sample.outputTokens()).isEqualTo(160, EXACT);
        assertThat(sample.kvUsedTokens()).isEqualTo(2048);
        assertThat(sample.kvCapacityTokens()).isNaN();
    }

    @Test
    void trtllmServe() {
        String before = Pages.text("trtllm-serve");
        String after = Pages.with(
                before,
                Map.of(
                        "trtllm_generation_tokens_total", 18240,
                        "trtllm_time_per_output_token_seconds_sum", 1.86,
                        "trtllm_time_per_output_token_seconds_count", 93));
        InstanceSample sample = sample(Pages.window(before, after, 1));

        assertThat(sample.runningNow()).isEqualTo(6);
        assertThat(sample.kvUsedTokens()).isEqualTo(0.25 * 4000 * 32, EXACT);
        assertThat(sample.iterationBudgetTokens()).isEqualTo(8192);
        assertThat(sample.meanItlSeconds()).isEqualTo(0.02, EXACT);
        assertThat(sample.iterations()).isEqualTo(40, EXACT);
        assertThat(sample.preemptions()).isNaN();
    }

    @Test
    void tritonOldAndNew() {
        EngineReading now = Pages.read(Pages.text("triton-trtllm"));
        EngineReading old = Pages.read(Pages.text("triton-trtllm-23.11"));

        assertThat(now.running()).isEqualTo(4);
        assertThat(now.waiting()).isEqualTo(3);
        assertThat(now.kvUsedTokens()).isEqualTo(0.25 * 6000 * 64, EXACT);
        assertThat(old.kvUsedTokens()).isEqualTo(now.kvUsedTokens());
        assertThat(old.waiting()).isNaN();
        assertThat(sample(Pages.window(Pages.text("triton-trtllm"), Pages.text("triton-trtllm"), 1))
                        .outputTokens())
                .isNaN();
    }

    @Test
    void llamaCppNewAndOld() {
        String before = Pages.text("llamacpp");
        String after = Pages.with(
                before,
                Map.of(
                        "llamacpp:tokens_predicted_total", 1350,
                        "llamacpp:tokens_predicted_seconds_total", 27.125,
                        "llamacpp:n_decode_total", 760));
        InstanceSample sample = sample(Pages.window(before, after, 1));
        String old = Pages.text("llamacpp-old");
        InstanceSample oldSample = sample(Pages.window(old, old, 1));

        assertThat(sample.runningNow()).isEqualTo(2);
        assertThat(sample.waitingRequests()).isEqualTo(1);
        assertThat(sample.meanItlSeconds()).isEqualTo(0.02, EXACT);
        assertThat(sample.iterations()).isEqualTo(60, EXACT);
        assertThat(sample.kvUsedTokens()).isNaN();
        assertThat(oldSample.meanItlSeconds()).isEqualTo(1.0 / 40, EXACT); // by its gauge
        assertThat(oldSample.kvUsedTokens()).isEqualTo(1024);
    }

    @Test
    void runningRequestsThatCannotBeAreAFault() {
        for (String value : new String[] {"NaN", "-1", "1e300", "+Inf"}) {
            String page = "llamacpp:requests_processing " + value + "\n";
            assertThatThrownBy(() -> EngineReading.of(PrometheusPage.parse(page), Pages.endpoint(Dialect.AUTO)))
                    .hasMessageContaining("running requests = ");
        }
    }
}
