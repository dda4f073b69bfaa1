package io.chiron.adapters.enginemetrics;

import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Sample pages as the engines write them, and what is often made of them. */
final class Pages {
    static final List<String> ALL = List.of(
            "vllm-v1-dp2",
            "vllm-v1-0.9",
            "vllm-v0",
            "sglang-0.5-dp2",
            "sglang-0.4",
            "tgi-3",
            "trtllm-serve",
            "triton-trtllm",
            "triton-trtllm-23.11",
            "llamacpp",
            "llamacpp-old");

    static final InstanceSnapshot INSTANCE = InstanceSnapshot.of("i", Pool.MIXED, Phase.READY, null);

    private Pages() {}

    static String text(String name) {
        try (InputStream in = Pages.class.getResourceAsStream(name + ".txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The page with new values on the lines that begin with the keys; each key must begin a line. */
    static String with(String page, Map<String, Object> values) {
        StringBuilder changed = new StringBuilder();
        int hits = 0;
        for (String line : page.split("\n", -1)) {
            String next = line;
            for (Map.Entry<String, Object> value : values.entrySet()) {
                if (line.startsWith(value.getKey())) {
                    next = line.substring(0, line.lastIndexOf(' ') + 1) + value.getValue();
                    hits++;
                }
            }
            changed.append(next).append('\n');
        }
        if (hits < values.size()) {
            throw new IllegalArgumentException("only " + hits + " lines for " + values);
        }
        return changed.substring(0, changed.length() - 1);
    }

    static EngineEndpoint endpoint(Dialect dialect) {
        return new EngineEndpoint(INSTANCE, URI.create("http://localhost/"), dialect, Double.NaN, Double.NaN);
    }

    static EngineReading read(String text) {
        return read(text, endpoint(Dialect.AUTO));
    }

    static EngineReading read(String text, EngineEndpoint endpoint) {
        try {
            return EngineReading.of(PrometheusPage.parse(text), endpoint);
        } catch (EngineReading.Unusable unusable) {
            throw new AssertionError(unusable.getMessage(), unusable);
        }
    }

    static ReadingWindow window(String before, String after, double seconds) {
        return ReadingWindow.between(read(before), read(after), seconds);
    }
}
