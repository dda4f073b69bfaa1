package io.chiron.examples.router.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Server-sent events to one client. Never blocks: what the client has not taken yet is kept, up to a bound, and sent in one
 * piece. A client that is too far behind, or gone, is given up. Thread-safe.
 */
public final class EventStream {
    /** More than an answer of some thousand tokens. */
    static final int MAX_PENDING_BYTES = 4 << 20;

    private final Response response;
    private final Callback callback;
    private ByteArrayOutputStream pending = new ByteArrayOutputStream(256);
    private boolean writing;
    private boolean ended;
    private boolean closed;

    public EventStream(Request request, Response response, Callback callback) {
        this.response = response;
        this.callback = callback;
        // Silence is normal while a request waits; a write that makes no progress is not.
        request.addIdleTimeoutListener(timeout -> isWriting());
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
    }

    /** Sends one event. Returns false if the client is gone. */
    public synchronized boolean send(String data) {
        if (closed || ended) {
            return !closed;
        }
        pending.writeBytes(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        if (pending.size() > MAX_PENDING_BYTES) {
            close(new IOException("the client does not read"));
        } else {
            flush();
        }
        return !closed;
    }

    /** Sends what is left and ends the answer. */
    public synchronized void end() {
        ended = true;
        flush();
    }

    private synchronized boolean isWriting() {
        return writing;
    }

    private void flush() {
        if (writing || closed) {
            return;
        }
        if (pending.size() > 0) {
            ByteBuffer next = ByteBuffer.wrap(pending.toByteArray());
            pending = new ByteArrayOutputStream(256);
            writing = true;
            response.write(false, next, Callback.from(this::written, this::close));
        } else if (ended) {
            closed = true;
            Content.Sink.write(response, true, "", callback);
        }
    }

    private synchronized void written() {
        writing = false;
        flush();
    }

    private synchronized void close(Throwable reason) {
        writing = false;
        if (!closed) {
            closed = true;
            pending = new ByteArrayOutputStream(0);
            callback.failed(reason);
        }
    }
}
