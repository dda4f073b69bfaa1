package io.chiron.examples.router.load;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chiron.examples.router.http.Answer;
import io.chiron.examples.router.http.EventReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.StatUtils;

/** Given arrivals straight to one engine, with a cap of requests in flight; the rest waits here, first come first served. */
final class DirectLoad {
    /** A request by when it arrives and what it asks for. */
    record Sent(double arrivalSeconds, int outputTokens) {}

    /**
     * What came of all of them; medians over requests.
     *
     * @param httpSeconds that an answer takes without any token, median; before the first token of each request it is part of
     *     its TTFT
     */
    record Outcome(
            double medianTtftSeconds,
            double medianItlSeconds,
            double httpSeconds,
            long tokens,
            double spanSeconds,
            int promptTokens) {}

    private static final long PULSE_MILLIS = 100;

    private final URI completions;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Deque<Call> waiting = new ArrayDeque<>();
    private int room;

    DirectLoad(URI engine, int cap) {
        completions = engine.resolve("/v1/completions");
        room = cap;
    }

    /** One request on its way. Told of its events by one thread at a time, read when it has ended. */
    private static final class Call {
        final int wanted;
        final long arrivalNanos;
        long firstNanos;
        long lastNanos;
        int tokens;
        int promptTokens;

        Call(int wanted, long arrivalNanos) {
            this.wanted = wanted;
            this.arrivalNanos = arrivalNanos;
        }

        void event(String data) {
            if (data.contains("\"finish_reason\":null")) {
                lastNanos = System.nanoTime();
                firstNanos = tokens++ == 0 ? lastNanos : firstNanos;
            } else if (data.contains("\"usage\"")) {
                promptTokens = promptTokens(data);
            }
        }

        private static int promptTokens(String data) {
            try {
                return Answer.JSON
                        .readTree(data)
                        .path("usage")
                        .path("prompt_tokens")
                        .asInt();
            } catch (java.io.IOException notJson) {
                throw new IllegalStateException("the engine sent " + data, notJson);
            }
        }
    }

    /** Sends all, by their time of arrival; returns when all have ended. */
    Outcome run(List<Sent> requests) throws InterruptedException {
        CountDownLatch left = new CountDownLatch(requests.size());
        List<Double> pulses = Collections.synchronizedList(new ArrayList<>());
        pulse(left, pulses);
        List<Call> calls = new ArrayList<>();
        long start = System.nanoTime();
        for (Sent request : requests) {
            long arrival = start + (long) (request.arrivalSeconds() * 1e9);
            TimeUnit.NANOSECONDS.sleep(arrival - System.nanoTime());
            Call call = new Call(request.outputTokens(), arrival);
            calls.add(call);
            arrived(call, left);
        }
        left.await();
        long tokens = 0;
        long end = start;
        for (Call call : calls) {
            if (call.tokens != call.wanted) {
                throw new IllegalStateException("the engine yielded " + call.tokens + " of " + call.wanted + " tokens");
            }
            tokens += call.tokens;
            end = Math.max(end, call.lastNanos);
        }
        return new Outcome(
                median(calls, call -> (call.firstNanos - call.arrivalNanos) * 1e-9),
                median(calls, call -> (call.lastNanos - call.firstNanos) * 1e-9 / (call.tokens - 1)),
                median(List.copyOf(pulses), Double::doubleValue),
                tokens,
                (end - start) * 1e-9,
                calls.get(0).promptTokens);
    }

    private synchronized void arrived(Call call, CountDownLatch left) {
        if (room > 0) {
            room--;
            send(call, left);
        } else {
            waiting.add(call);
        }
    }

    private synchronized void ended(CountDownLatch left) {
        left.countDown();
        Call next = waiting.poll();
        if (next == null) {
            room++;
        } else {
            send(next, left);
        }
    }

    private void send(Call call, CountDownLatch left) {
        var unused = client.sendAsync(request(call.wanted), info -> new EventReader(call::event))
                .whenComplete((response, thrown) -> ended(left));
    }

    /** Asks for no token now and then, which the engine refuses, until nothing is left. */
    private void pulse(CountDownLatch left, List<Double> seconds) {
        long start = System.nanoTime();
        var unused = client.sendAsync(request(0), HttpResponse.BodyHandlers.discarding())
                .thenRun(() -> {
                    seconds.add((System.nanoTime() - start) * 1e-9);
                    if (left.getCount() > 0) {
                        CompletableFuture.delayedExecutor(PULSE_MILLIS, TimeUnit.MILLISECONDS)
                                .execute(() -> pulse(left, seconds));
                    }
                });
    }

    private HttpRequest request(int tokens) {
        ObjectNode body = Answer.JSON.createObjectNode();
        body.put("prompt", LoadGenerator.PROMPT);
        body.put("max_tokens", tokens);
        body.put("stream", true);
        return HttpRequest.newBuilder(completions)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
    }

    private static <T> double median(List<T> all, ToDoubleFunction<T> value) {
        return StatUtils.percentile(all.stream().mapToDouble(value).toArray(), 50);
    }
}
