package io.chiron.core.fleet;

import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.RequestGroup;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How many instances of a fleet should have which role (design 8). */
final class WantedPools {
    /** Share of the fleet that roles do not move for: wants are not known to a per cent. Nothing below 100 instances. */
    private static final double DEAD_BAND = 0.01;

    private WantedPools() {}

    /**
     * Pools of a fleet of {@code total}: all mixed without batch work, else as many interactive as the load fills.
     *
     * @param front instances that interactive demand wants
     * @param interactivePool size of the interactive pool that was wanted before
     */
    static Map<Pool, Integer> of(Evidence evidence, int front, int total, int interactivePool) {
        FleetInput input = evidence.input();
        Roster roster = evidence.roster();
        InteractiveNeed need = evidence.need();
        EnumMap<Pool, Integer> pools = new EnumMap<>(Pool.class);
        List<RequestGroup> groups = input.snapshot().groups();
        boolean batchWork = groups != null && !groups.isEmpty();
        boolean batchTier = input.tiers().stream().anyMatch(tier -> !tier.tier().interactive());
        for (InstanceSnapshot instance : roster.ready()) {
            batchWork = batchWork || Roster.running(instance, input.tiers(), false) > 0;
        }
        int interactive = 0;
        int batch = 0;
        int spare = Math.max(0, total - Math.max(front, (int) Math.ceil(need.urgent())));
        if (groups == null && batchTier) {
            // Nobody knows of the queue: batch roles are given up for interactive work only.
            batch = Math.min(spare, roster.ofPool(Pool.BATCH));
            interactive = Math.min(total - batch, roster.ofPool(Pool.INTERACTIVE));
        } else if (batchWork) {
            // Given back to batch work only if it is more than noise; taken for interactive work at once.
            int present = roster.ofPool(Pool.BATCH);
            batch = spare - present > Math.floor(DEAD_BAND * total) ? spare : Math.min(spare, present);
            if (evidence.fleet() != null && need.known()) {
                // The count moves down only when the load has left the step for good: roles are free but not noise.
                double load = need.recent();
                double step = Math.max(1, DEAD_BAND * total);
                boolean stays = load > interactivePool - 0.5 * step && load < interactivePool + step;
                interactive = stays ? interactivePool : (int) Math.floor(load);
                interactive = Math.max(0, Math.min(interactive, total - batch - 1));
            }
        }
        pools.put(Pool.INTERACTIVE, interactive);
        pools.put(Pool.BATCH, batch);
        pools.put(Pool.MIXED, total - interactive - batch);
        return PoolRanges.fit(pools, input.limits(), total);
    }
}
