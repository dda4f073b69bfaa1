package io.chiron.examples.simulator.policy;

import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.FluidLimit;
import io.chiron.examples.simulator.workload.LengthMoments;
import io.chiron.examples.simulator.workload.Workload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Chiron's capacity rule fed with the true future, launching one lead time ahead: a line to measure the distance to, not a
 * strict bound. It steers the number of instances of a Chiron that does everything else itself.
 *
 * <p>Interactive, worked out for every second before the run: the least capacity {@code max_w (q + A(t, t+w)) / (w +
 * slack)}, w up to a window, that keeps the backlog q of a fluid queue inside the slack of the SLO; work by
 * each request's own prompt and output. What any second of the next lead time
 * needs is there now. Batch: the fewest instances, kept until the last deadline, that bring every group in on time in what
 * interactive work leaves, with the true mean lengths. The work of a request is that of the profile at the fluid limit of
 * its class.
 */
final class Oracle implements Rival.Rule {
    private static final int BINS_PER_SECOND = 4;
    private static final int CELL_SECONDS = 5;
    /** Batch work is planned for with so much to spare: what is a little behind at its end would ask for any number. */
    private static final double BATCH_SPARE = 1.1;

    private final Scenario scenario;
    private final double spare;
    private final int leadSeconds;
    private final Every period;
    /** Per second: most instances that interactive work needs from then until a lead time later. */
    private final double[] held;
    /** Engine-seconds of interactive work that arrive before a second. */
    private final double[] arrivedWork;

    private final double dedicatedRate;
    private final double sharedRate;
    private final TreeMap<Double, List<Arrival>> batch = new TreeMap<>();

    private Oracle(Scenario scenario, double spare, double windowSeconds) {
        this.scenario = scenario;
        this.spare = spare;
        this.leadSeconds = (int) Math.ceil(scenario.startupSeconds());
        this.period = new Every(scenario.globalPeriodSeconds());
        List<Arrival> interactive = new ArrayList<>();
        LengthMoments[] lengths = {new LengthMoments(), new LengthMoments()};
        Workload workload = Workload.open(scenario.sources(), scenario.seed());
        double end = 0;
        while (workload.hasNext()) {
            Arrival arrival = workload.next();
            lengths[arrival.tierIndex()].add(arrival.promptTokens(), arrival.outputTokens());
            if (arrival.tierIndex() == Arrival.INTERACTIVE) {
                interactive.add(arrival);
                end = arrival.arrivalSeconds();
            } else {
                batch.computeIfAbsent(arrival.arrivalSeconds(), at -> new ArrayList<>())
                        .add(arrival);
            }
        }
        double itl = scenario.interactiveSlo().itlSeconds();
        LengthMoments batchLengths = lengths[Arrival.BATCH];
        this.dedicatedRate = batchLengths.count() == 0
                ? 1
                : limit(scenario, scenario.batchSlo().itlSeconds(), batchLengths)
                        .requestsPerSecond();
        this.sharedRate = batchLengths.count() == 0
                ? 1
                : limit(scenario, itl, batchLengths).requestsPerSecond();
        int seconds = (int) Math.ceil(end) + 1;
        double[] work = new double[seconds * BINS_PER_SECOND];
        double slack = 1;
        if (!interactive.isEmpty()) {
            Cost cost = Cost.of(scenario.profile(), limit(scenario, itl, lengths[0]), lengths[0]);
            for (Arrival each : interactive) {
                work[(int) (each.arrivalSeconds() * BINS_PER_SECOND)] +=
                        cost.seconds(each.promptTokens(), each.outputTokens());
            }
            slack = scenario.interactiveSlo().ttftSeconds() / 2
                    + 0.25 * (lengths[0].meanDecodes() + 1) * itl * cost.decodeShare();
        }
        double[] sums = cumulative(work);
        this.arrivedWork = new double[seconds + 1];
        for (int second = 0; second < seconds; second++) {
            arrivedWork[second + 1] = sums[(second + 1) * BINS_PER_SECOND];
        }
        int bins = (int) Math.ceil(windowSeconds * BINS_PER_SECOND);
        this.held = largestAhead(path(sums, BINS_PER_SECOND, bins, slack, spare), leadSeconds);
    }

    /**
     * {@code oracle[:spare=1;window=60]}: capacity planned per capacity needed; seconds that one capacity is to
     * suffice for.
     */
    static PolicyKind of(String name, Settings settings) {
        double spare = settings.number("spare", 1, 0.5, 3);
        double window = settings.number("window", 60, 1, 3600);
        return ChironKind.steered(name, scenario -> new Oracle(scenario, spare, window));
    }

    private static FluidLimit limit(Scenario scenario, double itlSeconds, LengthMoments lengths) {
        return FluidLimit.of(scenario.profile(), scenario.chunkTokens(), itlSeconds, lengths);
    }

    /** Engine-seconds of a request at the fluid limit of its class: its prompt at the marginal cost, its output at the rest. */
    record Cost(double perPromptToken, double perDecode, double decodeShare) {
        static Cost of(Profile profile, FluidLimit limit, LengthMoments lengths) {
            double perIteration = lengths.meanDecodes() > 0 ? limit.batch() / lengths.meanDecodes() : limit.batch();
            double prefill = perIteration * lengths.meanPromptTokens();
            double kv = perIteration * lengths.meanDecodeContextTokens();
            double squares = perIteration * lengths.meanSquaredPromptTokens() / 2;
            double decodes = lengths.meanDecodes() > 0 ? limit.batch() : 0;
            double less = profile.iterationSeconds(decodes, prefill * 0.99, kv, squares * 0.99);
            double perPrompt = prefill > 0 ? (limit.iterationSeconds() - less) / (0.01 * prefill) : 0;
            double rest = limit.iterationSeconds() - perPrompt * prefill;
            return new Cost(perPrompt, rest / limit.batch(), rest / limit.iterationSeconds());
        }

        double seconds(double promptTokens, double outputTokens) {
            return promptTokens * perPromptToken + (outputTokens - 1) * perDecode;
        }
    }

    /** Prefix sums, one longer. */
    static double[] cumulative(double[] work) {
        double[] sums = new double[work.length + 1];
        for (int i = 0; i < work.length; i++) {
            sums[i + 1] = sums[i] + work[i];
        }
        return sums;
    }

    /** Instances per second of a run, from the prefix sums of the work per bin; each looks {@code ahead} bins. */
    static double[] path(double[] sums, int binsPerSecond, int ahead, double slackSeconds, double spare) {
        double[] instances = new double[(sums.length - 1) / binsPerSecond];
        double backlog = 0;
        for (int second = 0; second < instances.length; second++) {
            int bin = second * binsPerSecond;
            int end = Math.min(sums.length - 1, bin + ahead);
            double capacity = 0;
            for (double w = 1; bin + w <= end; w = Math.max(w + 1, Math.floor(w * 1.2))) {
                double work = backlog + sums[bin + (int) w] - sums[bin];
                capacity = Math.max(capacity, work / (w / binsPerSecond + slackSeconds));
            }
            // A want is not known to a per cent.
            instances[second] = Math.ceil(capacity * spare / 1.01);
            backlog = Math.max(0, backlog + sums[bin + binsPerSecond] - sums[bin] - instances[second]);
        }
        return instances;
    }

    /** Largest value from each index to {@code ahead} beyond it. */
    static double[] largestAhead(double[] values, int ahead) {
        double[] largest = new double[values.length];
        ArrayDeque<Integer> candidates = new ArrayDeque<>();
        int next = 0;
        for (int i = 0; i < values.length; i++) {
            for (; next < values.length && next <= i + ahead; next++) {
                while (!candidates.isEmpty() && values[candidates.getLast()] <= values[next]) {
                    candidates.removeLast();
                }
                candidates.addLast(next);
            }
            while (candidates.getFirst() < i) {
                candidates.removeFirst();
            }
            largest[i] = values[candidates.getFirst()];
        }
        return largest;
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        if (!period.due(present.seconds())) {
            return null;
        }
        int interactive = held(present.seconds());
        int wanted = Math.max(interactive, batchInstances(present));
        return new Rival.Wanted(Math.max(1, wanted), "interactiveInstances", interactive);
    }

    private int held(double seconds) {
        return seconds < held.length ? (int) held[(int) seconds] : 0;
    }

    private double workBetween(double from, double to) {
        int last = arrivedWork.length - 1;
        return arrivedWork[(int) Math.min(last, to)] - arrivedWork[(int) Math.min(last, from)];
    }

    private int batchInstances(Observed present) {
        double now = present.seconds();
        List<Observed.Deadline> due = new ArrayList<>();
        if (present.groups() != null) {
            due.addAll(present.groups());
        }
        for (Map.Entry<Double, List<Arrival>> each :
                batch.subMap(now, false, now + leadSeconds, true).entrySet()) {
            for (Arrival arrival : each.getValue()) {
                due.add(new Observed.Deadline(each.getKey() + scenario.ttftSeconds(arrival), 1));
            }
        }
        if (due.isEmpty()) {
            return 0;
        }
        due.sort(Comparator.comparingDouble(Observed.Deadline::atSeconds));
        double last = due.get(due.size() - 1).atSeconds();
        int low = 1;
        int high = scenario.maxInstances();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (serves(due, supply(present, middle, last), now, middle < present.current())) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return high;
    }

    /**
     * True if the supply brings in every group in order of deadline. What is due within two lead times is no reason to
     * launch, since the last few requests would ask for any number, but one to keep what is there.
     */
    private boolean serves(List<Observed.Deadline> due, double[] supply, double now, boolean fewer) {
        double nearest = fewer ? 0 : 2 * leadSeconds;
        double requests = 0;
        for (Observed.Deadline group : due) {
            requests += group.requests() * spare * BATCH_SPARE;
            double left = group.atSeconds() - now;
            int cell = (int) Math.min(supply.length - 1.0, left / CELL_SECONDS);
            if (left > nearest && requests > supply[cell]) {
                return false;
            }
        }
        return true;
    }

    /** Batch requests served by the start of each cell from now on with {@code instances} from a lead time later on. */
    private double[] supply(Observed present, int instances, double untilSeconds) {
        double now = present.seconds();
        double[] served = new double[(int) Math.max(1, Math.ceil((untilSeconds - now) / CELL_SECONDS)) + 1];
        for (int cell = 0; cell + 1 < served.length; cell++) {
            double at = now + cell * CELL_SECONDS;
            int interactive = held(at);
            int there =
                    at < now + leadSeconds ? Math.min(instances, present.current()) : Math.max(instances, interactive);
            int shared = Math.min(there, interactive);
            double load = workBetween(at, at + CELL_SECONDS) / CELL_SECONDS;
            double rate = dedicatedRate * (there - shared) + sharedRate * Math.max(0, shared - load);
            served[cell + 1] = served[cell] + rate * CELL_SECONDS;
        }
        return served;
    }
}
