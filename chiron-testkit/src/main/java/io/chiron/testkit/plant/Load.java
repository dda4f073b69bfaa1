package io.chiron.testkit.plant;

import io.chiron.api.Checks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Requests by the time of their arrival. Immutable, and the same for the same arguments.
 *
 * @param arrivals earliest first
 */
public record Load(List<Arrival> arrivals) {
    /**
     * One request to come.
     *
     * @param atSeconds after the start of the run; not negative
     * @param tier name of its SLO tier
     * @param promptTokens at least 1
     * @param outputTokens at least 1
     * @param deadlineSeconds from arrival until it must have started; may be negative: then it has passed on arrival
     */
    public record Arrival(double atSeconds, String tier, int promptTokens, int outputTokens, double deadlineSeconds) {
        public Arrival {
            Checks.notNegative("arrival.atSeconds", atSeconds);
            Checks.notBlank("arrival.tier", tier);
            Checks.inRange("arrival.promptTokens", promptTokens, 1, Integer.MAX_VALUE);
            Checks.inRange("arrival.outputTokens", outputTokens, 1, Integer.MAX_VALUE);
            Checks.inRange("arrival.deadlineSeconds", deadlineSeconds, -1e9, 1e9);
        }
    }

    /** What the requests of a tier are like, all of them the same. */
    public record Requests(String tier, int promptTokens, int outputTokens, double deadlineSeconds) {
        Arrival at(double seconds) {
            return new Arrival(seconds, tier, promptTokens, outputTokens, deadlineSeconds);
        }
    }

    public Load {
        List<Arrival> sorted = new ArrayList<>(arrivals);
        sorted.sort(Comparator.comparingDouble(Arrival::atSeconds));
        arrivals = List.copyOf(sorted);
    }

    /** Nothing ever comes. */
    public static Load none() {
        return new Load(List.of());
    }

    /** Evenly spaced arrivals in [from, to). */
    public static Load even(Requests requests, double perSecond, double fromSeconds, double toSeconds) {
        List<Arrival> arrivals = new ArrayList<>();
        if (perSecond > 0) {
            for (long i = 0; fromSeconds + (i + 0.5) / perSecond < toSeconds; i++) {
                arrivals.add(requests.at(fromSeconds + (i + 0.5) / perSecond));
            }
        }
        return new Load(arrivals);
    }

    /** Arrivals of a Poisson process in [from, to), by seed. */
    public static Load poisson(Requests requests, double perSecond, double fromSeconds, double toSeconds, long seed) {
        List<Arrival> arrivals = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        double at = fromSeconds;
        while (perSecond > 0) {
            at -= StrictMath.log(1 - random.nextDouble()) / perSecond;
            if (at >= toSeconds) {
                break;
            }
            arrivals.add(requests.at(at));
        }
        return new Load(arrivals);
    }

    /** {@code count} requests at once. */
    public static Load burst(Requests requests, int count, double atSeconds) {
        List<Arrival> arrivals = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            arrivals.add(requests.at(atSeconds));
        }
        return new Load(arrivals);
    }

    /** Both. */
    public Load and(Load other) {
        List<Arrival> all = new ArrayList<>(arrivals);
        all.addAll(other.arrivals);
        return new Load(all);
    }
}
