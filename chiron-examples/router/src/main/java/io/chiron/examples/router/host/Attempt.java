package io.chiron.examples.router.host;

import static io.chiron.examples.router.http.Answer.JSON;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chiron.examples.router.http.EventReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** One try to have an instance serve a job: the events of its stream, and how it ended. */
final class Attempt {
    private static final Duration HEADERS_TIMEOUT = Duration.ofMinutes(10);

    /** Told what becomes of an attempt, on threads of the HTTP client; late words of a cancelled one included. */
    interface Listener {
        void event(Attempt attempt, String data, ObjectNode parsed);

        /** The stream has ended as it should. */
        void ended(Attempt attempt);

        /** The engine refused the request: the client's fault if the status is below 500. */
        void refused(Attempt attempt, int status, String message);

        /** The stream broke, or never came; the engine itself is unreachable if nobody listens at its address. */
        void broken(Attempt attempt, String message, boolean unreachable);
    }

    final Job job;
    final Instance instance;
    long tokens;
    long firstNanos;
    long lastNanos;

    private final Listener listener;
    private final EventReader reader = new EventReader(this::event);
    private boolean done;
    private @Nullable String failure;

    Attempt(Job job, Instance instance, Listener listener) {
        this.job = job;
        this.instance = instance;
        this.listener = listener;
    }

    void start(HttpClient client) {
        ObjectNode body = job.body.deepCopy();
        body.put("stream", true);
        HttpRequest request = HttpRequest.newBuilder(instance.uri(job.path))
                .timeout(HEADERS_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        var unused = client.sendAsync(request, info -> reader).whenComplete(this::completed);
    }

    /** Closes the connection, whereupon the engine ends the sequence. */
    void cancel() {
        reader.cancel();
    }

    double meanItlSeconds() {
        return tokens > 1 ? (lastNanos - firstNanos) * 1e-9 / (tokens - 1) : 0;
    }

    private void event(String data) {
        if (data.equals("[DONE]")) {
            done = true;
            return;
        }
        try {
            JsonNode parsed = JSON.readTree(data);
            if (parsed.has("error")) {
                failure = parsed.path("error").path("message").asText("the engine reports an error");
            } else if (parsed instanceof ObjectNode event) {
                listener.event(this, data, event);
            }
        } catch (JacksonException notJson) {
            failure = "the engine sent an event that is not JSON";
        }
    }

    private void completed(@Nullable HttpResponse<String> response, @Nullable Throwable thrown) {
        if (response == null || thrown != null) {
            Throwable cause =
                    thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
            listener.broken(this, String.valueOf(cause), cause != null && Host.isUnreachable(cause));
        } else if (response.statusCode() >= 400) {
            listener.refused(this, response.statusCode(), message(response));
        } else if (failure != null || !done) {
            listener.broken(this, failure != null ? failure : "the stream ended early", false);
        } else {
            listener.ended(this);
        }
    }

    private static String message(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body())
                    .path("error")
                    .path("message")
                    .asText("status " + response.statusCode());
        } catch (JacksonException notJson) {
            return "status " + response.statusCode();
        }
    }
}
