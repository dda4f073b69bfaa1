package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.KIND;
import static io.chiron.core.fleet.Fleets.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Who goes when fewer are wanted. */
class ReconcilerTest {
    /** The last instance of a pool stays if none of the others can take its role. */
    @Property
    void aPoolAtItsMinimumKeepsItsInstance(@ForAll @IntRange(min = 2, max = 8) int batch) {
        FleetLimits limits = new FleetLimits(
                0,
                20,
                Map.of(Pool.INTERACTIVE, new FleetLimits.Range(1, 20)),
                Map.of(KIND, new FleetLimits.Accelerator(20, 1)));
        List<InstanceSnapshot> instances = new ArrayList<>();
        instances.add(Fleets.ready("front", Pool.INTERACTIVE, START, 0, 0));
        for (int i = 0; i < batch; i++) {
            instances.add(Fleets.ready("b" + i, Pool.BATCH, START, 0, 0).withSample(Fleets.sample(START, 1, 1, 500)));
        }
        List<Decision> decisions =
                reconcile(instances, List.of(), 1, Map.of(Pool.INTERACTIVE, 1, Pool.MIXED, 0, Pool.BATCH, 0), limits);
        assertThat(drains(decisions)).hasSize(batch).noneMatch(drain -> drain.instance()
                .equals("front"));
    }

    /** What is asked for and not seen yet may never come: what serves is kept until it does. */
    @Property
    void launchesNotSeenYetDoNotStandInForWhatServes(
            @ForAll @IntRange(min = 1, max = 8) int ready,
            @ForAll @IntRange(min = 1, max = 8) int unseen,
            @ForAll @IntRange(max = 16) int target) {
        if (target >= ready + unseen) {
            return;
        }
        List<LeadTimes.Pending> pending = new ArrayList<>();
        for (int i = 0; i < unseen; i++) {
            pending.add(LeadTimes.Pending.of(Pool.MIXED, KIND, START));
        }
        List<Decision> decisions =
                reconcile(fleet(ready), pending, target, Map.of(Pool.MIXED, target), FleetLimits.of(0, 20));
        assertThat(drains(decisions)).hasSize(Math.max(0, ready - target));
    }

    /** What the maximum has made drain is not taken back in the next run, however much is wanted. */
    @Property
    void drainsAreTakenBackUpToTheMaximumOnly(
            @ForAll @IntRange(max = 8) int ready,
            @ForAll @IntRange(min = 1, max = 8) int draining,
            @ForAll @IntRange(min = 1, max = 8) int most,
            @ForAll @IntRange(max = 16) int target) {
        List<InstanceSnapshot> instances = fleet(ready);
        for (int i = 0; i < draining; i++) {
            instances.add(InstanceSnapshot.of("d" + i, Pool.MIXED, Phase.DRAINING, START));
        }
        List<Decision> decisions =
                reconcile(instances, List.of(), target, Map.of(Pool.MIXED, target), FleetLimits.of(0, most));
        long back = decisions.stream()
                .filter(decision -> decision.action() instanceof Action.CancelDrain)
                .count();
        assertThat(back).isEqualTo(Math.max(0, Math.min(Math.min(target, most) - ready, draining)));
    }

    private static List<Decision> reconcile(
            List<InstanceSnapshot> instances,
            List<LeadTimes.Pending> unseen,
            int target,
            Map<Pool, Integer> pools,
            FleetLimits limits) {
        LeadTimes leads = LeadTimes.empty();
        for (int i = 0; i < unseen.size(); i++) {
            leads = leads.launched("l" + i, unseen.get(i));
        }
        Roster roster = Roster.of(instances, leads, 20, START);
        assertThat(roster.starting()).allMatch(each -> each.phase() == Phase.STARTING);
        Reconciler.Result result = Reconciler.reconcile(new Reconciler.Job(
                roster,
                leads,
                SilentDrains.none(),
                new Target(target, Reason.of(ReasonCode.SURPLUS), null),
                pools,
                0,
                List.of(KIND),
                Fleets.input(Fleets.snapshot(START, instances, 0, 0, List.of()), limits, FleetConfig.DEFAULTS, START),
                20));
        return result.decisions();
    }

    private static List<InstanceSnapshot> fleet(int ready) {
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (int i = 0; i < ready; i++) {
            instances.add(Fleets.ready("i" + i, Pool.MIXED, START, 0, 0));
        }
        return instances;
    }

    private static List<Action.Drain> drains(List<Decision> decisions) {
        List<Action.Drain> drains = new ArrayList<>();
        for (Decision decision : decisions) {
            if (decision.action() instanceof Action.Drain drain) {
                drains.add(drain);
            }
        }
        return drains;
    }
}
