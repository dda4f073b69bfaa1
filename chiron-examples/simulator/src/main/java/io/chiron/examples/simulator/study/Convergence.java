package io.chiron.examples.simulator.study;

import io.chiron.examples.simulator.run.SaturatedInstance;
import io.chiron.examples.simulator.run.Simulation;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.Lengths;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Experiment 2: how the batch limit of one saturated instance settles, by rule and start. */
final class Convergence implements Experiment {
    private static final double SETTLED_SHARE = 0.1;
    private static final long SEED = 11;

    private final Laboratory laboratory;
    private final List<StudyScenario> scenarios;
    private final List<Integer> starts;
    private final double seconds;

    /**
     * The hard limit after each sample, and what it yields in the last third.
     *
     * @param limits one per second
     */
    record Path(List<Integer> limits, double tokensPerSecond, double meanItlSeconds) {
        /** Samples until the limit stays within a tenth of the last one. */
        int settledAfter() {
            double last = limits.get(limits.size() - 1);
            int settled = limits.size();
            while (settled > 0 && Math.abs(limits.get(settled - 1) - last) <= SETTLED_SHARE * last) {
                settled--;
            }
            return settled + 1;
        }
    }

    /**
     * One instance with batch work, on which interactive work falls for five minutes: so the SLO that binds is switched twice.
     */
    private static final StudyScenario SWITCHED = StudyScenario.of(
            "8b-switched",
            "W_B",
            "8b",
            "--initial-instances 1 --min-instances 1 --max-instances 1 --batch-slo ttft=24h,itl=2s --interactive-slo ttft=1s,itl=50ms "
                    + "--batch count=20000,at=0,deadline=86400 "
                    + "--interactive spike:rate=0.01,factor=1500,at=300,for=300,cv=1,seconds=900");

    private static final int SWITCH_FROM_SECONDS = 300;
    private static final int SWITCH_TO_SECONDS = 600;
    private static final int SWITCHED_SECONDS = 900;

    Convergence(Laboratory laboratory, List<StudyScenario> scenarios, List<Integer> starts, double seconds) {
        this.laboratory = laboratory;
        this.scenarios = scenarios;
        this.starts = starts;
        this.seconds = seconds;
    }

    @Override
    public String id() {
        return "convergence";
    }

    @Override
    public List<Work.Unit> units() {
        List<Work.Unit> units = new ArrayList<>();
        for (StudyScenario scenario : scenarios) {
            for (String rule : List.of("chiron", "chiron-ratio")) {
                for (int start : starts) {
                    units.add(new Work.Unit(
                            rule + " from " + start + " on " + scenario.name(),
                            0.2,
                            () -> path(scenario, rule, start)));
                }
            }
        }
        for (String rule : List.of("chiron", "chiron-ratio")) {
            units.add(new Work.Unit(rule + " with the SLO switched", 2, () -> switched(rule)));
        }
        return units;
    }

    /** The limit for the class that is there. */
    private Path switched(String rule) {
        return laboratory.store().get(laboratory.settings("switched", SWITCHED, rule, SEED), Path.class, () -> {
            List<Integer> limits = new ArrayList<>();
            Simulation.run(
                    laboratory.scenario(SWITCHED, SEED),
                    Laboratory.policy(rule),
                    decision -> {},
                    (seconds, inSystem) -> {},
                    (now, policy, router) -> {
                        var rows = policy.routingTable().rows();
                        if (limits.size() < SWITCHED_SECONDS && !rows.isEmpty()) {
                            boolean interactive = now >= SWITCH_FROM_SECONDS && now < SWITCH_TO_SECONDS;
                            int tier = interactive ? Arrival.INTERACTIVE : Arrival.BATCH;
                            limits.add(rows.get(0).limits().hard(tier, tier));
                        }
                    });
            return new Path(limits, Double.NaN, Double.NaN);
        });
    }

    private Section.Figure switchedFigure() {
        List<Charts.Line> lines = new ArrayList<>();
        for (String rule : List.of("chiron", "chiron-ratio")) {
            List<Integer> limits = switched(rule).limits();
            lines.add(Charts.Line.of(
                    rule.equals("chiron") ? "curve rule" : "ratio rule",
                    IntStream.range(0, limits.size()).boxed().toList(),
                    sample -> sample,
                    limits::get));
        }
        return new Section.Figure(
                "convergence-switched",
                "SLO switched",
                Charts.lines("8B, SLO 2 s, 50 ms from 300 to 600 s", "seconds", "batch limit", lines, false, false));
    }

    private Path path(StudyScenario scenario, String rule, int start) {
        String policy = rule + ":start=" + start;
        return laboratory
                .store()
                .get(laboratory.settings("convergence " + seconds, scenario, policy, SEED), Path.class, () -> {
                    SaturatedInstance.Result result = SaturatedInstance.run(
                            laboratory.scenario(scenario, SEED),
                            Laboratory.policy(policy),
                            Lengths.shareGpt(),
                            seconds,
                            seconds * 2 / 3);
                    return new Path(
                            result.limits().stream()
                                    .map(SaturatedInstance.Limit::hard)
                                    .toList(),
                            result.tokensPerSecond(),
                            result.meanItlSeconds());
                });
    }

    @Override
    public Section section() {
        List<Section.Figure> figures = new ArrayList<>();
        List<List<String>> lines = new ArrayList<>();
        for (StudyScenario scenario : scenarios) {
            for (String rule : List.of("chiron", "chiron-ratio")) {
                String what = rule.equals("chiron") ? "curve rule" : "ratio rule";
                List<Charts.Line> paths = new ArrayList<>();
                for (int start : starts) {
                    Path path = path(scenario, rule, start);
                    List<Integer> samples =
                            IntStream.range(0, path.limits().size()).boxed().toList();
                    paths.add(Charts.Line.of("start " + start, samples, sample -> sample + 1, sample -> path.limits()
                            .get(sample)));
                    lines.add(List.of(
                            scenario.name() + ", " + what,
                            Integer.toString(start),
                            Integer.toString(path.settledAfter()),
                            Integer.toString(path.limits().get(path.limits().size() - 1)),
                            String.format(Locale.ROOT, "%.0f", path.tokensPerSecond()),
                            String.format(Locale.ROOT, "%.1f", 1000 * path.meanItlSeconds())));
                }
                figures.add(new Section.Figure(
                        "convergence-" + scenario.name() + "-" + rule,
                        scenario.name() + ", " + what,
                        Charts.lines(scenario.name() + ", " + what, "seconds", "batch limit", paths, false, false)));
            }
        }
        figures.add(switchedFigure());
        return new Section(
                id(),
                2,
                "Batch limit over time",
                "One saturated instance, from four first limits. The hard limit, where admission ends, is shown. Last, the SLO that "
                        + "binds is switched: batch work, beside which interactive work comes for five minutes.",
                String.join(
                                "\n",
                                scenarios.stream()
                                        .map(each -> each.name() + ": " + each.options())
                                        .toList()) + "\nseed " + SEED,
                figures,
                List.of(new Section.Grid(
                        "How it settled",
                        List.of("rule", "start", "samples to settle", "last limit", "tokens/s", "mean ITL, ms"),
                        lines)),
                List.of());
    }
}
