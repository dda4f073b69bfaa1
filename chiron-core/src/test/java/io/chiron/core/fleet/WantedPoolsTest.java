package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.RequestGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How many instances have which role. */
class WantedPoolsTest {
    private static final List<RequestGroup> QUEUE = List.of(Fleets.group(START, 600, 100));

    @Test
    void withoutBatchWorkAllAreMixed() {
        assertThat(pools(Fleets.idle(Pool.BATCH, 4), List.of(), need(2.7, 0), 3, 10, 2))
                .isEqualTo(Map.of(Pool.INTERACTIVE, 0, Pool.BATCH, 0, Pool.MIXED, 10));
    }

    @Test
    void withBatchWorkTheLoadsWholeInstancesAreInteractiveAndTheSpareOnesBatch() {
        List<InstanceSnapshot> mixed = Fleets.idle(Pool.MIXED, 10);
        assertThat(pools(mixed, QUEUE, need(2.7, 0), 4, 10, 0))
                .isEqualTo(Map.of(Pool.INTERACTIVE, 2, Pool.BATCH, 6, Pool.MIXED, 2));
        assertThat(pools(mixed, QUEUE, need(2.7, 6.2), 4, 10, 0))
                .as("what waits may take more")
                .isEqualTo(Map.of(Pool.INTERACTIVE, 2, Pool.BATCH, 3, Pool.MIXED, 5));
        assertThat(pools(mixed, QUEUE, need(50, 0), 4, 10, 0))
                .as("one at least serves both")
                .isEqualTo(Map.of(Pool.INTERACTIVE, 3, Pool.BATCH, 6, Pool.MIXED, 1));
        assertThat(pools(mixed, QUEUE, need(50, 0), 12, 10, 0))
                .isEqualTo(Map.of(Pool.INTERACTIVE, 9, Pool.BATCH, 0, Pool.MIXED, 1));
        List<InstanceSnapshot> running = List.of(Fleets.ready("i", Pool.MIXED, START, 0, 1));
        assertThat(pools(running, List.of(), need(2.7, 0), 4, 10, 0))
                .as("what runs is batch work too")
                .containsEntry(Pool.BATCH, 6);
    }

    @Test
    void theInteractivePoolMovesWhenTheLoadHasLeftItsStep() {
        List<InstanceSnapshot> mixed = Fleets.idle(Pool.MIXED, 10);
        double[] loads = {1.4, 1.6, 2.9, 3.1};
        int[] expected = {1, 2, 2, 3};
        for (int i = 0; i < loads.length; i++) {
            assertThat(pools(mixed, QUEUE, need(loads[i], 0), 4, 10, 2))
                    .as("%s", loads[i])
                    .containsEntry(Pool.INTERACTIVE, expected[i]);
        }
        assertThat(pools(Fleets.idle(Pool.MIXED, 300), QUEUE, need(7.9, 0), 100, 300, 5))
                .as("in steps of a per cent of a large fleet")
                .containsEntry(Pool.INTERACTIVE, 5);
        assertThat(pools(Fleets.idle(Pool.MIXED, 300), QUEUE, need(8.1, 0), 100, 300, 5))
                .containsEntry(Pool.INTERACTIVE, 8);
    }

    @Test
    void batchRolesGrowByMoreThanNoiseAndAreTakenAtOnce() {
        int[] present = {196, 197, 198, 205};
        int[] expected = {200, 197, 198, 200};
        for (int i = 0; i < present.length; i++) {
            assertThat(pools(Fleets.idle(Pool.BATCH, present[i]), QUEUE, need(7.9, 0), 100, 300, 7))
                    .as("%s", present[i])
                    .containsEntry(Pool.BATCH, expected[i]);
        }
    }

    @Test
    void rolesStayWhileNobodyKnowsOfTheQueue() {
        List<InstanceSnapshot> instances = new ArrayList<>(Fleets.idle(Pool.BATCH, 5));
        instances.addAll(Fleets.idle(Pool.INTERACTIVE, 2));
        instances.addAll(Fleets.idle(Pool.MIXED, 1));
        assertThat(pools(instances, null, need(2, 0), 2, 8, 2))
                .isEqualTo(Map.of(Pool.INTERACTIVE, 2, Pool.BATCH, 5, Pool.MIXED, 1));
        assertThat(pools(instances, null, need(2, 0), 5, 8, 2))
                .as("given up for interactive work only")
                .isEqualTo(Map.of(Pool.INTERACTIVE, 2, Pool.BATCH, 3, Pool.MIXED, 3));
        assertThat(pools(Fleets.idle(Pool.INTERACTIVE, 8), null, need(2, 0), 5, 6, 2))
                .isEqualTo(Map.of(Pool.INTERACTIVE, 6, Pool.BATCH, 0, Pool.MIXED, 0));
    }

    private static InteractiveNeed need(double recent, double urgent) {
        return new InteractiveNeed(
                true, recent, 1.2, recent, Double.NaN, 0, urgent, recent, recent, new Trend(recent, 0), 5, 3600);
    }

    private static Map<Pool, Integer> pools(
            List<InstanceSnapshot> instances,
            @Nullable List<RequestGroup> groups,
            InteractiveNeed need,
            int front,
            int total,
            int interactivePool) {
        FleetSnapshot snapshot = Fleets.snapshot(START, instances, 0, 0, groups);
        FleetInput input = Fleets.input(snapshot, FleetLimits.of(0, 1000), FleetConfig.DEFAULTS, START);
        return WantedPools.of(Fleets.evidence(input, need, null, 3600), front, total, interactivePool);
    }
}
