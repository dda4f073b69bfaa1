package io.chiron.examples.simulator.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.chiron.api.Checks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Results on disk, one JSON file each, under the digest of the settings that they follow from. What is there is not computed
 * again, so an interrupted study goes on where it was. Thread-safe; nothing is computed twice at a time.
 */
final class Store {
    static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path folder;
    private final ConcurrentHashMap<String, CompletableFuture<Object>> known = new ConcurrentHashMap<>();

    /** Results in {@code folder}, which is made if it is not there. */
    Store(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw Checks.outOfRange("--out", folder, "a folder that is there or can be made");
        }
    }

    /** The result that follows from {@code settings}; {@code work} if it is not known. */
    <T> T get(Map<String, ?> settings, Class<T> type, Supplier<T> work) {
        String key = key(settings);
        CompletableFuture<Object> mine = new CompletableFuture<>();
        CompletableFuture<Object> other = known.putIfAbsent(key, mine);
        if (other != null) {
            return type.cast(other.join());
        }
        try {
            T result = read(key, type);
            if (result == null) {
                result = work.get();
                write(key, settings, result);
            }
            mine.complete(result);
            return result;
        } catch (RuntimeException | Error e) {
            known.remove(key);
            mine.completeExceptionally(e);
            throw e;
        }
    }

    /** True if {@link #get} would have to work. */
    boolean has(Map<String, ?> settings) {
        String key = key(settings);
        return known.containsKey(key) || Files.exists(file(key));
    }

    private <T> @Nullable T read(String key, Class<T> type) {
        Path file = file(key);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            JsonNode result = MAPPER.readTree(file.toFile()).get("result");
            return result == null ? null : MAPPER.treeToValue(result, type);
        } catch (IOException e) {
            // Cut off or of an older form: computed again.
            return null;
        }
    }

    private void write(String key, Map<String, ?> settings, Object result) {
        Path file = file(key);
        Path part = folder.resolve(key + ".part");
        try {
            Files.writeString(part, MAPPER.writeValueAsString(Map.of("settings", settings, "result", result)));
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    private Path file(String key) {
        return folder.resolve(key + ".json");
    }

    private static String key(Map<String, ?> settings) {
        try {
            MessageDigest digest = Fingerprint.sha256();
            digest.update(MAPPER.writeValueAsString(settings).getBytes(StandardCharsets.UTF_8));
            return Fingerprint.hex(digest);
        } catch (IOException e) {
            throw new UncheckedIOException("settings without JSON: " + settings, e);
        }
    }
}
