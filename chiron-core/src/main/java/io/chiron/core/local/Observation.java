package io.chiron.core.local;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One sample: mean running sequences, prompt tokens per iteration, inter-token latency, end of the window. */
record Observation(double sequences, double prefillTokens, double itlSeconds, Instant time) {
    private static final double MIN_ITL_SECONDS = 1e-6;
    private static final double MAX_ITL_SECONDS = 3_600;
    private static final double MIN_SEQUENCES = 0.01;
    private static final double MAX_SEQUENCES = 1e6;
    private static final double MIN_PREFILL_TOKENS = 0.01;
    private static final double MAX_PREFILL_TOKENS = 1e8;

    /** Prompt tokens per iteration, none where there are all but none. */
    double prompts() {
        return prefillTokens < MIN_PREFILL_TOKENS ? 0 : prefillTokens;
    }

    /** The ITL that is expected of a curve here, seconds. */
    double on(Coefficients curve) {
        return curve.aSeconds() + curve.bSecondsPerSequence() * sequences + curve.gSecondsPerToken() * prefillTokens;
    }

    boolean isUsable() {
        return !idle(sequences) && fault(sequences, prefillTokens, itlSeconds) == null;
    }

    /** True if so little ran that it tells nothing about a batch. */
    static boolean idle(double sequences) {
        return sequences >= 0 && sequences < MIN_SEQUENCES;
    }

    /** Why no engine can have measured this, in words; null if one can. */
    static @Nullable String fault(double sequences, double prefillTokensPerIteration, double itlSeconds) {
        if (!(sequences >= 0 && sequences <= MAX_SEQUENCES)) {
            return outside("meanRunning", sequences, 0, MAX_SEQUENCES);
        }
        if (!(prefillTokensPerIteration >= 0 && prefillTokensPerIteration <= MAX_PREFILL_TOKENS)) {
            return outside("prefillTokens/iterations", prefillTokensPerIteration, 0, MAX_PREFILL_TOKENS);
        }
        if (!(itlSeconds >= MIN_ITL_SECONDS && itlSeconds <= MAX_ITL_SECONDS)) {
            return outside("meanItlSeconds", itlSeconds, MIN_ITL_SECONDS, MAX_ITL_SECONDS);
        }
        return null;
    }

    private static String outside(String field, double value, double low, double high) {
        return String.format(Locale.ROOT, "%s = %s; allowed: [%s, %s]", field, value, low, high);
    }
}
