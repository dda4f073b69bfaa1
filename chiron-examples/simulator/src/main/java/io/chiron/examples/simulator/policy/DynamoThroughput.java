package io.chiron.examples.simulator.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The easy targets of NVIDIA Dynamo's planner for aggregated engines (source and documentation read April to September
 * 2026): every 5 s one more replica if any engine's KV tokens, scheduled and queued, and its queued prefill tokens exceed a
 * share of its KV cache, one less if all stay below another and more than one is left. {@code throughput} uses 1.0 and 0.6,
 * {@code latency} 0.4 and 0.1, {@code load} what the user says. While the replicas differ from those asked for, or one has no
 * metrics, it decides nothing.
 *
 * <p>Engines report every iteration, so values are those of the moment. Its router passes requests on at once: each engine
 * is given an equal part of the router's queue. The prompts that wait inside an engine are not reported one by one; they
 * count with the mean prompt. No replica is ever taken below one.
 */
final class DynamoThroughput implements Rival.Rule {
    static final double PERIOD_SECONDS = 5;

    private final double up;
    private final double down;
    private final Every period = new Every(PERIOD_SECONDS);
    private final LengthWindow lengths = new LengthWindow(300);

    private DynamoThroughput(double up, double down) {
        this.up = up;
        this.down = down;
    }

    /** {@code dynamo-throughput[:mode=throughput|latency;up=1.0;down=0.6]}: {@code up} and {@code down} set {@code load}. */
    static PolicyKind of(String name, Settings settings) {
        boolean latency =
                settings.oneOf("mode", List.of("throughput", "latency")).equals("latency");
        double up = settings.number("up", latency ? 0.4 : 1.0, 0.001, 100);
        double down = settings.number("down", latency ? 0.1 : 0.6, 0, up);
        return new Rival(name, scenario -> new DynamoThroughput(up, down));
    }

    /** Change of the number of engines with these shares of their KV cache. */
    static int change(List<Double> shares, double up, double down) {
        boolean all = true;
        for (double share : shares) {
            if (share > up) {
                return 1;
            }
            all &= share < down;
        }
        return all && shares.size() > 1 ? -1 : 0;
    }

    /** Share of its KV cache that an engine holds or is to hold. */
    static double share(Observed seen, Observed.Replica replica, double meanPrompt) {
        double inside = meanPrompt > 0 ? replica.waiting() * meanPrompt : 0;
        return (replica.kvUsedTokens() + inside + seen.queuedPromptTokensPerReplica()) / replica.kvCapacityTokens();
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        double now = present.seconds();
        if (!period.due(now)) {
            return null;
        }
        lengths.add(present);
        if (present.starting() > 0
                || present.draining() > 0
                || present.replicas().isEmpty()) {
            return null;
        }
        double meanPrompt = lengths.meanPrompt(now);
        List<Double> shares = present.replicas().stream()
                .map(each -> share(present, each, meanPrompt))
                .toList();
        int current = present.current();
        double most = shares.stream().mapToDouble(each -> each).max().orElse(0);
        return new Rival.Wanted(current + change(shares, up, down), "largestKvShare", most);
    }
}
