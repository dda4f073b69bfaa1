package io.chiron.adapters.enginemetrics;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Takes one page up to a bound; what is larger, or no page, is cut off at once. */
final class PageFetch implements HttpResponse.BodyHandler<String>, HttpResponse.BodySubscriber<String> {
    private final int maxBytes;
    private final CompletableFuture<String> body = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int status;
    private Flow.@Nullable Subscription subscription;
    private boolean aborted;

    PageFetch(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public synchronized HttpResponse.BodySubscriber<String> apply(HttpResponse.ResponseInfo response) {
        status = response.statusCode();
        bytes.reset(); // the client may try again
        return this;
    }

    @Override
    public CompletionStage<String> getBody() {
        return body;
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription started) {
        subscription = started;
        if (aborted) {
            started.cancel();
        } else if (status != 200) {
            fail("HTTP " + status);
        } else {
            started.request(Long.MAX_VALUE);
        }
    }

    @Override
    public synchronized void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            if (aborted) {
                return;
            }
            if (buffer.remaining() > maxBytes - bytes.size()) {
                fail("the page is larger than " + maxBytes + " bytes");
                return;
            }
            byte[] chunk = new byte[buffer.remaining()];
            buffer.get(chunk);
            bytes.write(chunk, 0, chunk.length);
        }
    }

    @Override
    public synchronized void onError(Throwable thrown) {
        body.completeExceptionally(thrown);
    }

    @Override
    public synchronized void onComplete() {
        body.complete(bytes.toString(StandardCharsets.UTF_8));
        bytes.reset();
    }

    private void fail(String fault) {
        abort();
        body.completeExceptionally(new IOException(fault));
    }

    /** Closes the connection if the page still runs. */
    synchronized void abort() {
        aborted = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
