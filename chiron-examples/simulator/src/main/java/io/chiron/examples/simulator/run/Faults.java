package io.chiron.examples.simulator.run;

import io.chiron.api.Checks;
import java.util.List;

/**
 * What goes wrong in a run, the same for every policy. Immutable; what is random follows from the scenario's seed, and for an
 * instance from its place in the order of launches, so two policies lose their k-th instance at the same age.
 *
 * @param failShare chance that an instance is lost within an hour, start-up included, at any age alike; it is gone with all
 *     that it ran and is not paid for any more; [0, 0.99]
 * @param staleSeconds age of all measurements when a policy sees them, those of instances and of the router's flows and
 *     groups; which instances there are is known at once; [0, 3600]
 * @param missingShare chance, in each tick, that the sample of an instance, the flow of a tier, or the groups are not there;
 *     [0, 1]
 * @param leadFactor real start-up time over the configured one, which policies are told; [0, 100]
 * @param lengthFactor output lengths as the router counts them over the real ones, of completed and running requests; in the
 *     histograms to the nearest quarter octave; [1/16, 16]
 */
public record Faults(
        double failShare, double staleSeconds, double missingShare, double leadFactor, double lengthFactor) {
    /** Nothing goes wrong. */
    public static final Faults NONE = new Faults(0, 0, 0, 1, 1);

    private static final String FORMS = "fail=P (of instances per hour) | stale=S | missing=P | lead=xF | lengths=xF,"
            + " such as fail=0.05, stale=30, missing=0.2, lead=x3, lengths=x0.5, each once";
    private static final double SECONDS_PER_HOUR = 3600;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    public Faults {
        Checks.inRange("fault fail", failShare, 0, 0.99);
        Checks.inRange("fault stale", staleSeconds, 0, 3600);
        Checks.inRange("fault missing", missingShare, 0, 1);
        Checks.inRange("fault lead", leadFactor, 0, 100);
        Checks.inRange("fault lengths", lengthFactor, 1.0 / 16, 16);
    }

    /**
     * Reads specifications such as {@code fail=0.05} and {@code lead=x3}.
     *
     * @throws IllegalArgumentException if one is malformed, out of range or given twice
     */
    public static Faults parse(List<String> specs) {
        double fail = 0;
        double stale = 0;
        double missing = 0;
        double lead = 1;
        double lengths = 1;
        long kinds = specs.stream()
                .map(spec -> spec.split("=", 2)[0].trim())
                .distinct()
                .count();
        for (String spec : specs) {
            String[] parts = spec.split("=", 2);
            if (parts.length != 2 || kinds < specs.size()) {
                throw malformed(specs);
            }
            String value = parts[1].trim();
            switch (parts[0].trim()) {
                case "fail" -> fail = number(value, specs);
                case "stale" -> stale = number(value, specs);
                case "missing" -> missing = number(value, specs);
                case "lead" -> lead = factor(value, specs);
                case "lengths" -> lengths = factor(value, specs);
                default -> throw malformed(specs);
            }
        }
        return new Faults(fail, stale, missing, lead, lengths);
    }

    /** True if a policy sees what there is. */
    boolean spareMetrics() {
        return staleSeconds == 0 && missingShare == 0 && lengthFactor == 1;
    }

    /** Age at which the {@code launched}-th instance is lost; infinite if never. */
    double lifeSeconds(long seed, int launched) {
        if (failShare == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double survived = StrictMath.log(1 - uniform(seed, launched, "life"));
        return SECONDS_PER_HOUR * survived / StrictMath.log(1 - failShare);
    }

    /** True if a part of the snapshot at a time is missing. */
    boolean isMissing(long seed, long timeNanos, String part) {
        return missingShare > 0 && uniform(seed, timeNanos, part) < missingShare;
    }

    /** A number in [0, 1) that depends on nothing else, so that the order of questions does not matter. */
    private static double uniform(long seed, long number, String part) {
        return (mix(mix(mix(seed) + number) + part.hashCode()) >>> 11) * 0x1p-53;
    }

    /** The finaliser of SplitMix64. */
    private static long mix(long value) {
        long z = value + GOLDEN;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static double factor(String text, List<String> specs) {
        if (!text.startsWith("x")) {
            throw malformed(specs);
        }
        return number(text.substring(1), specs);
    }

    private static double number(String text, List<String> specs) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw malformed(specs);
        }
    }

    private static IllegalArgumentException malformed(List<String> specs) {
        return Checks.outOfRange("--fault", String.join(" ", specs), FORMS);
    }
}
