package io.chiron.examples.router.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chiron.api.Checks;
import io.chiron.api.RoutedRequest;
import io.chiron.api.Times;
import io.chiron.examples.router.http.Answer;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** The pages of the router, and what a request must look like. */
final class RouterHandler extends Handler.Abstract {
    static final String CLASS_HEADER = "X-Chiron-Class";
    static final String DEADLINE_HEADER = "X-Chiron-Deadline-Seconds";
    private static final double MAX_DEADLINE_SECONDS = 30 * 86_400.0;

    private final Host host;
    private final RouterSettings settings;
    private final Page page;
    private final AtomicLong ids = new AtomicLong();

    RouterHandler(Host host, RouterSettings settings, Page page) {
        this.host = host;
        this.settings = settings;
        this.page = page;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        switch (path) {
            case "/" -> Answer.text(response, callback, 200, "text/html; charset=utf-8", Page.HTML);
            case "/fleet.json" -> Answer.json(response, callback, 200, page.fleet());
            case "/metrics" -> Answer.text(response, callback, 200, "text/plain; version=0.0.4", page.metrics());
            case "/healthz" -> {
                String sickness = page.sickness();
                int status = sickness == null ? 200 : 503;
                Answer.text(response, callback, status, "text/plain", sickness == null ? "ok\n" : sickness + "\n");
            }
            case "/v1/completions", "/v1/chat/completions" -> {
                if (!request.getMethod().equals("POST")) {
                    Answer.error(response, callback, 405, "the method is not allowed; allowed: POST");
                } else {
                    Answer.withObject(
                            request,
                            response,
                            callback,
                            settings.maxBodyBytes(),
                            body -> accept(path, request, response, callback, body));
                }
            }
            default -> Answer.error(response, callback, 404, "there is no such page");
        }
        return true;
    }

    private void accept(String path, Request request, Response response, Callback callback, ObjectNode body) {
        String tier = tier(
                request.getHeaders().get(CLASS_HEADER),
                body.path("service_tier").asText());
        int index = settings.index(tier);
        Instant now = Instant.now();
        double deadlineSeconds = deadlineSeconds(request.getHeaders().get(DEADLINE_HEADER), tier);
        if (body.has("n") && body.path("n").asInt() != 1) {
            throw Checks.outOfRange("n", body.path("n"), "1");
        }
        RoutedRequest routed = new RoutedRequest(
                "r" + ids.incrementAndGet(),
                tier,
                promptTokens(path, body),
                now,
                now.plus(Times.duration(deadlineSeconds)));
        boolean interactive = settings.tiers().get(index).interactive();
        Reply reply = new Reply(request, response, callback, body.path("stream").asBoolean(), interactive);
        host.accept(new Job(routed, index, interactive, path, body, reply));
    }

    private static String tier(@Nullable String header, String serviceTier) {
        if (header == null) {
            return serviceTier.equals("flex") ? RouterSettings.BATCH : RouterSettings.INTERACTIVE;
        }
        if (header.equals(RouterSettings.BATCH) || header.equals(RouterSettings.INTERACTIVE)) {
            return header;
        }
        throw Checks.outOfRange(CLASS_HEADER, "\"" + header + "\"", "interactive, batch");
    }

    private double deadlineSeconds(@Nullable String header, String tier) {
        if (header == null) {
            return settings.tier(tier).slo().ttftSeconds();
        }
        double seconds;
        try {
            seconds = Double.parseDouble(header);
        } catch (NumberFormatException notNumber) {
            throw Checks.outOfRange(DEADLINE_HEADER, "\"" + header + "\"", "a number of seconds");
        }
        return Checks.inRange(DEADLINE_HEADER, seconds, 0.001, MAX_DEADLINE_SECONDS);
    }

    private int promptTokens(String path, ObjectNode body) {
        long characters = 0;
        if (path.equals("/v1/completions")) {
            if (!body.path("prompt").isTextual()) {
                throw Checks.outOfRange("prompt", body.path("prompt"), "a text");
            }
            characters = body.path("prompt").asText().length();
        } else {
            if (!body.path("messages").isArray() || body.path("messages").isEmpty()) {
                throw Checks.outOfRange("messages", body.path("messages"), "an array that is not empty");
            }
            for (JsonNode message : body.path("messages")) {
                characters += message.path("content").toString().length();
            }
        }
        return (int) Math.max(1, Math.round(characters / settings.charactersPerToken()));
    }
}
