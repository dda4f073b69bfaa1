package io.chiron.core.fleet;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.core.fleet.Reconciler.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The decisions of one run of the {@link Reconciler} while they are made, and the fleet as they leave it. */
final class Draft {
    final Job job;
    /** What serves or will, and is not given up. */
    final List<InstanceSnapshot> staying = new ArrayList<>();

    private final List<Decision> decisions = new ArrayList<>();
    private LeadTimes leads;

    Draft(Job job) {
        this.job = job;
        this.leads = job.leads();
        staying.addAll(job.roster().ready());
        staying.addAll(job.roster().starting());
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
        LeadTimes.Pending launch = new LeadTimes.Pending(now(), pool, kind, "");
        act(new Action.Launch(fleet(), id, pool, kind, job.target().reason()));
        leads = leads.launched(id, launch);
        return launch;
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
        for (InstanceSnapshot instance : staying) {
            deficit.merge(instance.pool(), -1, Integer::sum);
        }
        for (LeadTimes.Pending launch : leads.unseen()) {
            deficit.merge(launch.pool(), -1, Integer::sum);
        }
        return deficit;
    }

    /** Instances that stay in a role that serves interactive work. */
    int front() {
        int front = 0;
        for (InstanceSnapshot each : staying) {
            front += each.pool() == Pool.BATCH ? 0 : 1;
        }
        return front;
    }

    /** Launches for such a role that nobody sees yet. */
    int frontUnseen() {
        int front = 0;
        for (LeadTimes.Pending launch : leads.unseen()) {
            front += launch.pool() == Pool.BATCH ? 0 : 1;
        }
        return front;
    }
}
