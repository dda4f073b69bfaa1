package io.chiron.examples.simulator.run;

import io.chiron.api.Checks;
import io.chiron.api.FleetLimits;
import io.chiron.api.RequestClass;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.api.Times;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.FluidLimit;
import io.chiron.examples.simulator.workload.LengthMoments;
import io.chiron.examples.simulator.workload.Source;
import io.chiron.examples.simulator.workload.Workload;
import java.util.List;

/**
 * One experiment: what every policy faces alike. Immutable.
 *
 * @param profile engine timing
 * @param chunkTokens token budget of an engine iteration
 * @param sources the workload
 * @param interactiveSlo SLO of tier 0
 * @param batchSlo SLO of tier 1
 * @param initialInstances ready and paid for from time 0; 0 for 1.2 times the fluid need of the first five minutes
 * @param minInstances fewest instances
 * @param maxInstances most instances
 * @param startupSeconds from launch to ready, as policies are told and as it is unless {@code faults} says otherwise
 * @param localPeriodSeconds time between two ticks
 * @param globalPeriodSeconds time between two runs of the fleet rule
 * @param seed of everything random
 * @param faults what goes wrong
 */
public record Scenario(
        Profile profile,
        int chunkTokens,
        List<Source> sources,
        Slo interactiveSlo,
        Slo batchSlo,
        int initialInstances,
        int minInstances,
        int maxInstances,
        double startupSeconds,
        double localPeriodSeconds,
        double globalPeriodSeconds,
        long seed,
        Faults faults) {
    /** Name of the only fleet. */
    public static final String FLEET = "fleet";

    private static final double FIRST_SECONDS = 300;
    private static final double INITIAL_FACTOR = 1.2;

    public Scenario {
        sources = List.copyOf(sources);
        Checks.inRange("chunk", chunkTokens, 16, 1_000_000);
        Checks.inRange("max-instances", maxInstances, 1, 10_000);
        Checks.inRange("min-instances", minInstances, 0, maxInstances);
        Checks.inRange("initial-instances", initialInstances, 0, maxInstances);
        Checks.inRange("startup", startupSeconds, 0, 86_400);
        Checks.inRange("local-period", localPeriodSeconds, 0.05, 3_600);
        Checks.inRange("global-period", globalPeriodSeconds, localPeriodSeconds, 3_600);
    }

    /** An experiment in which nothing goes wrong. */
    public Scenario(
            Profile profile,
            int chunkTokens,
            List<Source> sources,
            Slo interactiveSlo,
            Slo batchSlo,
            int initialInstances,
            int minInstances,
            int maxInstances,
            double startupSeconds,
            double localPeriodSeconds,
            double globalPeriodSeconds,
            long seed) {
        this(
                profile,
                chunkTokens,
                sources,
                interactiveSlo,
                batchSlo,
                initialInstances,
                minInstances,
                maxInstances,
                startupSeconds,
                localPeriodSeconds,
                globalPeriodSeconds,
                seed,
                Faults.NONE);
    }

    /** The two tiers, interactive first. */
    public List<SloTier> tiers() {
        return List.of(
                new SloTier("interactive", RequestClass.INTERACTIVE, interactiveSlo),
                new SloTier("batch", RequestClass.BATCH, batchSlo));
    }

    public FleetLimits limits() {
        return FleetLimits.of(minInstances, maxInstances);
    }

    /** The SLO of a tier index. */
    public Slo slo(int tierIndex) {
        return tierIndex == Arrival.INTERACTIVE ? interactiveSlo : batchSlo;
    }

    /** Seconds from arrival to the moment by which a request must have started. */
    public double ttftSeconds(Arrival arrival) {
        return Double.isNaN(arrival.deadlineSeconds())
                ? Times.seconds(slo(arrival.tierIndex()).ttft())
                : arrival.deadlineSeconds();
    }

    /** The instances that are there at time 0. */
    public int startingInstances() {
        if (initialInstances > 0) {
            return initialInstances;
        }
        LengthMoments lengths = new LengthMoments();
        Workload workload = Workload.open(sources, seed);
        while (workload.hasNext()) {
            Arrival arrival = workload.next();
            if (arrival.arrivalSeconds() > FIRST_SECONDS) {
                break;
            }
            if (arrival.tierIndex() == Arrival.INTERACTIVE) {
                lengths.add(arrival.promptTokens(), arrival.outputTokens());
            }
        }
        double need = lengths.count() == 0
                ? 0
                : FluidLimit.of(profile, chunkTokens, interactiveSlo.itlSeconds(), lengths)
                                .instanceSeconds(lengths.count())
                        / FIRST_SECONDS;
        int wanted = (int) Math.ceil(INITIAL_FACTOR * need);
        return Math.max(Math.max(1, minInstances), Math.min(maxInstances, wanted));
    }

    /** The same experiment with another seed. */
    public Scenario withSeed(long newSeed) {
        return with(newSeed, faults);
    }

    /** The same experiment with other faults. */
    public Scenario withFaults(Faults newFaults) {
        return with(seed, newFaults);
    }

    private Scenario with(long newSeed, Faults newFaults) {
        return new Scenario(
                profile,
                chunkTokens,
                sources,
                interactiveSlo,
                batchSlo,
                initialInstances,
                minInstances,
                maxInstances,
                startupSeconds,
                localPeriodSeconds,
                globalPeriodSeconds,
                newSeed,
                newFaults);
    }
}
