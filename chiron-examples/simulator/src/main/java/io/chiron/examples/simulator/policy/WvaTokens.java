package io.chiron.examples.simulator.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * llm-d's workload variant autoscaler, saturation analyzer V2 in tokens (source read on 2026-02-19, opt-in there), with the
 * HPA that carries it out, see {@link WvaHpa}. Every 30 s: demand in KV tokens, those in use plus what waits, against a
 * capacity per replica that is the lesser of 0.80 of the KV cache and a bound by compute. Replicas that start count as supply
 * on the way up and not on the way down.
 *
 * <p>The bound by compute is what was in use while 5 or more requests waited in an engine, remembered as a mean of 10 per
 * bucket of output length, else derived from the token budget of an iteration and the engine's cap. The router's queue is
 * its gateway queue, with true prompt tokens in place of bytes / 4, and no prefix cache.
 */
final class WvaTokens implements Rival.Rule {
    private static final double PERIOD_SECONDS = 30;
    private static final double LENGTH_SECONDS = 300;
    private static final double KV_SHARE = 0.80;
    private static final double SATURATED_WAITING = 5;
    private static final int SAMPLES = 10;

    private final double up;
    private final double down;
    private final int chunkTokens;
    private final int quota;
    private final WvaHpa hpa;
    private final Scrape scrape = new Scrape(Scrape.PERIOD_SECONDS);
    private final Every period = new Every(PERIOD_SECONDS);
    private final LengthWindow lengths = new LengthWindow(LENGTH_SECONDS);
    /** Tokens in use at saturation, by bucket of output length. */
    private final Map<Integer, Deque<Double>> saturated = new HashMap<>();

    private int gauge;

    private WvaTokens(double up, double down, int chunkTokens, int quota, WvaHpa.Config actuator) {
        this.up = up;
        this.down = down;
        this.chunkTokens = chunkTokens;
        this.quota = quota;
        this.hpa = new WvaHpa(actuator);
    }

    /** {@code wva-tokens[:up=0.85;down=0.7;hpa=chart|sample;window=240;tolerance=0.1]}. */
    static PolicyKind of(String name, Settings settings) {
        double up = settings.number("up", 0.85, 0.01, 1);
        double down = settings.number("down", 0.70, 0.01, 1);
        WvaHpa.Config actuator = WvaHpa.Config.of(settings);
        return new Rival(
                name, scenario -> new WvaTokens(up, down, scenario.chunkTokens(), scenario.maxInstances(), actuator));
    }

    /** Tokens that compute allows: {@code N = min(budget·O / (I + O), cap)} sequences of {@code I + O/2} each. */
    static double derivedTokens(double budgetTokens, int cap, double meanPrompt, double meanOutput) {
        double sequences = Math.min(budgetTokens * meanOutput / (meanPrompt + meanOutput), cap);
        return sequences * (meanPrompt + meanOutput / 2);
    }

    /** Bucket of output lengths that share a learned capacity. */
    static int bucket(double meanOutput) {
        return meanOutput < 100 ? 0 : meanOutput < 500 ? 1 : 2;
    }

    /** Middle value; mean of the two in the middle of an even number. */
    static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        sorted.sort(null);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Wanted replicas; {@code up} and {@code down} are the shares of capacity that demand may take. */
    static int desired(int ready, int starting, double demand, double capacity, double up, double down) {
        int current = ready + starting;
        double required = Math.max(0, demand / up - current * capacity);
        if (required > 0) {
            return current + (int) Math.ceil(Math.min(required / capacity, 1e6));
        }
        double spare = Math.max(0, ready * capacity - demand / down);
        return Math.max(1, current - (int) Math.floor(spare / capacity));
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        double now = present.seconds();
        Observed seen = scrape.of(present);
        if (Scrape.isNew(seen, present)) {
            lengths.add(seen);
        }
        int current = present.current();
        gauge = gauge == 0 ? current : gauge;
        if (period.due(now) && !seen.replicas().isEmpty()) {
            analyze(seen, current, now);
        }
        int wanted = hpa.replicas(now, current, gauge);
        return wanted == current ? null : new Rival.Wanted(wanted, "gauge", gauge);
    }

    private void analyze(Observed seen, int current, double now) {
        double meanPrompt = lengths.meanPrompt(now);
        double meanOutput = lengths.meanOutput(now);
        boolean known = meanOutput > 0;
        double demand = seen.queuedPromptTokens() + (known ? seen.queuedRequests() * meanOutput : 0);
        List<Double> capacities = new ArrayList<>();
        for (Observed.Replica replica : seen.replicas()) {
            demand += replica.kvUsedTokens() + (known ? replica.waiting() * meanPrompt : 0);
            double memory = KV_SHARE * replica.kvCapacityTokens();
            capacities.add(known ? Math.min(memory, compute(replica, meanPrompt, meanOutput)) : memory);
        }
        int ready = Math.min(current, seen.replicas().size());
        gauge = Math.min(quota, desired(ready, current - ready, demand, median(capacities), up, down));
    }

    private double compute(Observed.Replica replica, double meanPrompt, double meanOutput) {
        Deque<Double> samples = saturated.computeIfAbsent(bucket(meanOutput), key -> new ArrayDeque<>());
        if (replica.waiting() >= SATURATED_WAITING) {
            samples.addLast(replica.kvUsedTokens());
            if (samples.size() > SAMPLES) {
                samples.removeFirst();
            }
            return replica.kvUsedTokens();
        }
        if (!samples.isEmpty()) {
            return samples.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        }
        return derivedTokens(chunkTokens, StaticKind.ENGINE_CAP, meanPrompt, meanOutput);
    }
}
