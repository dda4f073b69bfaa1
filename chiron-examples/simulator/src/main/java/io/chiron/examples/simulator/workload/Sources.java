package io.chiron.examples.simulator.workload;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.apache.commons.math3.random.Well19937c;

/** Parses what a command line says about a workload. */
public final class Sources {
    private static final double MAX_SECONDS = 1e9;
    private static final double MAX_RATE = 1e6;
    private static final String FORMS = "gamma:rate=R,cv=C,seconds=S"
            + " | diurnal:mean=R,amplitude=A,period=S,cv=C,seconds=S"
            + " | spike:rate=R,factor=F,at=S,for=S,cv=C,seconds=S, each with [,lengths=sharegpt|FILE]";

    private Sources() {}

    /** A trace file, plain or gzipped, in {@code copies} copies. */
    public static Source trace(Path file, int copies) {
        return Trace.read(file).copies(copies);
    }

    /**
     * Generated arrivals: {@code gamma:}, {@code diurnal:} or {@code spike:} with their fields. {@code cv} is that of the gaps
     * in operational time: 1, the default, is Poisson, 0 is regular.
     *
     * @throws IllegalArgumentException if the specification is malformed
     */
    public static Source generated(String spec, int tierIndex) {
        int colon = spec.indexOf(':');
        String kind = colon < 0 ? spec : spec.substring(0, colon);
        SpecFields fields = new SpecFields(kind, colon < 0 ? "" : spec.substring(colon + 1));
        RateCurve curve;
        String known;
        switch (kind) {
            case "gamma" -> {
                curve = RateCurve.constant(fields.number("rate", 1e-9, MAX_RATE));
                known = "rate, cv, seconds, lengths";
            }
            case "diurnal" -> {
                curve = RateCurve.diurnal(
                        fields.number("mean", 1e-9, MAX_RATE),
                        fields.number("amplitude", 0, 1),
                        fields.number("period", 1e-3, MAX_SECONDS));
                known = "mean, amplitude, period, cv, seconds, lengths";
            }
            case "spike" -> {
                curve = RateCurve.spike(
                        fields.number("rate", 1e-9, MAX_RATE),
                        fields.number("factor", 1e-3, 1e6),
                        fields.number("at", 0, MAX_SECONDS),
                        fields.number("for", 0, MAX_SECONDS));
                known = "rate, factor, at, for, cv, seconds, lengths";
            }
            default -> throw new IllegalArgumentException("workload '" + kind + "' is unknown, must be " + FORMS);
        }
        double cv = fields.number("cv", 0, 100, 1);
        double seconds = fields.number("seconds", 1e-3, MAX_SECONDS);
        Lengths lengths = fields.lengths();
        fields.noMore(known);
        return seed -> new Renewal(curve, cv, seconds, lengths, tierIndex, new Well19937c(seed));
    }

    /**
     * A batch job: {@code count=N,at=S,deadline=S[,lengths=sharegpt|FILE]}, all arriving at once, the deadline counted from
     * there.
     *
     * @throws IllegalArgumentException if the specification is malformed
     */
    public static Source batch(String spec) {
        SpecFields fields = new SpecFields("batch", spec);
        int count = fields.whole("count", 1, 100_000_000);
        double atSeconds = fields.number("at", 0, MAX_SECONDS);
        double deadlineSeconds = fields.number("deadline", 0, MAX_SECONDS);
        Lengths lengths = fields.lengths();
        fields.noMore("count, at, deadline, lengths");
        return seed -> {
            Well19937c random = new Well19937c(seed);
            Iterator<Lengths.Pair> pairs = IntStream.range(0, count)
                    .mapToObj(i -> lengths.draw(random))
                    .iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return pairs.hasNext();
                }

                @Override
                public Arrival next() {
                    Lengths.Pair pair = pairs.next();
                    return new Arrival(
                            atSeconds, pair.promptTokens(), pair.outputTokens(), Arrival.BATCH, deadlineSeconds);
                }
            };
        };
    }
}
