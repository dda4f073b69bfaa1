package io.chiron.tests;

import io.chiron.api.Slo;
import io.chiron.api.Times;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.Source;
import io.chiron.examples.simulator.workload.Sources;
import io.chiron.examples.simulator.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** A scenario of a few simulated minutes. */
record Small(Load interactive, Job batch, Fleet fleet, long seed) {
    /** Arrivals of a Gamma process; long and thin as often as short and dense. */
    record Load(int requests, double cv, int seconds) {
        double rate() {
            return (double) requests / seconds;
        }
    }

    /** Batch work that arrives at once. */
    record Job(int count, int atSeconds, int deadlineSeconds) {}

    /** Instances of the 70B model; a small KV cache holds few sequences, so that small loads need several instances. */
    record Fleet(int kvTokens, int min, int initial, int max, int startupSeconds, double localPeriodSeconds) {}

    static Arbitrary<Small> any() {
        Arbitrary<Load> loads = Combinators.combine(
                        Arbitraries.integers().between(20, 800),
                        Arbitraries.of(0.0, 1.0, 2.0, 4.0),
                        Arbitraries.integers().between(20, 400))
                .as(Load::new);
        Arbitrary<Job> jobs = Combinators.combine(
                        Arbitraries.integers().between(0, 300),
                        Arbitraries.integers().between(0, 60),
                        Arbitraries.integers().between(20, 300))
                .as(Job::new);
        Arbitrary<Fleet> fleets = Combinators.combine(
                        Arbitraries.of(6_000, 20_000, 400_000),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, 6),
                        Arbitraries.integers().between(0, 40),
                        Arbitraries.of(1.0, 2.0))
                .as((kvTokens, min, above, more, startup, period) -> {
                    int initial = Math.max(1, min + above);
                    return new Fleet(kvTokens, min, initial, initial + more, startup, period);
                });
        return Combinators.combine(loads, jobs, fleets, Arbitraries.longs()).as(Small::new);
    }

    Scenario scenario() {
        return new Scenario(
                Profile.load("llama3-70b_a100-80g_tp4").withKvCapacityTokens(fleet.kvTokens),
                512,
                sources(),
                new Slo(Times.duration(10), Times.duration(0.2)),
                new Slo(Times.duration(3600), Times.duration(2)),
                fleet.initial,
                fleet.min,
                fleet.max,
                fleet.startupSeconds,
                fleet.localPeriodSeconds,
                5,
                seed);
    }

    private List<Source> sources() {
        List<Source> sources = new ArrayList<>();
        sources.add(Sources.generated(
                String.format(
                        Locale.ROOT,
                        "gamma:rate=%.4f,cv=%.1f,seconds=%d",
                        interactive.rate(),
                        interactive.cv,
                        interactive.seconds),
                Arrival.INTERACTIVE));
        if (batch.count > 0) {
            sources.add(Sources.batch(
                    "count=" + batch.count + ",at=" + batch.atSeconds + ",deadline=" + batch.deadlineSeconds));
        }
        return sources;
    }

    /** Its requests, in order of arrival. */
    List<Arrival> arrivals() {
        List<Arrival> arrivals = new ArrayList<>();
        Workload.open(sources(), seed).forEachRemaining(arrivals::add);
        return arrivals;
    }
}
