package io.chiron.adapters.enginemetrics;

import org.jspecify.annotations.Nullable;

/**
 * How an engine names its metrics. Each is a table of names, the newest first; the first that a page has is used, so old
 * and new versions are read alike.
 *
 * <p>Prompt tokens count whole prompts, cached prefixes included, as the router counts them.
 */
public enum Dialect {
    /** Whichever of the others the page is in. */
    AUTO(new DialectTable("", "")),

    /**
     * vLLM, V1 and V0. A page with several data-parallel engines is one instance: counts are summed, iterations averaged
     * (so that output tokens stay sequences times iterations), and KV use is that of the fullest engine.
     */
    VLLM(new DialectTable("engine", "")
            .read(Quantity.RUNNING, "vllm:num_requests_running")
            .read(Quantity.WAITING, "vllm:num_requests_waiting")
            .read(Quantity.KV_USE, "vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc")
            .blocks("vllm:cache_config_info", "num_gpu_blocks", "block_size")
            .read(Quantity.OUTPUT_TOKENS, "vllm:generation_tokens_total")
            .read(Quantity.PROMPT_TOKENS, "vllm:prompt_tokens_total")
            .read(Quantity.ITERATIONS, "vllm:iteration_tokens_total_count")
            .read(Quantity.PREEMPTIONS, "vllm:num_preemptions_total")
            .itl("vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds")
            .ttft("vllm:time_to_first_token_seconds")),

    /**
     * SGLang with {@code --enable-metrics}. Ranks of one engine repeat its values and count once; data-parallel engines are
     * merged as those of vLLM. It counts no iterations: they are estimated.
     */
    SGLANG(new DialectTable("dp_rank", "priority")
            .read(Quantity.RUNNING, "sglang:num_running_reqs")
            .read(Quantity.WAITING, "sglang:num_queue_reqs")
            .read(Quantity.KV_USE, "sglang:token_usage")
            .read(Quantity.KV_USED_TOKENS, "sglang:num_used_tokens")
            .read(Quantity.KV_CAPACITY_TOKENS, "sglang:max_total_num_tokens")
            .blocks("sglang:cache_config_info", "num_pages", "page_size")
            .read(Quantity.OUTPUT_TOKENS, "sglang:realtime_tokens_total{mode=decode}", "sglang:generation_tokens_total")
            .read(
                    Quantity.PROMPT_TOKENS,
                    "sglang:realtime_tokens_total{mode=prefill_compute|prefill_cache}",
                    "sglang:prompt_tokens_total")
            .read(Quantity.PREEMPTIONS, "sglang:num_retracted_requests_total")
            // The counter appears with the first retraction; this gauge is there from the start.
            .zeroWith(Quantity.PREEMPTIONS, "sglang:num_retracted_reqs")
            .itl("sglang:inter_token_latency_seconds", "sglang:time_per_output_token_seconds")
            .ttft("sglang:time_to_first_token_seconds")),

    /**
     * Hugging Face TGI. The ITL is the time of prefill and decode batches per decode batch, since a prefill stops the
     * sequences that decode; tokens count when a request ends. KV use is what the batch may grow to.
     */
    TGI(new DialectTable("", "")
            .read(Quantity.RUNNING, "tgi_batch_current_size")
            .read(Quantity.WAITING, "tgi_queue_size")
            .read(Quantity.KV_USED_TOKENS, "tgi_batch_current_max_tokens")
            .read(Quantity.OUTPUT_TOKENS, "tgi_request_generated_tokens_sum")
            .read(Quantity.PROMPT_TOKENS, "tgi_request_input_length_sum")
            .read(Quantity.ITERATIONS, "tgi_batch_inference_duration_count{method=decode|next_token}")
            .read(Quantity.ITL_SECONDS, "tgi_batch_inference_duration_sum")
            .read(Quantity.ITL_COUNT, "tgi_batch_inference_duration_count{method=decode|next_token}")
            .read(Quantity.ITL_BUCKETS, "tgi_request_mean_time_per_token_duration_bucket")),

    /** TensorRT-LLM's {@code trtllm-serve}, path {@code /prometheus/metrics}; its ITL is of requests that ended. */
    TRTLLM_SERVE(new DialectTable("", "")
            .read(Quantity.RUNNING, "trtllm_num_requests_running")
            .read(Quantity.WAITING, "trtllm_num_requests_waiting")
            .read(Quantity.KV_USE, "trtllm_kv_cache_utilization")
            .read(Quantity.KV_USED_BLOCKS, "trtllm_kv_cache_used_blocks")
            .read(Quantity.KV_BLOCKS, "trtllm_kv_cache_max_blocks")
            .read(Quantity.KV_BLOCK_TOKENS, "trtllm_kv_cache_tokens_per_block")
            .read(Quantity.ITERATION_BUDGET_TOKENS, "trtllm_max_num_tokens_runtime")
            .read(Quantity.OUTPUT_TOKENS, "trtllm_generation_tokens_total")
            .read(Quantity.PROMPT_TOKENS, "trtllm_prompt_tokens_total")
            .itl("trtllm_time_per_output_token_seconds")
            .ttft("trtllm_time_to_first_token_seconds")),

    /** Triton's TensorRT-LLM backend: counts and KV only; it reports no ITL. */
    TRITON_TRTLLM(new DialectTable("", "")
            .read(
                    Quantity.RUNNING,
                    "nv_trt_llm_request_metrics{request_type=scheduled}",
                    "nv_trt_llm_request_metrics{request_type=active}")
            .read(Quantity.WAITING, "nv_trt_llm_request_metrics{request_type=waiting}")
            .read(Quantity.KV_USE, "nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type=fraction}")
            .read(Quantity.KV_USED_BLOCKS, "nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type=used}")
            .read(Quantity.KV_BLOCKS, "nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type=max}")
            .read(Quantity.KV_BLOCK_TOKENS, "nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type=tokens_per}")
            .read(Quantity.OUTPUT_TOKENS, "nv_llm_output_token_len_sum")
            .read(Quantity.PROMPT_TOKENS, "nv_llm_input_token_len_sum")),

    /** llama.cpp's server with {@code --metrics}; tokens and ITL are of requests that ended. */
    LLAMA_CPP(new DialectTable("", "")
            .read(Quantity.RUNNING, "llamacpp:requests_processing")
            .read(Quantity.WAITING, "llamacpp:requests_deferred")
            .read(Quantity.KV_USE, "llamacpp:kv_cache_usage_ratio")
            .read(Quantity.KV_USED_TOKENS, "llamacpp:kv_cache_tokens")
            .read(Quantity.OUTPUT_TOKENS, "llamacpp:tokens_predicted_total")
            .read(Quantity.PROMPT_TOKENS, "llamacpp:prompt_tokens_total")
            .read(Quantity.ITERATIONS, "llamacpp:n_decode_total")
            .read(Quantity.ITL_SECONDS, "llamacpp:tokens_predicted_seconds_total")
            .read(Quantity.ITL_COUNT, "llamacpp:tokens_predicted_total")
            .read(Quantity.SEQUENCE_TOKENS_PER_SECOND, "llamacpp:predicted_tokens_seconds"));

    @SuppressWarnings("ImmutableEnumChecker") // filled above, before anyone sees it
    private final DialectTable table;

    Dialect(DialectTable table) {
        this.table = table;
    }

    DialectTable table() {
        return table;
    }

    /** The dialect that a page is in: the first that finds its running requests there; null if none does. */
    public static @Nullable Dialect detect(PrometheusPage page) {
        for (Dialect dialect : values()) {
            if (!dialect.table.find(page, Quantity.RUNNING).isEmpty()) {
                return dialect;
            }
        }
        return null;
    }
}
