package io.chiron.examples.simulator.run;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * How the requests of one class fared. Attainment counts all arrivals, unfinished ones as missed; null where there was
 * none.
 *
 * @param requests arrivals
 * @param sloAttainment share with TTFT and mean ITL inside their SLO
 * @param ttftAttainment share with TTFT inside its SLO, or deadline
 * @param itlAttainment share with mean ITL inside its SLO
 * @param ttftSeconds quantiles of the TTFT of those that started
 * @param itlSeconds quantiles of the mean ITL of those that finished
 */
@JsonPropertyOrder({"requests", "sloAttainment", "ttftAttainment", "itlAttainment", "ttftSeconds", "itlSeconds"})
public record ClassOutcome(
        long requests,
        @Nullable Double sloAttainment,
        @Nullable Double ttftAttainment,
        @Nullable Double itlAttainment,
        Quantiles ttftSeconds,
        Quantiles itlSeconds) {

    /** Three quantiles; null where there is no value. */
    @JsonPropertyOrder({"p50", "p90", "p99"})
    public record Quantiles(
            @Nullable Double p50,
            @Nullable Double p90,
            @Nullable Double p99) {
        static Quantiles of(Spread spread) {
            return new Quantiles(
                    orNull(spread.quantile(0.5)), orNull(spread.quantile(0.9)), orNull(spread.quantile(0.99)));
        }

        private static @Nullable Double orNull(double value) {
            return Double.isNaN(value) ? null : value;
        }
    }

    /** True if all, or at least {@code share} of, the requests met their SLO. */
    public boolean meets(double share) {
        return sloAttainment == null || sloAttainment >= share;
    }

    /** Collects the outcome of a class. */
    static final class Tally {
        private long requests;
        private long met;
        private long ttftMet;
        private long itlMet;
        private final Spread ttft = new Spread();
        private final Spread itl = new Spread();

        void arrived() {
            requests++;
        }

        void started(double ttftSeconds) {
            ttft.add(ttftSeconds);
        }

        void finished(boolean ttftInside, double meanItlSeconds, boolean itlInside) {
            if (!Double.isNaN(meanItlSeconds)) {
                itl.add(meanItlSeconds);
            }
            ttftMet += ttftInside ? 1 : 0;
            itlMet += itlInside ? 1 : 0;
            met += ttftInside && itlInside ? 1 : 0;
        }

        /** A request that started in time and never finished. */
        void unfinished(boolean ttftInside) {
            ttftMet += ttftInside ? 1 : 0;
        }

        ClassOutcome outcome() {
            return new ClassOutcome(
                    requests, share(met), share(ttftMet), share(itlMet), Quantiles.of(ttft), Quantiles.of(itl));
        }

        private @Nullable Double share(long count) {
            return requests == 0 ? null : (double) count / requests;
        }
    }
}
