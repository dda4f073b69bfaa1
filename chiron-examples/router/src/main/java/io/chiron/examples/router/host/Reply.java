package io.chiron.examples.router.host;

import static io.chiron.examples.router.http.Answer.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chiron.examples.router.http.Answer;
import io.chiron.examples.router.http.EventStream;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * What a client gets. An interactive stream passes events on as they come; everything else is kept until it is complete,
 * since a batch request may have to begin anew. Confined to the host's lock.
 */
final class Reply {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final boolean stream;
    private final boolean immediate;
    private final List<String> events = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private @Nullable ObjectNode last;
    private @Nullable EventStream open;
    private boolean ended;

    /** @param immediate whether events are passed on as they come */
    Reply(Request request, Response response, Callback callback, boolean stream, boolean immediate) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.stream = stream;
        this.immediate = stream && immediate;
        // A request may wait for longer than a connection may be idle.
        request.addIdleTimeoutListener(timeout -> open != null);
    }

    /** Passes an event of the engine on. Returns false if the client is gone. */
    boolean event(String data, ObjectNode parsed) {
        if (immediate) {
            EventStream to = open;
            if (to == null) {
                to = new EventStream(request, response, callback);
                open = to;
            }
            return to.send(data);
        }
        if (stream) {
            events.add(data);
        } else {
            JsonNode choice = parsed.path("choices").path(0);
            text.append(choice.path("text").asText(""))
                    .append(choice.path("delta").path("content").asText(""));
        }
        last = parsed;
        return true;
    }

    /** True if the client has seen a part of the answer, which cannot be taken back. */
    boolean begun() {
        return open != null;
    }

    /** The request begins anew. */
    void restart() {
        events.clear();
        text.setLength(0);
        last = null;
    }

    /** The answer is complete. */
    void complete(String requestId, boolean chat, int promptTokens, long outputTokens) {
        if (ended) {
            return;
        }
        ended = true;
        if (!stream) {
            ObjectNode body = whole(chat, promptTokens, outputTokens);
            body.put("router_id", requestId);
            Answer.json(response, callback, 200, body);
            return;
        }
        EventStream to = open == null ? new EventStream(request, response, callback) : open;
        open = to;
        events.forEach(to::send);
        to.send("[DONE]");
        to.end();
    }

    /** There is no answer, or no more of it. */
    void fail(int status, String message) {
        if (ended) {
            return;
        }
        ended = true;
        EventStream to = open;
        if (to != null) {
            to.send(Answer.errorBody(status, message).toString());
            to.end();
        } else {
            if (status == 429 || status == 503) {
                response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
            }
            Answer.error(response, callback, status, message);
        }
    }

    private ObjectNode whole(boolean chat, int promptTokens, long outputTokens) {
        ObjectNode body = last == null ? JSON.createObjectNode() : last.deepCopy();
        String finish = body.path("choices").path(0).path("finish_reason").asText("stop");
        body.put("object", chat ? "chat.completion" : "text_completion");
        ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
        if (chat) {
            choice.putObject("message").put("role", "assistant").put("content", text.toString());
        } else {
            choice.put("text", text.toString());
        }
        choice.put("finish_reason", finish);
        if (!body.has("usage")) {
            body.putObject("usage")
                    .put("prompt_tokens", promptTokens)
                    .put("completion_tokens", outputTokens)
                    .put("total_tokens", promptTokens + outputTokens);
        }
        return body;
    }
}
