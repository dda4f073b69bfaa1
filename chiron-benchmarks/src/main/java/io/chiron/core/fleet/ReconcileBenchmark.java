package io.chiron.core.fleet;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** (f) A whole fleet launched, or drained, in one run of the fleet rule; beside a loop that makes as many decisions. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class ReconcileBenchmark {
    private static final String KIND = InstanceSnapshot.DEFAULT_ACCELERATOR;
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000L);
    private static final Reason REASON = Reason.of(ReasonCode.SURPLUS);
    private static final double LEAD_SECONDS = 60;

    @Param({"1000", "8000"})
    int instances;

    private Reconciler.Job fromNothing = job(List.of(), 0);
    private Reconciler.Job toNothing = fromNothing;

    @Setup
    public void fill() {
        List<InstanceSnapshot> ready = new ArrayList<>(instances);
        InstanceSample idle = InstanceSample.builder(NOW, 1).waitingRequests(0).build();
        for (int i = 0; i < instances; i++) {
            ready.add(InstanceSnapshot.of("instance-" + i, Pool.MIXED, Phase.READY, NOW.minusSeconds(3600))
                    .withSample(idle));
        }
        fromNothing = job(List.of(), instances);
        toNothing = job(ready, 0);
    }

    @Benchmark
    public Object launch() {
        return Reconciler.reconcile(fromNothing);
    }

    @Benchmark
    public Object drain() {
        return Reconciler.reconcile(toNothing);
    }

    @Benchmark
    public Object decisions() {
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < instances; i++) {
            String id = "fleet-" + NOW.toEpochMilli() + "-" + i;
            decisions.add(Decision.taken(NOW, new Action.Launch("fleet", id, Pool.MIXED, KIND, REASON)));
        }
        return decisions;
    }

    private static Reconciler.Job job(List<InstanceSnapshot> ready, int wanted) {
        FleetLimits limits = FleetLimits.of(wanted, Math.max(1, Math.max(wanted, ready.size())));
        FleetSnapshot snapshot = new FleetSnapshot("fleet", NOW, ready, List.of(), List.of());
        LeadTimes leads = LeadTimes.empty();
        return new Reconciler.Job(
                Roster.of(ready, leads, LEAD_SECONDS, NOW),
                leads,
                SilentDrains.none(),
                new Target(wanted, REASON, null),
                Map.of(Pool.MIXED, wanted),
                0,
                List.of(KIND),
                new FleetInput(snapshot, List.of(), Map.of(), limits, FleetConfig.DEFAULTS, 5, NOW),
                LEAD_SECONDS);
    }
}
