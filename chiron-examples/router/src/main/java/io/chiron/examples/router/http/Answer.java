package io.chiron.examples.router.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Whole answers, and whole bodies of bounded size. */
public final class Answer {
    /** Shared: it is thread-safe. */
    public static final ObjectMapper JSON = new ObjectMapper();

    private Answer() {}

    /** Answers with a text of a kind. */
    public static void text(Response response, Callback callback, int status, String type, String body) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
    }

    /** Answers with JSON. */
    public static void json(Response response, Callback callback, int status, JsonNode body) {
        text(response, callback, status, "application/json", body.toString());
    }

    /** Answers with an error in the form of OpenAI's API. */
    public static void error(Response response, Callback callback, int status, String message) {
        json(response, callback, status, errorBody(status, message));
    }

    /** An error in the form of OpenAI's API. */
    public static ObjectNode errorBody(int status, String message) {
        ObjectNode body = JSON.createObjectNode();
        body.putObject("error")
                .put("message", message)
                .put("type", status < 500 ? "invalid_request_error" : "server_error")
                .put("code", status);
        return body;
    }

    /**
     * Reads the body as a JSON object and hands it on; answers 413 or 400 itself. Reads at most {@code maxBytes}, whatever
     * is sent.
     */
    public static void withObject(
            Request request, Response response, Callback callback, int maxBytes, Consumer<ObjectNode> use) {
        if (request.getLength() > maxBytes) {
            tooLarge(response, callback, maxBytes);
            return;
        }
        new BodyReader(request, maxBytes, (bytes, thrown) -> {
                    if (thrown instanceof BodyReader.TooLarge) {
                        tooLarge(response, callback, maxBytes);
                        return;
                    }
                    if (thrown != null) {
                        callback.failed(thrown);
                        return;
                    }
                    ObjectNode object = object(bytes);
                    if (object == null) {
                        error(response, callback, 400, "the body is not a JSON object");
                    } else {
                        try {
                            use.accept(object);
                        } catch (IllegalArgumentException bad) {
                            error(response, callback, 400, String.valueOf(bad.getMessage()));
                        } catch (RuntimeException failed) {
                            callback.failed(failed);
                        }
                    }
                })
                .read();
    }

    private static void tooLarge(Response response, Callback callback, int maxBytes) {
        // What is still to come is not read.
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        error(response, callback, 413, "the body is not allowed; allowed: at most " + maxBytes + " bytes");
    }

    private static @Nullable ObjectNode object(byte[] bytes) {
        try {
            return JSON.readTree(bytes) instanceof ObjectNode object ? object : null;
        } catch (JacksonException notJson) {
            return null;
        } catch (java.io.IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
