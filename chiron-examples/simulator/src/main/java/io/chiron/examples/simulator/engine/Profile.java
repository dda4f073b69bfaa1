package io.chiron.examples.simulator.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How long one iteration of a model on some hardware takes, and how much its KV cache holds.
 *
 * @param id name of the profile
 * @param model model name
 * @param hardware accelerator name
 * @param gpus GPUs of one instance
 * @param timing coefficients of the iteration time
 * @param kvBytesPerToken KV cache bytes of one token
 * @param kvCapacityTokens tokens that the KV cache holds
 * @param maxContextTokens longest prompt plus output that the model was made for; not enforced by {@link Engine}
 * @param startup time from asking for an instance until it serves
 */
public record Profile(
        String id,
        String model,
        String hardware,
        int gpus,
        Timing timing,
        long kvBytesPerToken,
        long kvCapacityTokens,
        long maxContextTokens,
        Startup startup) {

    /** IDs of the profiles that ship with the simulator. */
    public static final List<String> SHIPPED = List.of(
            "llama2-70b_h100-80g_tp4",
            "llama2-7b_h100-80g_tp1",
            "llama3-70b_a100-80g_tp4",
            "llama3-70b_a100-80g_tp8",
            "llama3-8b_a100-80g_tp1",
            "llama3-8b_h100-80g_tp1");

    private static final long MAX_FILE_BYTES = 1 << 20;

    /**
     * Coefficients of {@code c0 + sqrt(m² + (g·(P+B))²) + c2·B + c3·KV + c4·S}, in seconds: fixed cost, weight-streaming
     * floor, compute per token, host cost per sequence, KV reads per token, prefill attention per token².
     */
    public record Timing(double c0, double m, double g, double c2, double c3, double c4) {
        /** Duration of one iteration, see {@link Profile#iterationSeconds}. */
        public double seconds(double decodeSequences, double prefillTokens, double kvTokens, double prefillWork) {
            double compute = g * (prefillTokens + decodeSequences);
            return c0 + Math.sqrt(m * m + compute * compute) + c2 * decodeSequences + c3 * kvTokens + c4 * prefillWork;
        }
    }

    /** Start-up times: warm caches, local disk, weights over the network. */
    public record Startup(double fastSeconds, double typicalSeconds, double slowSeconds) {}

    /**
     * Duration of one iteration, which is also the inter-token latency of every decode sequence in it. Counts may be
     * fractional, for means.
     *
     * @param decodeSequences sequences that yield one token each
     * @param prefillTokens prompt tokens, all chunks together
     * @param kvTokens cached tokens of the decode sequences
     * @param prefillWork sum over chunks of {@code chunk · (tokens already cached + chunk/2)}
     */
    public double iterationSeconds(double decodeSequences, double prefillTokens, double kvTokens, double prefillWork) {
        return timing.seconds(decodeSequences, prefillTokens, kvTokens, prefillWork);
    }

    /** The same profile with another KV capacity. */
    public Profile withKvCapacityTokens(long tokens) {
        return new Profile(id, model, hardware, gpus, timing, kvBytesPerToken, tokens, maxContextTokens, startup);
    }

    /**
     * Loads a shipped profile by its ID, or a file of the same schema.
     *
     * @throws IllegalArgumentException if there is no such profile or it is malformed
     */
    public static Profile load(String idOrFile) {
        if (SHIPPED.contains(idOrFile)) {
            try (InputStream in = Profile.class.getResourceAsStream("/profiles/" + idOrFile + ".json")) {
                if (in == null) {
                    throw new IllegalStateException("profile resource missing from the jar: " + idOrFile);
                }
                return parse(idOrFile, in.readAllBytes());
            } catch (IOException e) {
                throw new IllegalStateException("profile resource unreadable: " + idOrFile, e);
            }
        }
        Path file = Path.of(idOrFile);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    "profile '" + idOrFile + "' is neither a file nor one of " + String.join(", ", SHIPPED));
        }
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new IllegalArgumentException("profile " + file + ": larger than " + MAX_FILE_BYTES + " bytes");
            }
            return parse(idOrFile, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new IllegalArgumentException("profile " + file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static Profile parse(String source, byte[] json) throws IOException {
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "profile " + source + ": not JSON at line "
                            + (e.getLocation() == null ? 0 : e.getLocation().getLineNr()),
                    e);
        }
        Fields fields = new Fields(source, root);
        String form = "/iteration_time/smooth/coefficients/";
        return new Profile(
                fields.text("/id"),
                fields.text("/model"),
                fields.text("/hardware"),
                (int) fields.whole("/gpus", 1, 1024),
                new Timing(
                        fields.number(form + "c0", 1e-9, 10),
                        fields.number(form + "m", 0, 10),
                        fields.number(form + "g", 0, 1),
                        fields.number(form + "c2", 0, 1),
                        fields.number(form + "c3", 0, 1),
                        fields.number(form + "c4", 0, 1)),
                fields.whole("/kv_cache/bytes_per_token", 1, 1L << 40),
                fields.whole("/kv_cache/capacity_tokens", 2, 1L << 40),
                fields.whole("/limits/max_context_tokens", 2, 1L << 40),
                new Startup(
                        fields.number("/startup_s/fast", 0, 86_400),
                        fields.number("/startup_s/typical", 0, 86_400),
                        fields.number("/startup_s/slow", 0, 86_400)));
    }

    /** Checked access to the fields of one JSON document. */
    private record Fields(String source, JsonNode root) {
        String text(String pointer) {
            JsonNode node = root.at(pointer);
            if (!node.isTextual() || node.textValue().isBlank()) {
                throw bad(pointer, node, "a non-empty text");
            }
            return node.textValue();
        }

        double number(String pointer, double min, double max) {
            JsonNode node = root.at(pointer);
            double value = node.isNumber() ? node.doubleValue() : Double.NaN;
            if (!(value >= min && value <= max)) {
                throw bad(pointer, node, "a number from " + min + " to " + max);
            }
            return value;
        }

        long whole(String pointer, long min, long max) {
            JsonNode node = root.at(pointer);
            long value = node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : min - 1;
            if (value < min || value > max) {
                throw bad(pointer, node, "a whole number from " + min + " to " + max);
            }
            return value;
        }

        private IllegalArgumentException bad(String pointer, JsonNode node, String wanted) {
            String name = pointer.substring(1).replace('/', '.');
            String value = node.isMissingNode() ? "missing" : abbreviate(node.toString());
            return new IllegalArgumentException(
                    "profile " + source + ": " + name + " is " + value + ", must be " + wanted);
        }

        private static String abbreviate(String text) {
            return text.length() <= 40 ? text : text.substring(0, 40) + "...";
        }
    }
}
