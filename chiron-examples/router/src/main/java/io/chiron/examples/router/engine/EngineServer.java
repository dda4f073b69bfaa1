package io.chiron.examples.router.engine;

import static io.chiron.examples.router.http.Answer.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chiron.api.Checks;
import io.chiron.examples.router.http.Answer;
import io.chiron.examples.router.http.EventStream;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The part of OpenAI's API that the router uses, for one engine: completions as event streams, {@code /metrics} and
 * {@code /health}.
 */
public final class EngineServer extends Handler.Abstract {
    private static final int MAX_BODY_BYTES = 1 << 20;

    private final LlamaEngine engine;
    private final EngineCounters counters;
    private final AtomicLong ids = new AtomicLong();

    public EngineServer(LlamaEngine engine, EngineCounters counters) {
        this.engine = engine;
        this.counters = counters;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        switch (Request.getPathInContext(request)) {
            case "/health" -> Answer.text(response, callback, 200, "text/plain", "ok\n");
            case "/metrics" -> Answer.text(response, callback, 200, "text/plain; version=0.0.4", counters.page());
            case "/v1/completions" ->
                Answer.withObject(request, response, callback, MAX_BODY_BYTES, body -> {
                    start(request, response, callback, body, body.path("prompt").asText(), false);
                });
            case "/v1/chat/completions" ->
                Answer.withObject(request, response, callback, MAX_BODY_BYTES, body -> {
                    start(request, response, callback, body, chatPrompt(body), true);
                });
            default -> Answer.error(response, callback, 404, "there is no such page");
        }
        return true;
    }

    private static String chatPrompt(ObjectNode body) {
        StringBuilder prompt = new StringBuilder();
        for (JsonNode message : body.path("messages")) {
            prompt.append(message.path("role").asText())
                    .append(' ')
                    .append(message.path("content").asText())
                    .append(' ');
        }
        return prompt.append("assistant").toString();
    }

    private void start(
            Request request, Response response, Callback callback, ObjectNode body, String prompt, boolean chat) {
        int maxTokens = body.path("max_tokens").asInt(16);
        Checks.inRange("max_tokens", maxTokens, 1, engine.settings().contextTokensPerSlot());
        EventStream stream = new EventStream(request, response, callback);
        Events events = new Events("cmpl-" + ids.incrementAndGet(), chat, stream, engine.tokens(prompt));
        engine.start(prompt, maxTokens, events);
    }

    /** Turns what a sequence yields into events. */
    private static final class Events implements LlamaEngine.Sink {
        private final String id;
        private final boolean chat;
        private final EventStream stream;
        private final int promptTokens;
        private final long createdSeconds = System.currentTimeMillis() / 1000;
        private int tokens;

        Events(String id, boolean chat, EventStream stream, int promptTokens) {
            this.id = id;
            this.chat = chat;
            this.stream = stream;
            this.promptTokens = promptTokens;
        }

        @Override
        public boolean token(String text) {
            tokens++;
            return stream.send(event(text, null).toString());
        }

        @Override
        public void done() {
            ObjectNode last = event("", "length");
            last.putObject("usage")
                    .put("prompt_tokens", promptTokens)
                    .put("completion_tokens", tokens)
                    .put("total_tokens", promptTokens + tokens);
            stream.send(last.toString());
            stream.send("[DONE]");
            stream.end();
        }

        @Override
        public void failed(String message) {
            stream.send(Answer.errorBody(500, message).toString());
            stream.end();
        }

        private ObjectNode event(String text, @org.jspecify.annotations.Nullable String finishReason) {
            ObjectNode event = JSON.createObjectNode();
            event.put("id", id);
            event.put("object", chat ? "chat.completion.chunk" : "text_completion");
            event.put("created", createdSeconds);
            event.put("model", "random");
            ObjectNode choice = event.putArray("choices").addObject().put("index", 0);
            if (chat) {
                choice.putObject("delta").put("content", text);
            } else {
                choice.put("text", text);
            }
            choice.put("finish_reason", finishReason);
            return event;
        }
    }
}
