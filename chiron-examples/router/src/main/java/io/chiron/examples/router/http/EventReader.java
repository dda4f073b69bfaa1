package io.chiron.examples.router.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code data} of server-sent events as they come; its result is the text of the body if it was none. A line has a
 * bound, so memory has one.
 */
public final class EventReader implements BodySubscriber<String> {
    /** Longest line of an event. */
    static final int MAX_LINE_BYTES = 1 << 20;
    /** How much of a body that is no event stream is kept for its message. */
    private static final int MAX_OTHER_BYTES = 4096;

    private static final String DATA = "data:";

    private final Consumer<String> events;
    private final CompletableFuture<String> body = new CompletableFuture<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private final StringBuilder other = new StringBuilder();
    private Flow.@Nullable Subscription subscription;
    private boolean cancelled;

    /** @param events told of each event, in order, by one thread at a time */
    public EventReader(Consumer<String> events) {
        this.events = events;
    }

    /** Stops reading; the connection is closed. */
    public void cancel() {
        Flow.Subscription from;
        synchronized (this) {
            cancelled = true;
            from = subscription;
        }
        if (from != null) {
            from.cancel();
        }
    }

    @Override
    public CompletionStage<String> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription from) {
        boolean stop;
        synchronized (this) {
            subscription = from;
            stop = cancelled;
        }
        if (stop) {
            from.cancel();
        } else {
            from.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next == '\n') {
                    take();
                } else if (line.size() < MAX_LINE_BYTES) {
                    line.write(next);
                } else {
                    cancel();
                    body.completeExceptionally(new IllegalStateException(
                            "a line of the event stream is longer than " + MAX_LINE_BYTES + " bytes"));
                    return;
                }
            }
        }
    }

    @Override
    public void onError(Throwable thrown) {
        body.completeExceptionally(thrown);
    }

    @Override
    public void onComplete() {
        take();
        body.complete(other.toString());
    }

    private void take() {
        String text = line.toString(StandardCharsets.UTF_8).strip();
        line.reset();
        if (text.startsWith(DATA)) {
            events.accept(text.substring(DATA.length()).strip());
        } else if (other.length() + text.length() < MAX_OTHER_BYTES) {
            other.append(text);
        }
    }
}
