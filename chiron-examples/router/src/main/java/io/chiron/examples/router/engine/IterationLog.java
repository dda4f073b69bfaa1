package io.chiron.examples.router.engine;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What each iteration computed and how long it took, as a CSV that the simulator's {@code calibrate} reads. Rows are by end of
 * iteration; one that follows an idle time is left out, since nobody knows when it began. Confined to the engine's thread.
 */
public final class IterationLog {
    /** Writes nothing. */
    public static final IterationLog NONE = new IterationLog(new PrintWriter(PrintWriter.nullWriter()));

    /** More than starting sequences takes between two rounds: there was nothing to do. */
    private static final long IDLE_NANOS = 50_000_000;

    private final PrintWriter out;
    private int decoded;
    private long prefillTokens;
    private long kvTokens;
    private long lastEndNanos;
    private boolean continued;

    private IterationLog(PrintWriter out) {
        this.out = out;
    }

    /** A log in a file, which is replaced. */
    public static IterationLog to(Path file) throws IOException {
        PrintWriter out = new PrintWriter(file.toFile(), StandardCharsets.UTF_8);
        out.println("decode_seqs,prefill_tokens,kv_tokens,iteration_s");
        return new IterationLog(out);
    }

    /** A round begins, which takes one token from every sequence. */
    void begin(long nowNanos) {
        continued = lastEndNanos != 0 && nowNanos - lastEndNanos < IDLE_NANOS;
        decoded = 0;
        prefillTokens = 0;
        kvTokens = 0;
    }

    /**
     * A sequence yielded a token.
     *
     * @param prompt prompt tokens that the iteration computed for it: all of them for its first token, else 0
     * @param context tokens of it in the KV cache
     */
    void token(int prompt, int context) {
        decoded += prompt > 0 ? 0 : 1;
        prefillTokens += prompt;
        kvTokens += context;
    }

    void round(int left, long endNanos) {
        if (continued && decoded + prefillTokens > 0) {
            out.printf(
                    Locale.ROOT, "%d,%d,%d,%.6f%n", decoded, prefillTokens, kvTokens, (endNanos - lastEndNanos) * 1e-9);
        }
        if (left == 0) {
            out.flush();
        }
        lastEndNanos = left == 0 ? 0 : endNanos;
    }
}
