package io.chiron.core.fleet;

import io.chiron.api.Action;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.SloTier;
import io.chiron.api.TierUsage;
import io.chiron.api.Times;
import io.chiron.core.fleet.Reconciler.Job;
import io.chiron.core.local.TierProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Who goes: what is broken, hung or finished, and what is in surplus (design 8). Confined to one run. */
final class Departures {
    private final Draft draft;
    private final Job job;
    private final FleetInput input;
    private final Roster roster;
    private final Instant now;
    private final String fleet;

    Departures(Draft draft) {
        this.draft = draft;
        this.job = draft.job;
        this.input = job.input();
        this.roster = job.roster();
        this.now = draft.now();
        this.fleet = draft.fleet();
    }

    /** Ends what has failed, hangs or has finished draining, and says what is stuck. */
    void clearAway() {
        for (InstanceSnapshot instance : roster.failed()) {
            draft.act(new Action.Retire(fleet, instance.id(), Reason.of(ReasonCode.FAILED)));
        }
        for (InstanceSnapshot instance : roster.draining()) {
            double silentSeconds = job.silent().seconds(instance.id(), now);
            if (draft.isKept(instance)) {
                continue;
            }
            if (isEmpty(instance)) {
                draft.act(new Action.Retire(fleet, instance.id(), Reason.of(ReasonCode.DRAINED)));
            } else if (silentSeconds > SilentDrains.MOST_SECONDS) {
                Reason reason = Reason.of(ReasonCode.DRAINED).with("silentForSeconds", silentSeconds);
                draft.act(new Action.Retire(
                        fleet, instance.id(), reason.rejecting("waiting for an instance that reports nothing")));
            }
        }
        for (InstanceSnapshot instance : roster.stuck()) {
            double seconds = job.leads().startingForSeconds(instance, job.leadSeconds(), now);
            if (seconds > job.leads().givenUpAfterSeconds(job.leadSeconds())) {
                draft.act(new Action.Retire(
                        fleet, instance.id(), Reason.of(ReasonCode.STUCK).with("startingForSeconds", seconds)));
            }
        }
        if (!roster.stuck().isEmpty()) {
            draft.hold(
                    "launch",
                    Reason.of(ReasonCode.STUCK)
                            .with("stuckInstances", roster.stuck().size())
                            .with("leadSeconds", job.leadSeconds())
                            .rejecting("waiting for " + roster.stuck().get(0).id()));
        }
    }

    private boolean isEmpty(InstanceSnapshot instance) {
        InstanceSample sample = instance.sample();
        return sample != null
                && Roster.fresh(instance, input.config().maxFlowAgeSeconds(), now)
                && sample.runningNow() == 0
                && !(sample.waitingRequests() > 0);
    }

    /** Drops starting instances, latest first, then drains ready ones with the least work to lose. */
    void retire(int wanted) {
        int left = wanted;
        // The order in which the capacity of fewer instances was reckoned, from its end.
        List<InstanceSnapshot> starting = new ArrayList<>(roster.starting());
        starting.sort(Comparator.comparingDouble(
                        (InstanceSnapshot each) -> Roster.readyInSeconds(each, job.leads(), job.leadSeconds(), now))
                .reversed());
        for (InstanceSnapshot instance : starting) {
            if (left > 0 && mayLeave(instance)) {
                draft.act(new Action.Retire(fleet, instance.id(), job.target().reason()));
                draft.giveUp(instance);
                left--;
            }
        }
        // What is launched and not seen yet leaves before what serves, once it is seen.
        left -= roster.unseen().size();
        List<InstanceSnapshot> ready = new ArrayList<>(roster.ready());
        ready.sort(Comparator.<InstanceSnapshot>comparingInt(each -> -Fleet.rank(each, job.launchOrder()))
                .thenComparingLong(each -> Roster.running(each, input.tiers(), true))
                .thenComparingLong(Roster::runningNow));
        int young = 0;
        for (InstanceSnapshot instance : ready) {
            if (left <= 0) {
                break;
            }
            if (!isOld(instance) || !Roster.fresh(instance, input.config().maxFlowAgeSeconds(), now)) {
                young++;
            } else if (mayLeave(instance)) {
                drain(instance);
                draft.giveUp(instance);
                left--;
            }
        }
        if (left > 0 && young > 0) {
            draft.hold(
                    "drain",
                    new Reason(ReasonCode.MINIMUM_LIFE, job.target().reason().numbers(), "")
                            .rejecting("draining an instance that is younger than a lead time or not measured"));
        }
    }

    /** True if it has served for a lead time; a ready time far ahead is one of a clock that went back. */
    private boolean isOld(InstanceSnapshot instance) {
        Instant readyAt = instance.readyAt();
        return readyAt == null || Math.abs(Times.secondsBetween(readyAt, now)) >= job.leadSeconds();
    }

    private boolean mayLeave(InstanceSnapshot instance) {
        if (!input.config().reassign() && instance.pool() != Pool.BATCH && draft.front() <= job.interactiveWant()) {
            return false;
        }
        return draft.staying(instance.pool())
                > input.limits().range(instance.pool()).min();
    }

    private void drain(InstanceSnapshot instance) {
        draft.act(new Action.Drain(fleet, instance.id(), job.target().reason()));
        InstanceSample sample = instance.sample();
        if (sample == null || !draft.hasOthers()) {
            return;
        }
        // Batch work would keep the instance for minutes; elsewhere it costs one more prefill.
        for (TierProfile profile : input.tiers()) {
            SloTier tier = profile.tier();
            TierUsage usage = sample.usage(tier.name());
            if (!tier.interactive() && usage != null && usage.runningNow() > 0) {
                int count = (int) Math.min(1_000_000, usage.runningNow());
                draft.act(new Action.Evict(
                        fleet, instance.id(), tier.name(), count, job.target().reason()));
            }
        }
    }
}
