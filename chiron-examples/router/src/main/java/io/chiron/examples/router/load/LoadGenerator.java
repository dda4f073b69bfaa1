package io.chiron.examples.router.load;

import static io.chiron.examples.router.http.Answer.JSON;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chiron.examples.router.http.EventReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients of a router: interactive ones that come at random (Poisson, streaming), and as many batch ones as keep a queue
 * of a given length. The same seed gives the same arrivals and lengths.
 */
public final class LoadGenerator implements AutoCloseable {
    /** One interactive request as its client saw it; NaN where nothing came. */
    public record Seen(double ttftSeconds, double itlSeconds, boolean complete) {}

    /**
     * What to send.
     *
     * @param interactivePerSecond mean rate
     * @param batchInSystem batch requests that are always there
     * @param outputTokens mean; lengths are uniform within half of it either way
     */
    public record Load(double interactivePerSecond, int batchInSystem, int outputTokens) {}

    /**
     * One for all: llama.cpp gives a request the free slot whose last prompt is most like its own, the first of equals. Slots that
     * are never used again keep their KV cache, and every iteration computes on it.
     */
    static final String PROMPT = "a tale";

    private final URI completions;
    private final Load load;
    private final Random interactiveLengths;
    private final Random batchLengths;
    private final Random gaps;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "load");
        thread.setDaemon(true);
        return thread;
    });
    private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final BatchBook book = new BatchBook();
    private volatile boolean stopped;

    public LoadGenerator(int port, Load load, long seed) {
        completions = URI.create("http://127.0.0.1:" + port + "/v1/completions");
        this.load = load;
        interactiveLengths = new Random(seed);
        batchLengths = new Random(seed + 1);
        gaps = new Random(seed + 2);
    }

    /** Starts both kinds. */
    public void start() {
        for (int i = 0; i < load.batchInSystem(); i++) {
            batch(true);
        }
        schedule();
    }

    /** Sends batch requests besides, all at once. */
    public void sendBatch(int count) {
        for (int i = 0; i < count; i++) {
            batch(false);
        }
    }

    /** What interactive requests have seen that ended since the last call. */
    public List<Seen> take() {
        List<Seen> taken = new java.util.ArrayList<>();
        Seen next = seen.poll();
        while (next != null) {
            taken.add(next);
            next = seen.poll();
        }
        return taken;
    }

    /** What became of the batch requests. */
    public BatchBook batchBook() {
        return book;
    }

    /** Sends nothing new. */
    public void stop() {
        stopped = true;
    }

    /** Requests without an answer. */
    public int open() {
        return open.get();
    }

    private void schedule() {
        if (stopped || !(load.interactivePerSecond() > 0)) {
            return;
        }
        double gapSeconds = -Math.log(1 - gaps.nextDouble()) / load.interactivePerSecond();
        var unused = timer.schedule(
                () -> {
                    interactive();
                    schedule();
                },
                (long) (gapSeconds * 1e9),
                TimeUnit.NANOSECONDS);
    }

    private void interactive() {
        if (stopped) {
            return;
        }
        Client one = new Client();
        open.incrementAndGet();
        var unused = client.sendAsync(
                        request("interactive", length(interactiveLengths), true), info -> new EventReader(one::event))
                .whenComplete((response, thrown) -> {
                    open.decrementAndGet();
                    seen.add(one.seen());
                });
    }

    private void batch(boolean forEver) {
        if (stopped) {
            return;
        }
        int tokens;
        synchronized (batchLengths) {
            tokens = length(batchLengths);
        }
        open.incrementAndGet();
        book.sent();
        var unused = client.sendAsync(request("batch", tokens, false), HttpResponse.BodyHandlers.ofString())
                .whenComplete((response, thrown) -> {
                    open.decrementAndGet();
                    book.answered(response, thrown, tokens);
                    if (forEver) {
                        batch(true);
                    }
                });
    }

    private int length(Random random) {
        return Math.max(2, load.outputTokens() / 2 + random.nextInt(load.outputTokens() + 1));
    }

    private HttpRequest request(String requestClass, int tokens, boolean stream) {
        ObjectNode body = JSON.createObjectNode();
        body.put("prompt", PROMPT);
        body.put("max_tokens", tokens);
        body.put("stream", stream);
        return HttpRequest.newBuilder(completions)
                .timeout(Duration.ofMinutes(30))
                .header("X-Chiron-Class", requestClass)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
    }

    @Override
    public void close() {
        stop();
        timer.shutdownNow();
    }

    /** One interactive client; told by one thread at a time. */
    private static final class Client {
        private final long sentNanos = System.nanoTime();
        private long firstNanos;
        private long lastNanos;
        private int tokens;
        private boolean done;

        void event(String data) {
            if (data.equals("[DONE]")) {
                done = true;
            } else if (data.contains("\"finish_reason\":null")) {
                lastNanos = System.nanoTime();
                firstNanos = tokens++ == 0 ? lastNanos : firstNanos;
            }
        }

        Seen seen() {
            return new Seen(
                    tokens == 0 ? Double.NaN : (firstNanos - sentNanos) * 1e-9,
                    tokens < 2 ? 0 : (lastNanos - firstNanos) * 1e-9 / (tokens - 1),
                    done);
        }
    }
}
