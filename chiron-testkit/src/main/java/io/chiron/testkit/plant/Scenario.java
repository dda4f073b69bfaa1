package io.chiron.testkit.plant;

import io.chiron.api.FleetLimits;
import io.chiron.api.RequestClass;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.api.Times;
import io.chiron.core.ChironConfig;
import io.chiron.core.fleet.FleetConfig;
import io.chiron.testkit.plant.Load.Requests;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * A random plant with a fleet to run on it: small, so that a loop of an hour takes a fraction of a second. Immutable.
 *
 * @param engine what an instance is
 * @param demand what is asked of it
 * @param setup how Chiron is set up
 */
public record Scenario(Engine engine, Demand demand, Setup setup) {
    /** The interactive tier: a TTFT of 10 s. */
    public static final String CHAT = "chat";
    /** The batch tier. */
    public static final String JOBS = "jobs";

    private static final double TTFT_SECONDS = 10;
    /** A batch tier may be this much slower. */
    private static final double BATCH_ITL = 4;

    /**
     * An instance.
     *
     * @param itlSloSeconds ITL objective of the interactive tier
     * @param fixedShare part of it that an iteration takes without any sequence
     * @param sequences that run at the objective, at steady prefill
     * @param prefillShare time of a prompt token, as a part of that of a sequence
     * @param tightMemory true if the KV cache holds one and a half times those sequences, not more
     */
    public record Engine(
            double itlSloSeconds,
            double fixedShare,
            int sequences,
            double prefillShare,
            boolean tightMemory,
            double startupSeconds) {}

    /**
     * @param instances what the interactive load fills, at the objective
     * @param jobInstances what the batch work fills from its arrival to its deadline, at the interactive objective
     */
    public record Demand(
            double instances, int promptTokens, int outputTokens, double jobInstances, double deadlineSeconds) {}

    /** Settings of Chiron that must not matter for what always holds. */
    public record Setup(boolean justInTime, boolean reassign, double holdSeconds, int minInstances) {}

    /** Any scenario; shrinks toward one small instance with the defaults of Chiron. */
    public static Arbitrary<Scenario> any() {
        Arbitrary<Engine> engines = Combinators.combine(
                        Arbitraries.doubles().between(0.05, 0.2).ofScale(2),
                        Arbitraries.doubles().between(0.2, 0.6).ofScale(1),
                        Arbitraries.integers().between(4, 20),
                        Arbitraries.doubles().between(0.05, 0.5).ofScale(2),
                        Arbitraries.of(false, true),
                        Arbitraries.of(0.0, 10.0, 30.0, 90.0))
                .as(Engine::new);
        Arbitrary<Demand> demands = Combinators.combine(
                        Arbitraries.doubles().between(0.3, 4).ofScale(1),
                        Arbitraries.integers().between(20, 400),
                        Arbitraries.integers().between(60, 300),
                        Arbitraries.doubles().between(0.2, 2).ofScale(1),
                        Arbitraries.of(900.0, 1200.0, 1800.0))
                .as(Demand::new);
        Arbitrary<Setup> setups = Combinators.combine(
                        Arbitraries.of(false, true),
                        Arbitraries.of(true, false),
                        Arbitraries.of(180.0, 60.0, 0.0),
                        Arbitraries.of(1, 0, 2))
                .as(Setup::new);
        return Combinators.combine(engines, demands, setups).as(Scenario::new);
    }

    /** The same with an interactive load that fills so many instances at the objective. */
    public Scenario filling(double instances) {
        return new Scenario(
                engine,
                new Demand(
                        instances,
                        demand.promptTokens,
                        demand.outputTokens,
                        demand.jobInstances,
                        demand.deadlineSeconds),
                setup);
    }

    /** The fleet's tiers. */
    public List<SloTier> tiers() {
        Slo chat = new Slo(Times.duration(TTFT_SECONDS), Times.duration(engine.itlSloSeconds));
        Slo jobs = new Slo(Duration.ofHours(1), Times.duration(BATCH_ITL * engine.itlSloSeconds));
        return List.of(new SloTier(CHAT, RequestClass.INTERACTIVE, chat), new SloTier(JOBS, RequestClass.BATCH, jobs));
    }

    /** Three times what the interactive load fills, what the batch work fills, and two more. */
    public int maxInstances() {
        return (int) Math.ceil(3 * demand.instances + demand.jobInstances) + 2;
    }

    /** Chiron's configuration. */
    public ChironConfig.Builder config() {
        return ChironConfig.builder("fleet", tiers(), FleetLimits.of(setup.minInstances, maxInstances()))
                .globalPeriod(Duration.ofSeconds(10))
                .fleetRule(FleetConfig.builder()
                        .holdSeconds(setup.holdSeconds)
                        .reassign(setup.reassign)
                        .batchLaunch(
                                setup.justInTime ? FleetConfig.BatchLaunch.JUST_IN_TIME : FleetConfig.BatchLaunch.EAGER)
                        .build());
    }

    /** The engine of every instance. */
    public PlantConfig plant() {
        double perSequence = (1 - engine.fixedShare)
                * engine.itlSloSeconds
                / (engine.sequences * (1 + engine.prefillShare * promptPerOutput()));
        int tokens = demand.promptTokens + demand.outputTokens;
        return new PlantConfig(
                IterationTime.linear(
                        engine.fixedShare * engine.itlSloSeconds, perSequence, engine.prefillShare * perSequence),
                (long) ((engine.tightMemory ? 1.5 : 100) * engine.sequences * tokens),
                512,
                engine.startupSeconds);
    }

    /** Interactive requests. */
    public Requests chat() {
        return new Requests(CHAT, demand.promptTokens, demand.outputTokens, TTFT_SECONDS);
    }

    /** Batch requests. */
    public Requests jobs() {
        return new Requests(JOBS, demand.promptTokens, demand.outputTokens, demand.deadlineSeconds);
    }

    /** What one instance finishes at the interactive objective, requests per second. */
    public double perInstancePerSecond() {
        return engine.sequences / (engine.itlSloSeconds * demand.outputTokens);
    }

    /** Interactive requests per second. */
    public double perSecond() {
        return demand.instances * perInstancePerSecond();
    }

    /** Batch requests that come at once. */
    public int jobCount() {
        return (int) Math.ceil(demand.jobInstances * perInstancePerSecond() * demand.deadlineSeconds);
    }

    private double promptPerOutput() {
        return (double) demand.promptTokens / demand.outputTokens;
    }
}
