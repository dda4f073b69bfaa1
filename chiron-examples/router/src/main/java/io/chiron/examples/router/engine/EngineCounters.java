package io.chiron.examples.router.engine;

import java.util.Locale;

/** What an engine has done, as a page in the names of vLLM, which metric adapters read. Thread-safe. */
public final class EngineCounters {
    private static final double[] ITL_BOUNDS_SECONDS = {0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28};

    private final int kvCapacityTokens;
    private final long[] itlBuckets = new long[ITL_BOUNDS_SECONDS.length + 1];
    private long waiting;
    private long running;
    private long promptTokens;
    private long outputTokens;
    private long iterations;
    private long itlCount;
    private double itlSeconds;
    private long kvTokens;

    public EngineCounters(int kvCapacityTokens) {
        this.kvCapacityTokens = kvCapacityTokens;
    }

    synchronized void arrived() {
        waiting++;
    }

    synchronized void started(int tokens) {
        waiting--;
        running++;
        promptTokens += tokens;
        kvTokens += tokens;
    }

    /** @param gapSeconds time since the token before; NaN for the first */
    synchronized void token(double gapSeconds) {
        outputTokens++;
        kvTokens++;
        if (!Double.isNaN(gapSeconds)) {
            itlCount++;
            itlSeconds += gapSeconds;
            int bucket = 0;
            while (bucket < ITL_BOUNDS_SECONDS.length && gapSeconds > ITL_BOUNDS_SECONDS[bucket]) {
                bucket++;
            }
            itlBuckets[bucket]++;
        }
    }

    synchronized void iterated() {
        iterations++;
    }

    synchronized void ended(int tokens) {
        running--;
        kvTokens -= tokens;
    }

    /** The page. */
    public synchronized String page() {
        StringBuilder page = new StringBuilder(1024);
        line(page, "vllm:num_requests_running", running);
        line(page, "vllm:num_requests_waiting", waiting);
        line(page, "vllm:kv_cache_usage_perc", (double) kvTokens / kvCapacityTokens);
        line(page, "vllm:cache_config_info{num_gpu_blocks=\"" + kvCapacityTokens + "\",block_size=\"1\"}", 1);
        line(page, "vllm:prompt_tokens_total", promptTokens);
        line(page, "vllm:generation_tokens_total", outputTokens);
        line(page, "vllm:iteration_tokens_total_count", iterations);
        line(page, "vllm:num_preemptions_total", 0);
        long cumulative = 0;
        for (int i = 0; i < itlBuckets.length; i++) {
            cumulative += itlBuckets[i];
            String bound = i < ITL_BOUNDS_SECONDS.length ? Double.toString(ITL_BOUNDS_SECONDS[i]) : "+Inf";
            line(page, "vllm:inter_token_latency_seconds_bucket{le=\"" + bound + "\"}", cumulative);
        }
        line(page, "vllm:inter_token_latency_seconds_sum", itlSeconds);
        line(page, "vllm:inter_token_latency_seconds_count", itlCount);
        return page.toString();
    }

    private static void line(StringBuilder page, String name, double value) {
        page.append(name)
                .append(' ')
                .append(
                        value == Math.rint(value)
                                ? Long.toString((long) value)
                                : String.format(Locale.ROOT, "%.9f", value))
                .append('\n');
    }
}
