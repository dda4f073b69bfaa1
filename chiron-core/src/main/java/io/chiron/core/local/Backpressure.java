package io.chiron.core.local;

/**
 * Local backpressure (LBP) by its terms. Above 1 the instance is past its limit. NaN where a term is not measured. Immutable.
 *
 * @param itl mean ITL / ITL SLO
 * @param memory KV use / the share of the KV cache that may be used
 */
public record Backpressure(double itl, double memory) {
    /** Nothing is measured. */
    public static final Backpressure UNKNOWN = new Backpressure(Double.NaN, Double.NaN);

    /** The greater term of what is measured; NaN if neither is. */
    public double worst() {
        return Double.isNaN(itl) || memory > itl ? memory : itl;
    }
}
