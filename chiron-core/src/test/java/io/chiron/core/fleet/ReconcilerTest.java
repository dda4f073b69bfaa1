package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.KIND;
import static io.chiron.core.fleet.Fleets.START;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

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

    /** What is launched counts at once: interactive demand has what it wants, and batch work is next. */
    @Test
    void aLaunchCountsForTheNextOne() {
        Map<Pool, Integer> pools = Map.of(Pool.INTERACTIVE, 2, Pool.MIXED, 0, Pool.BATCH, 2);
        List<Decision> decisions = reconcile(List.of(), List.of(), 4, pools, 1, FleetLimits.of(2, 2));
        List<Pool> launched = new ArrayList<>();
        for (Decision decision : decisions) {
            if (decision.action() instanceof Action.Launch launch) {
                launched.add(launch.pool());
            }
        }
        assertThat(launched).containsExactly(Pool.INTERACTIVE, Pool.BATCH);
    }

    /** What one launch allocates does not grow with those beside it: gathered, not copied. The clock would say less. */
    @Test
    void thousandsAreLaunchedInOneRun() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double[] bytesPerLaunch = new double[2];
        int[] launches = {1000, 8000};
        for (int i = 0; i < launches.length; i++) {
            FleetLimits limits = FleetLimits.of(launches[i], launches[i]);
            long before = threads.getCurrentThreadAllocatedBytes();
            List<Decision> decisions =
                    reconcile(List.of(), List.of(), launches[i], Map.of(Pool.MIXED, launches[i]), limits);
            bytesPerLaunch[i] = (threads.getCurrentThreadAllocatedBytes() - before) / (double) launches[i];
            assertThat(decisions).hasSize(launches[i]);
        }
        assertThat(bytesPerLaunch[1]).isLessThan(2 * bytesPerLaunch[0]);
    }

    private static List<Decision> reconcile(
            List<InstanceSnapshot> instances,
            List<LeadTimes.Pending> unseen,
            int target,
            Map<Pool, Integer> pools,
            FleetLimits limits) {
        return reconcile(instances, unseen, target, pools, 0, limits);
    }

    private static List<Decision> reconcile(
            List<InstanceSnapshot> instances,
            List<LeadTimes.Pending> unseen,
            int target,
            Map<Pool, Integer> pools,
            int interactiveWant,
            FleetLimits limits) {
        LeadTimes leads = LeadTimes.empty();
        for (int i = 0; i < unseen.size(); i++) {
            leads = leads.asked(Map.of("l" + i, unseen.get(i)), 1);
        }
        Roster roster = Roster.of(instances, leads, 20, START);
        assertThat(roster.starting()).allMatch(each -> each.phase() == Phase.STARTING);
        Reconciler.Result result = Reconciler.reconcile(new Reconciler.Job(
                roster,
                leads,
                SilentDrains.none(),
                new Target(target, Reason.of(ReasonCode.SURPLUS), null),
                pools,
                interactiveWant,
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
