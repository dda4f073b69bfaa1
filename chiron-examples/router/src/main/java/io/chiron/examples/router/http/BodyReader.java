package io.chiron.examples.router.http;

import java.io.ByteArrayOutputStream;
import java.util.function.BiConsumer;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/** Reads a body of bounded size without blocking. */
final class BodyReader {
    /** The body is larger than allowed. */
    static final class TooLarge extends Exception {
        private static final long serialVersionUID = 1;

        TooLarge() {
            super("too large", null, false, false);
        }
    }

    private final Content.Source source;
    private final int maxBytes;
    private final BiConsumer<byte[], @Nullable Throwable> done;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(1024);

    /** @param done told once: the whole body, or what went wrong */
    BodyReader(Content.Source source, int maxBytes, BiConsumer<byte[], @Nullable Throwable> done) {
        this.source = source;
        this.maxBytes = maxBytes;
        this.done = done;
    }

    /** Reads what is there, and comes back when there is more. */
    void read() {
        while (true) {
            Content.Chunk chunk = source.read();
            if (chunk == null) {
                source.demand(this::read);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                done.accept(new byte[0], chunk.getFailure());
                return;
            }
            boolean fits = body.size() + chunk.remaining() <= maxBytes;
            if (fits) {
                byte[] bytes = new byte[chunk.remaining()];
                chunk.getByteBuffer().get(bytes);
                body.writeBytes(bytes);
            }
            chunk.release();
            if (!fits) {
                done.accept(new byte[0], new TooLarge());
                return;
            }
            if (chunk.isLast()) {
                done.accept(body.toByteArray(), null);
                return;
            }
        }
    }
}
