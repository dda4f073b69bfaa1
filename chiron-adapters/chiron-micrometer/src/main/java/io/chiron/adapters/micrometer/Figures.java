package io.chiron.adapters.micrometer;

import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.ReasonCode;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.api.Times;
import io.chiron.core.TickReport;
import io.chiron.core.fleet.FleetPlan;
import io.chiron.core.local.LocalDecision;
import io.chiron.core.waiting.WaitingTime;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Every gauge of a fleet. The labels are fixed by its tiers and by enums. */
final class Figures {
    /** The wait at a position in a tier's queue. */
    @FunctionalInterface
    interface Waits {
        WaitingTime at(String tier, long position);
    }

    private static final String[] STATS = {"min", "mean", "max"};
    private static final double[] QUANTILES = {0.5, 0.9, 0.99};

    private final List<Figure> all = new ArrayList<>();

    private Figures() {}

    static List<Figure> of(List<SloTier> tiers, Waits waits) {
        Figures figures = new Figures();
        figures.fleet();
        figures.plan();
        figures.local(tiers);
        for (SloTier tier : tiers) {
            figures.waiting(tier.name(), waits);
        }
        figures.health();
        return List.copyOf(figures.all);
    }

    private void fleet() {
        for (Pool pool : Pool.values()) {
            Tags tags = Tags.of("pool", ChironMetrics.label(pool));
            planned("chiron.wanted", "instances", "Wanted instances", tags, plan -> plan.wantedPools()
                    .getOrDefault(pool, 0));
            for (Phase phase : Phase.values()) {
                add(
                        "chiron.present",
                        "instances",
                        "Instances that are there",
                        tags.and("phase", ChironMetrics.label(phase)),
                        report -> present(report.snapshot(), pool, phase));
            }
        }
        planned("chiron.wanted.total", "instances", "Wanted instances in all", FleetPlan::wantedInstances);
        planned("chiron.stuck", "instances", "Starting ones not counted on any more", FleetPlan::stuckInstances);
    }

    private void plan() {
        planned("chiron.interactive.want", "instances", "Interactive want, with headroom", FleetPlan::interactiveWant);
        planned("chiron.interactive.load", "instances", "Mean interactive demand", FleetPlan::interactiveLoad);
        planned("chiron.headroom", "ratio", "Factor for growth within a lead time", FleetPlan::headroom);
        planned(
                "chiron.interactive.backpressure",
                "ratio",
                "IBP: wanted over ready capacity",
                FleetPlan::interactiveBackpressure);
        planned("chiron.busy.backpressure", "ratio", "Busy instances over all", FleetPlan::busyBackpressure);
        planned(
                "chiron.batch.backpressure",
                "groups",
                "BBP: groups that would start late",
                FleetPlan::batchBackpressure);
        planned("chiron.infeasible", "groups", "Groups that no launch can save", FleetPlan::infeasibleGroups);
        planned("chiron.lead.time", "seconds", "Lead time planned with", FleetPlan::leadSeconds);
    }

    private void local(List<SloTier> tiers) {
        for (int i = 0; i < tiers.size(); i++) {
            int tier = i;
            Tags tags = Tags.of("tier", tiers.get(i).name());
            limits(tags.and("limit", "soft"), decision -> decision.limits().soft(tier, tier));
            limits(tags.and("limit", "hard"), decision -> decision.limits().hard(tier, tier));
        }
        for (LocalDecision.Bound bound : LocalDecision.Bound.values()) {
            add(
                    "chiron.batch.limit.bound",
                    "instances",
                    "Instances by what bounds their limit",
                    Tags.of("bound", ChironMetrics.label(bound)),
                    report -> report.blindness() != null
                            ? Double.NaN
                            : report.local().values().stream()
                                    .filter(decision -> decision.bound() == bound)
                                    .count());
        }
        pressure("itl", decision -> decision.backpressure().itl());
        pressure("memory", decision -> decision.backpressure().memory());
    }

    private void limits(Tags tags, ToDoubleFunction<LocalDecision> limit) {
        stats(
                "chiron.batch.limit",
                "sequences",
                "Batch limits over the instances",
                tags,
                report -> report.local().values().stream().mapToDouble(limit));
    }

    private void pressure(String term, ToDoubleFunction<LocalDecision> value) {
        stats(
                "chiron.local.backpressure",
                "ratio",
                "LBP over the instances",
                Tags.of("term", term),
                report -> report.local().values().stream().mapToDouble(value));
    }

    private void waiting(String tier, Waits waits) {
        Tags tags = Tags.of("tier", tier);
        add(
                "chiron.waiting",
                "requests",
                "Requests queued at the router",
                tags,
                report -> flow(report, tier, TierFlow::waitingRequests));
        add(
                "chiron.oldest.wait",
                "seconds",
                "How long the oldest queued request has waited",
                tags,
                report -> flow(report, tier, TierFlow::oldestWaitSeconds));
        for (double quantile : QUANTILES) {
            add(
                    "chiron.waiting.time",
                    "seconds",
                    "Predicted wait of a request that joins the queue now",
                    tags.and("quantile", Double.toString(quantile)),
                    report -> flow(report, tier, flow -> waits.at(tier, flow.waitingRequests() + 1)
                            .quantileSeconds(quantile)));
        }
    }

    private void health() {
        add("chiron.snapshot.age", "seconds", "Age of the snapshot at the last tick", Tags.empty(), report -> {
            FleetSnapshot snapshot = report.snapshot();
            return snapshot == null ? Double.NaN : Times.secondsBetween(snapshot.time(), report.time());
        });
        stats("chiron.sample.age", "seconds", "Age of the samples of ready instances", Tags.empty(), Figures::ages);
        add(
                "chiron.last.tick.timestamp",
                "seconds",
                "Time of the last tick since 1970",
                Tags.empty(),
                report -> report.time().toEpochMilli() / 1000.0);
        for (ReasonCode code : new ReasonCode[] {ReasonCode.BLIND, ReasonCode.STALE}) {
            add(
                    "chiron.blind",
                    null,
                    "1 while nothing new is learned",
                    Tags.of("code", ChironMetrics.label(code)),
                    report -> report.blindness() == code ? 1 : 0);
        }
        add("chiron.dry.run", null, "1 while nothing is carried out", Tags.empty(), report -> report.dryRun() ? 1 : 0);
    }

    private void planned(String name, String unit, String description, ToDoubleFunction<FleetPlan> value) {
        planned(name, unit, description, Tags.empty(), value);
    }

    private void planned(String name, String unit, String description, Tags tags, ToDoubleFunction<FleetPlan> value) {
        add(name, unit, description, tags, report -> {
            FleetPlan plan = report.plan();
            return plan == null ? Double.NaN : value.applyAsDouble(plan);
        });
    }

    /** Least, mean and greatest of what is measured. */
    private void stats(
            String name, String unit, String description, Tags tags, Function<TickReport, DoubleStream> values) {
        for (String stat : STATS) {
            add(name, unit, description, tags.and("stat", stat), report -> {
                DoubleSummaryStatistics summary = values.apply(report)
                        .filter(value -> !Double.isNaN(value))
                        .summaryStatistics();
                if (summary.getCount() == 0) {
                    return Double.NaN;
                }
                return switch (stat) {
                    case "min" -> summary.getMin();
                    case "mean" -> summary.getAverage();
                    default -> summary.getMax();
                };
            });
        }
    }

    private void add(
            String name, @Nullable String unit, String description, Tags tags, ToDoubleFunction<TickReport> value) {
        all.add(new Figure(name, unit, description, tags, value));
    }

    private static double present(@Nullable FleetSnapshot snapshot, Pool pool, Phase phase) {
        return snapshot == null
                ? Double.NaN
                : snapshot.instances().stream()
                        .filter(each -> each.pool() == pool && each.phase() == phase)
                        .count();
    }

    private static double flow(TickReport report, String tier, ToDoubleFunction<TierFlow> value) {
        TierFlow flow = report.snapshot() == null ? null : report.snapshot().flow(tier);
        return flow == null ? Double.NaN : value.applyAsDouble(flow);
    }

    private static DoubleStream ages(TickReport report) {
        FleetSnapshot snapshot = report.snapshot();
        return snapshot == null
                ? DoubleStream.empty()
                : snapshot.instances().stream()
                        .filter(each -> each.phase() == Phase.READY)
                        .map(InstanceSnapshot::sample)
                        .flatMapToDouble(sample -> sample == null
                                ? DoubleStream.empty()
                                : DoubleStream.of(Times.secondsBetween(sample.time(), report.time())));
    }
}
