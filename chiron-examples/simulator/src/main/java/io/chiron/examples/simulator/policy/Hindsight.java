package io.chiron.examples.simulator.policy;

import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.FluidLimit;
import io.chiron.examples.simulator.workload.LengthMoments;
import io.chiron.examples.simulator.workload.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a run's workload needs, known in advance: fluid need per minute at the engine's cap, batch work spread evenly from its
 * arrival to its deadline.
 *
 * @param peakInstances need of the busiest minute, as instances
 * @param meanInstances mean need until the last arrival or deadline, as instances
 * @param requestsPerInstanceSecond rate of all requests that one instance sustains at the interactive SLO
 */
record Hindsight(double peakInstances, double meanInstances, double requestsPerInstanceSecond) {
    private static final double MINUTE = 60;

    static Hindsight of(Scenario scenario) {
        LengthMoments all = new LengthMoments();
        LengthMoments[] lengths = {new LengthMoments(), new LengthMoments()};
        List<Arrival> arrivals = new ArrayList<>();
        Workload workload = Workload.open(scenario.sources(), scenario.seed());
        double end = MINUTE;
        while (workload.hasNext()) {
            Arrival arrival = workload.next();
            all.add(arrival.promptTokens(), arrival.outputTokens());
            lengths[arrival.tierIndex()].add(arrival.promptTokens(), arrival.outputTokens());
            arrivals.add(arrival);
            end = Math.max(end, last(scenario, arrival));
        }
        if (arrivals.isEmpty()) {
            return new Hindsight(1, 1, Double.POSITIVE_INFINITY);
        }
        double[] seconds = new double[2];
        for (int tier = 0; tier < seconds.length; tier++) {
            seconds[tier] = lengths[tier].count() == 0 ? 0 : 1 / rate(scenario, tier, lengths[tier]);
        }
        double[] minutes = new double[(int) Math.ceil(end / MINUTE)];
        double total = 0;
        for (Arrival arrival : arrivals) {
            double work = seconds[arrival.tierIndex()];
            spread(minutes, arrival.arrivalSeconds(), last(scenario, arrival), work);
            total += work;
        }
        double peak = Arrays.stream(minutes).max().orElse(0) / MINUTE;
        return new Hindsight(peak, total / end, rate(scenario, Arrival.INTERACTIVE, all));
    }

    private static double last(Scenario scenario, Arrival arrival) {
        return arrival.tierIndex() == Arrival.INTERACTIVE
                ? arrival.arrivalSeconds()
                : arrival.arrivalSeconds() + scenario.ttftSeconds(arrival);
    }

    private static double rate(Scenario scenario, int tier, LengthMoments lengths) {
        return FluidLimit.of(
                        scenario.profile(),
                        scenario.chunkTokens(),
                        scenario.slo(tier).itlSeconds(),
                        lengths,
                        StaticKind.ENGINE_CAP)
                .requestsPerSecond();
    }

    private static void spread(double[] minutes, double from, double to, double work) {
        int first = (int) Math.min(minutes.length - 1.0, from / MINUTE);
        int last = (int) Math.min(minutes.length - 1.0, to / MINUTE);
        for (int minute = first; minute <= last; minute++) {
            double overlap = Math.min(to, (minute + 1) * MINUTE) - Math.max(from, minute * MINUTE);
            minutes[minute] += to > from ? work * Math.max(0, overlap) / (to - from) : work;
        }
    }

    /** Whole instances within the bounds of a scenario. */
    static int instances(Scenario scenario, double need) {
        int wanted = (int) Math.ceil(Math.min(need, 1e6) - 1e-9);
        return Math.max(Math.max(1, scenario.minInstances()), Math.min(scenario.maxInstances(), wanted));
    }
}
