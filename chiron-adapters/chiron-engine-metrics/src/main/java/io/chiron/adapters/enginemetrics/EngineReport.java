package io.chiron.adapters.enginemetrics;

import io.chiron.api.InstanceSample;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the latest scrape of one engine gave. Immutable.
 *
 * @param instance id of the instance
 * @param time end of that scrape
 * @param dialect of the newest page that could be read; {@link Dialect#AUTO} before there was one
 * @param fault why the latest scrape gave nothing, in words; null if it gave a page
 * @param restarts restarts of the engine that its counters showed
 * @param sample the newest sample, with its own time, which a fault leaves in place; null before there was one
 * @param itl inter-token latencies of that sample's window, seconds
 * @param ttft times to first token of that window, seconds
 */
public record EngineReport(
        String instance,
        Instant time,
        Dialect dialect,
        @Nullable String fault,
        long restarts,
        @Nullable InstanceSample sample,
        HistogramWindow itl,
        HistogramWindow ttft) {}
