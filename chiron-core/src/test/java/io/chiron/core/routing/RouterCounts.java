package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.LengthHistogram;
import io.chiron.api.RequestGroup;
import io.chiron.api.TierFlow;
import io.chiron.core.routing.RouterModel.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** Compares what a router counts with its model. */
final class RouterCounts {
    /** Output tokens of what has finished, per tier. */
    final double[] outputs = new double[RouterModel.TIERS.size()];

    private final RouterRun run;
    private final RouterModel model;

    RouterCounts(RouterRun run) {
        this.run = run;
        this.model = run.model;
    }

    /** What is in flight per instance and tier, and what is queued. */
    void placed() {
        long queued = 0;
        for (Entry entry : model.live.values()) {
            queued += entry.queued() ? 1 : 0;
        }
        assertThat(run.router.queued()).isEqualTo(queued);
        for (String at : model.instances) {
            List<Entry> there = model.flight(at);
            assertThat(run.router.inFlight(at)).isEqualTo(there.size());
            for (int tier = 0; tier < RouterModel.TIERS.size(); tier++) {
                int index = tier;
                assertThat(run.router.inFlight(at, RouterModel.TIERS.get(tier).name()))
                        .isEqualTo((int) there.stream()
                                .filter(entry -> entry.tier == index)
                                .count());
            }
        }
    }

    void groups() {
        List<RequestGroup> groups = run.router.groups(run.now);
        assertThat(groups.size()).isLessThanOrEqualTo(model.config.groupLimit());
        assertThat(groups).isSortedAccordingTo((a, b) -> a.deadline().compareTo(b.deadline()));
        for (int tier = 0; tier < RouterModel.TIERS.size(); tier++) {
            List<Entry> members = new ArrayList<>();
            for (Entry entry : model.queuedOf(false)) {
                if (entry.tier == tier) {
                    members.add(entry);
                }
            }
            members.sort((a, b) -> a.groupDue().compareTo(b.groupDue()));
            long prompt = 0;
            long produced = 0;
            int at = 0;
            for (RequestGroup group : groups) {
                if (!group.tier().equals(RouterModel.TIERS.get(tier).name())) {
                    continue;
                }
                prompt += group.promptTokens();
                produced += group.producedTokens();
                assertThat(members.size() - at).isGreaterThanOrEqualTo((int) group.count());
                for (long i = 0; i < group.count(); i++) {
                    // In order, so some assignment of members to groups promises none of them too much.
                    assertThat(group.deadline())
                            .isBeforeOrEqualTo(members.get(at++).groupDue());
                }
            }
            assertThat(at).isEqualTo(members.size());
            assertThat(prompt)
                    .isEqualTo(members.stream()
                            .mapToLong(entry -> entry.tokensToPrefill(entry.home))
                            .sum());
            assertThat(produced)
                    .isEqualTo(
                            members.stream().mapToLong(entry -> entry.produced).sum());
        }
    }

    void flows() {
        Instant closed = run.now.plusMillis(250);
        List<TierFlow> flows = run.router.flows(closed);
        assertThat(flows).hasSameSizeAs(RouterModel.TIERS);
        for (int tier = 0; tier < flows.size(); tier++) {
            TierFlow flow = flows.get(tier);
            List<Entry> waiting =
                    new ArrayList<>(model.queuedOf(RouterModel.TIERS.get(tier).interactive()));
            int index = tier;
            waiting.removeIf(entry -> entry.tier != index);
            assertThat(flow.tier()).isEqualTo(RouterModel.TIERS.get(tier).name());
            assertThat(flow.waitingRequests()).isEqualTo(waiting.size());
            assertThat(flow.waitingPromptTokens())
                    .isEqualTo(waiting.stream()
                            .mapToLong(entry -> entry.request.promptTokens())
                            .sum());
            assertThat(flow.completed().output()).isEqualTo(outputs[tier]);
            assertThat(flow.completedOutputs().total())
                    .isEqualTo(flow.completed().count());
            TreeSet<Instant> came = new TreeSet<>();
            waiting.forEach(entry -> came.add(entry.request.arrival()));
            double oldest =
                    came.isEmpty() ? 0 : Duration.between(came.first(), closed).toNanos() * 1e-9;
            // The oldest of a batch bucket may have left it.
            assertThat(flow.oldestWaitSeconds()).isGreaterThanOrEqualTo(oldest - 1e-6);
            if (waiting.isEmpty() || RouterModel.TIERS.get(tier).interactive()) {
                assertThat(flow.oldestWaitSeconds()).isCloseTo(oldest, within(1e-6));
            }
            double[] running = new double[LengthHistogram.BINS];
            for (Entry entry : model.live.values()) {
                if (entry.tier == tier && !entry.queued() && entry.produced > 0) {
                    running[LengthHistogram.bin(entry.produced)]++;
                }
            }
            double[] counted = new double[running.length];
            Arrays.setAll(counted, bin -> flow.runningOutputs().count(bin));
            assertThat(counted).isEqualTo(running);
        }
    }
}
