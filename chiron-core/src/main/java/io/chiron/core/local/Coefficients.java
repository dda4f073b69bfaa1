package io.chiron.core.local;

import io.chiron.api.Checks;
import io.chiron.core.waiting.LengthStats;

/**
 * How long an iteration takes: {@code itl = a + b·n + g·P} for {@code n} running sequences and {@code P} prompt tokens
 * processed in it (ours: a curve without P takes one prompt burst for an unattainable SLO). Immutable.
 *
 * <p>At the steady state each sequence brings {@code E[prompt]/E[output]} prompt tokens per output token, so
 * {@code P = n·promptPerOutput}.
 *
 * @param aSeconds fixed time of an iteration, seconds; finite, not negative
 * @param bSecondsPerSequence time per running sequence, seconds; finite, not negative
 * @param gSecondsPerToken time per prompt token, seconds; finite, not negative
 */
public record Coefficients(double aSeconds, double bSecondsPerSequence, double gSecondsPerToken) {
    public Coefficients {
        Checks.notNegative("coefficients.aSeconds", aSeconds);
        Checks.notNegative("coefficients.bSecondsPerSequence", bSecondsPerSequence);
        Checks.notNegative("coefficients.gSecondsPerToken", gSecondsPerToken);
    }

    /** Inter-token latency of {@code sequences} at the steady state, seconds. */
    public double predictedItlSeconds(double sequences, double promptPerOutput) {
        return aSeconds + secondsPerSequence(promptPerOutput) * sequences;
    }

    /** Output tokens per second of {@code sequences} at the steady state, n / itl(n); 0 for none, infinite if they take no time. */
    public double outputRate(double sequences, LengthStats lengths) {
        return sequences > 0 ? sequences / predictedItlSeconds(sequences, lengths.promptPerOutput()) : 0;
    }

    /**
     * Sequences at the steady state whose ITL is {@code itlSeconds}: {@code (itl - a) / (b + g·promptPerOutput)}.
     *
     * @return 0 if the fixed time alone takes as long; infinite if sequences cost nothing
     */
    public double sequencesWithin(double itlSeconds, double promptPerOutput) {
        double left = itlSeconds - aSeconds;
        return left > 0 ? left / secondsPerSequence(promptPerOutput) : 0;
    }

    /** Time that one more sequence adds to an iteration at the steady state, seconds. */
    private double secondsPerSequence(double promptPerOutput) {
        return bSecondsPerSequence + gSecondsPerToken * promptPerOutput;
    }
}
