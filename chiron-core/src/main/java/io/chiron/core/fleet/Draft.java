package io.chiron.core.fleet;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.core.fleet.Reconciler.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of one run of the {@link Reconciler} while they are made, and the fleet as they leave it. Thousands may be made
 * in one run, so each costs the same: counts are kept, and what changes is gathered.
 */
final class Draft {
    final Job job;
    /** What serves or will, drains that were taken back among it. */
    private final List<InstanceSnapshot> counted;

    private final Set<String> kept = new HashSet<>();
    private final Set<String> givenUp = new HashSet<>();
    private final EnumMap<Pool, Integer> stayingOf;
    /** Launches that are counted on and that nobody sees yet. */
    private final EnumMap<Pool, Integer> expectedOf = new EnumMap<>(Pool.class);

    private final Map<String, LeadTimes.Pending> asked = new LinkedHashMap<>();
    private final List<Decision> decisions = new ArrayList<>();
    private int launched;

    Draft(Job job) {
        this.job = job;
        Roster roster = job.roster();
        this.counted = new ArrayList<>(roster.ready().size() + roster.starting().size());
        counted.addAll(roster.ready());
        counted.addAll(roster.starting());
        this.stayingOf = new EnumMap<>(roster.present());
        for (LeadTimes.Pending launch : roster.unseen()) {
            expect(launch);
        }
    }

    /** What serves or will, and is not given up. */
    List<InstanceSnapshot> staying() {
        if (givenUp.isEmpty()) {
            return Collections.unmodifiableList(counted);
        }
        return counted.stream().filter(each -> !givenUp.contains(each.id())).toList();
    }

    int staying(Pool pool) {
        return stayingOf.getOrDefault(pool, 0);
    }

    private int stayingInAll() {
        return counted.size() - givenUp.size();
    }

    /** True if there is an instance that stays beside one. */
    boolean hasOthers() {
        return stayingInAll() > 1;
    }

    void keep(InstanceSnapshot instance) {
        counted.add(instance);
        kept.add(instance.id());
        stayingOf.merge(instance.pool(), 1, Integer::sum);
    }

    /** True if the drain of an instance was taken back. */
    boolean isKept(InstanceSnapshot instance) {
        return kept.contains(instance.id());
    }

    void giveUp(InstanceSnapshot instance) {
        if (givenUp.add(instance.id())) {
            stayingOf.merge(instance.pool(), -1, Integer::sum);
        }
    }

    Reconciler.Result result() {
        return new Reconciler.Result(decisions, job.leads().asked(asked, launched));
    }

    /** Asks for an instance; returns the launch, which counts from now on. */
    LeadTimes.Pending launch(Pool pool, String kind) {
        String id = job.leads().newLaunchId(fleet(), launched, now());
        LeadTimes.Pending launch = LeadTimes.Pending.of(pool, kind, now());
        act(new Action.Launch(fleet(), id, pool, kind, job.target().reason()));
        asked.put(id, launch);
        launched++;
        expect(launch);
        return launch;
    }

    /** Asks once more for a launch that nobody saw anything of; it counts again from now on. */
    void launchAgain(String id, LeadTimes.Pending launch) {
        Reason reason = job.target().reason().rejecting("another launch: nothing was seen of this one yet");
        act(new Action.Launch(fleet(), id, launch.pool(), launch.accelerator(), reason));
        asked.put(id, launch.askedAgain(now()));
        expect(launch);
    }

    private void expect(LeadTimes.Pending launch) {
        expectedOf.merge(launch.pool(), 1, Integer::sum);
    }

    String fleet() {
        return job.input().snapshot().fleet();
    }

    Instant now() {
        return job.input().now();
    }

    void act(Action action) {
        decisions.add(Decision.taken(now(), action));
    }

    void hold(String what, @Nullable Reason reason) {
        if (reason != null) {
            decisions.add(Decision.held(now(), fleet(), what, reason));
        }
    }

    /** Per pool, instances wanted less those that stay or are asked for. */
    EnumMap<Pool, Integer> poolDeficits() {
        EnumMap<Pool, Integer> deficit = new EnumMap<>(Pool.class);
        deficit.putAll(job.pools());
        stayingOf.forEach((pool, count) -> deficit.merge(pool, -count, Integer::sum));
        expectedOf.forEach((pool, count) -> deficit.merge(pool, -count, Integer::sum));
        return deficit;
    }

    /** Instances that stay in a role that serves interactive work. */
    int front() {
        return stayingInAll() - staying(Pool.BATCH);
    }

    /** Launches for such a role that nobody sees yet. */
    int frontUnseen() {
        int front = 0;
        for (Map.Entry<Pool, Integer> each : expectedOf.entrySet()) {
            front += each.getKey() == Pool.BATCH ? 0 : each.getValue();
        }
        return front;
    }
}
