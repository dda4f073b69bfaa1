package io.chiron.examples.simulator.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Llumnix' scaling by freeness (paper of 2024; source read at 2025-08-13, where the option is deprecated and unused, so this
 * is the rule and not the product). Freeness is free KV blocks, less a watermark and the blocks that waiting requests
 * demand, per request running or waiting, of all instances together. Every 10 s: below {@code low} one more, above
 * {@code high} as it would be without the newest one less; nothing until every instance reports.
 *
 * <p>{@code tuned} is the same rule with {@code low} and {@code high} found by search. Requests are given to instances at once
 * there, so the router's queue counts as waiting; its prompts are what it demands. Live migration is not there: a leaving
 * instance drains. How long a threshold must be passed is not known; here not at all.
 */
final class Llumnix implements Rival.Rule {
    private static final double PERIOD_SECONDS = 10;
    private static final double BLOCK_TOKENS = 16;
    /** Share of the blocks that vLLM keeps free. */
    private static final double WATERMARK = 0.01;

    private final double low;
    private final double high;
    private final Every period = new Every(PERIOD_SECONDS);
    private final LengthWindow lengths = new LengthWindow(300);

    /** One instance, in blocks and requests. */
    record Load(double freeBlocks, double demandBlocks, double requests) {}

    private Llumnix(double low, double high) {
        this.low = low;
        this.high = high;
    }

    /** {@code llumnix[:low=10;high=60]}: blocks per request. */
    static PolicyKind of(String name, Settings settings) {
        double low = settings.number("low", 10, 0, 1e6);
        double high = settings.number("high", Math.max(60, low), low, 1e6);
        return new Rival(name, scenario -> new Llumnix(low, high));
    }

    /** Freeness of some instances together; infinite without requests. */
    static double freeness(Iterable<Load> loads) {
        double blocks = 0;
        double requests = 0;
        for (Load load : loads) {
            blocks += load.freeBlocks() - load.demandBlocks();
            requests += load.requests();
        }
        return requests > 0 ? blocks / requests : Double.POSITIVE_INFINITY;
    }

    /** Change of the number of instances, the newest last. */
    static int change(List<Load> loads, double low, double high) {
        if (freeness(loads) < low) {
            return 1;
        }
        return loads.size() > 1 && freeness(loads.subList(0, loads.size() - 1)) > high ? -1 : 0;
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        double now = present.seconds();
        if (!period.due(now)) {
            return null;
        }
        lengths.add(present);
        if (present.starting() > 0 || present.replicas().isEmpty()) {
            return null;
        }
        double meanPrompt = lengths.meanPrompt(now);
        List<Load> loads = present.replicas().stream()
                .map(each -> load(present, each, meanPrompt))
                .toList();
        return new Rival.Wanted(present.current() + change(loads, low, high), "freeness", freeness(loads));
    }

    private static Load load(Observed seen, Observed.Replica replica, double meanPrompt) {
        double waiting = meanPrompt > 0 ? replica.waiting() * meanPrompt : 0;
        return new Load(
                ((1 - WATERMARK) * replica.kvCapacityTokens() - replica.kvUsedTokens()) / BLOCK_TOKENS,
                (waiting + seen.queuedPromptTokensPerReplica()) / BLOCK_TOKENS,
                replica.running() + replica.waiting() + seen.queuedPerReplica());
    }
}
