package io.chiron.examples.router.load;

import static io.chiron.examples.router.http.Answer.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps count of batch requests: each must have one answer, complete, and no completion may serve two. Thread-safe. */
public final class BatchBook {
    private final Set<String> completions = new HashSet<>();
    private long sent;
    private long complete;
    private long wrongLength;
    private long repeated;
    private long failed;
    private String lastFailure = "";

    synchronized void sent() {
        sent++;
    }

    synchronized void answered(@Nullable HttpResponse<String> response, @Nullable Throwable thrown, int tokens) {
        if (response == null || response.statusCode() != 200) {
            failed++;
            lastFailure = response == null ? String.valueOf(thrown) : response.body();
            return;
        }
        try {
            JsonNode body = JSON.readTree(response.body());
            complete++;
            wrongLength += body.path("usage").path("completion_tokens").asInt() == tokens ? 0 : 1;
            repeated += completions.add(body.path("router_id").asText()) ? 0 : 1;
        } catch (IOException notJson) {
            failed++;
            lastFailure = "the answer is not JSON";
        }
    }

    /** Sent so far. */
    public synchronized long sentCount() {
        return sent;
    }

    /** Answered with a completion. */
    public synchronized long completeCount() {
        return complete;
    }

    /** Answered with an error, or not at all. */
    public synchronized long failedCount() {
        return failed;
    }

    /** Of the complete ones, those of another length than asked for. */
    public synchronized long wrongLengthCount() {
        return wrongLength;
    }

    /** Of the complete ones, those whose request had been answered before. */
    public synchronized long repeatedCount() {
        return repeated;
    }

    /** What the last failed one was told; empty if none failed. */
    public synchronized String lastFailure() {
        return lastFailure;
    }
}
