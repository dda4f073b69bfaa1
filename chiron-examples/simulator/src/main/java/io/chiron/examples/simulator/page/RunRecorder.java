package io.chiron.examples.simulator.page;

import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.RequestGroup;
import io.chiron.api.RequestRouter;
import io.chiron.api.TierFlow;
import io.chiron.core.routing.RoutingTable;
import io.chiron.examples.simulator.policy.Policy;
import io.chiron.examples.simulator.policy.Signal;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.run.SimClock;
import io.chiron.examples.simulator.run.Simulation;
import io.chiron.examples.simulator.workload.Arrival;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Watches a run, whatever its policy, and keeps what its page shows, in bounded memory. */
public final class RunRecorder implements Simulation.Probe, Consumer<Decision> {
    /** Batch requests due within so many seconds, from late to later than all. */
    static final double[] DUE_SECONDS = {0, 60, 300, 900, 3600, 14_400, Double.POSITIVE_INFINITY};

    /** What an instance can be counted as; ready ones by pool. */
    static final List<String> KINDS = List.of("INTERACTIVE", "MIXED", "BATCH", "STARTING", "DRAINING", "FAILED");

    final Scenario scenario;
    final Timeline timeline;
    final Marks marks = new Marks();
    /** By tier index. */
    final List<ClassSeries> classes;
    /** By {@link #DUE_SECONDS}. */
    final List<Timeline.Level> due;

    final Timeline.Level interactiveQueue;
    /** By {@link #KINDS}. */
    final List<Timeline.Level> instances;

    final Timeline.Level running;
    final Map<String, Watched> signals = new LinkedHashMap<>();

    /** For one run of {@code scenario}. */
    public RunRecorder(Scenario scenario) {
        this.scenario = scenario;
        timeline = new Timeline(scenario.localPeriodSeconds());
        classes = List.of(new ClassSeries(timeline), new ClassSeries(timeline));
        due = Arrays.stream(DUE_SECONDS)
                .mapToObj(seconds -> timeline.new Level())
                .toList();
        interactiveQueue = timeline.new Level();
        instances = KINDS.stream().map(kind -> timeline.new Level()).toList();
        running = timeline.new Level();
    }

    /** What is known of the requests of a class, and of the limit that it sets. */
    static final class ClassSeries {
        final Timeline.Counts arrived;
        /** TTFT of interactive requests; share of the time to the deadline that batch requests waited. */
        final Timeline.Spread start;

        final Timeline.Counts started;
        final Timeline.Counts startedLate;
        final Timeline.Spread itl;
        final Timeline.Counts finished;
        final Timeline.Counts finishedSlow;
        final Timeline.Level limit;

        ClassSeries(Timeline timeline) {
            arrived = timeline.new Counts();
            start = timeline.new Spread();
            started = timeline.new Counts();
            startedLate = timeline.new Counts();
            itl = timeline.new Spread();
            finished = timeline.new Counts();
            finishedSlow = timeline.new Counts();
            limit = timeline.new Level();
        }
    }

    /** A signal over time. */
    record Watched(Timeline.Level level, double threshold) {}

    @Override
    public void accept(Decision decision) {
        marks.add(decision);
    }

    @Override
    public void arrived(double nowSeconds, int tierIndex) {
        classes.get(tierIndex).arrived.add(nowSeconds, 1);
    }

    @Override
    public void started(double nowSeconds, int tierIndex, double ttftSeconds, double limitSeconds) {
        ClassSeries series = classes.get(tierIndex);
        series.start.add(nowSeconds, tierIndex == Arrival.INTERACTIVE ? ttftSeconds : ttftSeconds / limitSeconds);
        series.started.add(nowSeconds, 1);
        series.startedLate.add(nowSeconds, ttftSeconds > limitSeconds ? 1 : 0);
    }

    @Override
    public void finished(double nowSeconds, int tierIndex, int outputTokens, double meanItlSeconds) {
        ClassSeries series = classes.get(tierIndex);
        boolean slow = meanItlSeconds > scenario.slo(tierIndex).itlSeconds();
        series.finished.add(nowSeconds, 1);
        series.finishedSlow.add(nowSeconds, slow ? 1 : 0);
        if (!Double.isNaN(meanItlSeconds)) {
            series.itl.add(nowSeconds, meanItlSeconds);
        }
    }

    @Override
    public void observed(double nowSeconds, FleetSnapshot snapshot) {
        countInstances(nowSeconds, snapshot.instances());
        double waiting = 0;
        TierFlow flow = snapshot.flow(scenario.tiers().get(Arrival.INTERACTIVE).name());
        if (flow != null) {
            waiting = flow.waitingRequests();
        }
        interactiveQueue.set(nowSeconds, waiting);
        countQueue(nowSeconds, snapshot.groups());
    }

    private void countInstances(double nowSeconds, List<InstanceSnapshot> all) {
        int[] counts = new int[KINDS.size()];
        for (InstanceSnapshot instance : all) {
            boolean ready = instance.phase() == Phase.READY;
            counts[
                    KINDS.indexOf(
                            ready ? instance.pool().name() : instance.phase().name())]++;
            InstanceSample sample = instance.sample();
            if (ready && sample != null) {
                running.set(nowSeconds, sample.meanRunning());
            }
        }
        for (int kind = 0; kind < counts.length; kind++) {
            instances.get(kind).set(nowSeconds, counts[kind]);
        }
    }

    private void countQueue(double nowSeconds, @Nullable List<RequestGroup> groups) {
        if (groups == null) {
            return;
        }
        double[] counts = new double[DUE_SECONDS.length];
        for (RequestGroup group : groups) {
            double left = SimClock.seconds(group.deadline()) - nowSeconds;
            int band = 0;
            while (left > DUE_SECONDS[band]) {
                band++;
            }
            counts[band] += group.count();
        }
        for (int band = 0; band < counts.length; band++) {
            due.get(band).set(nowSeconds, counts[band]);
        }
    }

    @Override
    public void ticked(double nowSeconds, Policy policy, RequestRouter router) {
        for (RoutingTable.Row row : policy.routingTable().rows()) {
            if (row.accepting()) {
                for (int tier = 0; tier < classes.size(); tier++) {
                    classes.get(tier).limit.set(nowSeconds, row.limits().hard(tier, tier));
                }
            }
        }
        for (Signal signal : policy.signals()) {
            signals.computeIfAbsent(signal.name(), name -> new Watched(timeline.new Level(), signal.threshold()))
                    .level
                    .set(nowSeconds, signal.value());
        }
    }
}
