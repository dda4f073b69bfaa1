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

    private final PrintWriter out;
    private int decoded;
    private long prefillTokens;
    private long kvTokens;
    private long endNanos;
    /** End of the iteration before; 0 if there was none right before. */
    private long beforeNanos;

    private IterationLog(PrintWriter out) {
        this.out = out;
    }

    /** A log in a file, which is replaced. */
    public static IterationLog to(Path file) throws IOException {
        PrintWriter out = new PrintWriter(file.toFile(), StandardCharsets.UTF_8);
        out.println("decode_seqs,prefill_tokens,kv_tokens,iteration_s");
        return new IterationLog(out);
    }

    /** The tokens that came so far are those of one iteration; the next ones are of another. */
    void iteration() {
        if (beforeNanos != 0 && decoded + prefillTokens > 0) {
            out.printf(
                    Locale.ROOT, "%d,%d,%d,%.6f%n", decoded, prefillTokens, kvTokens, (endNanos - beforeNanos) * 1e-9);
        }
        beforeNanos = endNanos;
        decoded = 0;
        prefillTokens = 0;
        kvTokens = 0;
    }

    /**
     * A sequence yielded a token.
     *
     * @param prompt prompt tokens that the iteration computed for it: all of them for its first token, else 0
     * @param context tokens of it in the KV cache; counted for sequences that decode
     */
    void token(int prompt, int context, long nowNanos) {
        decoded += prompt > 0 ? 0 : 1;
        prefillTokens += prompt;
        kvTokens += prompt > 0 ? 0 : context;
        endNanos = nowNanos;
    }

    /** Nothing runs: what comes next begins at an unknown time. */
    void idle() {
        iteration();
        endNanos = 0;
        beforeNanos = 0;
        out.flush();
    }
}
