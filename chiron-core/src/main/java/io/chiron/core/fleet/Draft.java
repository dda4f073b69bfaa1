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
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The decisions of one run of the {@link Reconciler} while they are made, and the fleet as they leave it. */
final class Draft {
    final Job job;
    private final List<InstanceSnapshot> staying;

    private final EnumMap<Pool, Integer> stayingOf;
    private final List<Decision> decisions = new ArrayList<>();
    private LeadTimes leads;

    Draft(Job job) {
        this.job = job;
        this.leads = job.leads();
        Roster roster = job.roster();
        this.staying = new ArrayList<>(roster.ready().size() + roster.starting().size());
        staying.addAll(roster.ready());
        staying.addAll(roster.starting());
        this.stayingOf = new EnumMap<>(roster.present());
    }

    /** What serves or will, and is not given up. */
    List<InstanceSnapshot> staying() {
        return Collections.unmodifiableList(staying);
    }

    int staying(Pool pool) {
        return stayingOf.getOrDefault(pool, 0);
    }

    void keep(InstanceSnapshot instance) {
        staying.add(instance);
        stayingOf.merge(instance.pool(), 1, Integer::sum);
    }

    void giveUp(InstanceSnapshot instance) {
        if (staying.remove(instance)) {
            stayingOf.merge(instance.pool(), -1, Integer::sum);
        }
    }

    LeadTimes leads() {
        return leads;
    }

    Reconciler.Result result() {
        return new Reconciler.Result(decisions, leads);
    }

    /** Asks for an instance; returns the launch, which counts from now on. */
    LeadTimes.Pending launch(Pool pool, String kind) {
        String id = leads.newLaunchId(fleet(), now());
        LeadTimes.Pending launch = LeadTimes.Pending.of(pool, kind, now());
        act(new Action.Launch(fleet(), id, pool, kind, job.target().reason()));
        leads = leads.launched(id, launch);
        return launch;
    }

    /** Asks once more for a launch that nobody saw anything of; it counts again from now on. */
    void launchAgain(String id, LeadTimes.Pending launch) {
        Reason reason = job.target().reason().rejecting("another launch: nothing was seen of this one yet");
        act(new Action.Launch(fleet(), id, launch.pool(), launch.accelerator(), reason));
        leads = leads.askedAgain(id, launch.askedAgain(now()));
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
        for (LeadTimes.Pending launch : leads.expected(job.leadSeconds(), now())) {
            deficit.merge(launch.pool(), -1, Integer::sum);
        }
        return deficit;
    }

    /** Instances that stay in a role that serves interactive work. */
    int front() {
        return staying.size() - staying(Pool.BATCH);
    }

    /** Launches for such a role that nobody sees yet. */
    int frontUnseen() {
        int front = 0;
        for (LeadTimes.Pending launch : leads.expected(job.leadSeconds(), now())) {
            front += launch.pool() == Pool.BATCH ? 0 : 1;
        }
        return front;
    }
}
