package io.chiron.testkit;

import io.chiron.api.Action;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.ScalingActuator;
import io.chiron.api.TierFlow;
import io.chiron.api.TierUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The smallest host that keeps the contracts of a source and an actuator; or has one bug. */
final class SmallHost implements MetricSource, ScalingActuator {
    /** What a host gets wrong. */
    enum Bug {
        NONE,
        /** Every third action is lost. */
        LOSES_AN_ACTION,
        /** A request that was queued counts twice while it runs. */
        COUNTS_TWICE,
        /** What was measured last is shown as if it were measured now. */
        STALE_AS_FRESH
    }

    private final Bug bug;
    private final Map<String, InstanceSnapshot> instances = new LinkedHashMap<>();
    private final Set<String> launches = new HashSet<>();
    private int actions;
    boolean refuses;
    boolean down;
    Instant now = RouterScript.START;

    SmallHost(Bug bug) {
        this.bug = bug;
    }

    List<InstanceSnapshot> instances() {
        return List.copyOf(instances.values());
    }

    /** Lets a second pass and measures what answers. */
    void pass() {
        now = now.plusSeconds(1);
        if (!down) {
            instances.replaceAll((id, each) -> each.withSample(sample(now)));
        }
    }

    @Override
    public FleetSnapshot observe(String fleet, Instant at) {
        List<InstanceSnapshot> shown = new ArrayList<>();
        for (InstanceSnapshot each : instances.values()) {
            shown.add(bug == Bug.STALE_AS_FRESH && each.sample() != null ? each.withSample(sample(at)) : each);
        }
        return new FleetSnapshot(fleet, at, shown, List.of(TierFlow.idle("chat", at)), List.of());
    }

    @Override
    public void apply(Action action) {
        if (refuses) {
            throw new IllegalStateException("no");
        }
        if (bug == Bug.LOSES_AN_ACTION && ++actions % 3 == 0) {
            return;
        }
        if (action instanceof Action.Launch launch) {
            if (launches.add(launch.launchId())) {
                String id = "i" + launches.size();
                instances.put(
                        id,
                        new InstanceSnapshot(
                                id, launch.pool(), Phase.READY, now, launch.launchId(), launch.accelerator(), null));
            }
        } else if (action instanceof Action.Reassign reassign) {
            change(reassign.instance(), reassign.pool(), null);
        } else if (action instanceof Action.Drain drain) {
            change(drain.instance(), null, Phase.DRAINING);
        } else if (action instanceof Action.CancelDrain cancel) {
            change(cancel.instance(), null, Phase.READY);
        } else if (action instanceof Action.Retire retire) {
            instances.remove(retire.instance());
        }
    }

    private void change(String id, Pool pool, Phase phase) {
        instances.computeIfPresent(
                id,
                (same, old) -> new InstanceSnapshot(
                        id,
                        pool == null ? old.pool() : pool,
                        phase == null ? old.phase() : phase,
                        old.readyAt(),
                        old.launchId(),
                        old.accelerator(),
                        old.sample()));
    }

    private static InstanceSample sample(Instant at) {
        return InstanceSample.builder(at, 1)
                .tiers(List.of(new TierUsage("chat", 3, 3, 100)))
                .meanItlSeconds(0.03)
                .build();
    }
}
