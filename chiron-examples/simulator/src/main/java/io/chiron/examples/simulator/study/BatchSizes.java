package io.chiron.examples.simulator.study;

import io.chiron.examples.simulator.run.SaturatedInstance;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Lengths;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Experiment 1: what one saturated instance yields at a fixed batch size. */
final class BatchSizes implements Experiment {
    private static final double SECONDS = 240;
    private static final double MEASURE_FROM_SECONDS = 120;
    private static final long SEED = 11;

    private final Laboratory laboratory;
    private final List<Load> loads;
    private final List<Integer> batches;

    /**
     * A model and lengths.
     *
     * @param lengths as in {@code --interactive ..,lengths=}
     */
    record Load(String label, StudyScenario scenario, String lengths) {}

    /** What a batch size yields. */
    record Yield(int batch, double tokensPerSecond, double meanItlSeconds, double meanRunning, long preemptions) {}

    BatchSizes(Laboratory laboratory, List<Load> loads, List<Integer> batches) {
        this.laboratory = laboratory;
        this.loads = loads.stream()
                .filter(each -> laboratory.canRun(each.scenario()))
                .toList();
        this.batches = batches;
    }

    @Override
    public String id() {
        return "batch-size";
    }

    @Override
    public List<Work.Unit> units() {
        List<Work.Unit> units = new ArrayList<>();
        for (Load load : loads) {
            for (int batch : batches) {
                units.add(new Work.Unit(load.label() + " at " + batch, 0.2, () -> measured(load, batch)));
            }
        }
        return units;
    }

    private Yield measured(Load load, int batch) {
        var settings =
                laboratory.settings("batch-size " + load.lengths(), load.scenario(), "static:cap=" + batch, SEED);
        return laboratory.store().get(settings, Yield.class, () -> {
            Scenario scenario = laboratory.scenario(load.scenario(), SEED);
            SaturatedInstance.Result result = SaturatedInstance.run(
                    scenario,
                    Laboratory.policy("static:cap=" + batch),
                    Lengths.parse(laboratory.file(load.lengths())),
                    SECONDS,
                    MEASURE_FROM_SECONDS);
            return new Yield(
                    batch,
                    result.tokensPerSecond(),
                    result.meanItlSeconds(),
                    result.meanRunning(),
                    result.preemptions());
        });
    }

    @Override
    public Section section() {
        List<Charts.Line> tokens = new ArrayList<>();
        List<Charts.Line> itl = new ArrayList<>();
        List<Section.Grid> grids = new ArrayList<>();
        for (Load load : loads) {
            List<Yield> yields =
                    batches.stream().map(batch -> measured(load, batch)).toList();
            tokens.add(Charts.Line.of(load.label(), yields, Yield::batch, Yield::tokensPerSecond));
            itl.add(Charts.Line.of(load.label(), yields, Yield::batch, each -> 1000 * each.meanItlSeconds()));
            grids.add(new Section.Grid(
                    load.label(),
                    List.of("batch size", "tokens/s", "mean ITL, ms", "mean running", "preemptions"),
                    yields.stream()
                            .map(each -> List.of(
                                    Integer.toString(each.batch()),
                                    String.format(Locale.ROOT, "%.0f", each.tokensPerSecond()),
                                    String.format(Locale.ROOT, "%.1f", 1000 * each.meanItlSeconds()),
                                    String.format(Locale.ROOT, "%.0f", each.meanRunning()),
                                    Long.toString(each.preemptions())))
                            .toList()));
        }
        return new Section(
                id(),
                1,
                "Throughput and ITL against a fixed batch size",
                "One instance that never runs out of work. Throughput rises with the batch size until the KV cache is full: "
                        + "from there on requests are preempted, the number that really runs stays behind the cap, and a larger "
                        + "cap yields nothing. The ITL rises all the way, so which batch is best depends on the SLO.",
                String.format(
                        Locale.ROOT,
                        "static:cap=N for %.0f s, measured from %.0f s on, seed %d",
                        SECONDS,
                        MEASURE_FROM_SECONDS,
                        SEED),
                List.of(
                        new Section.Figure(
                                "batch-size-throughput",
                                "output tokens per second",
                                Charts.lines("Throughput", "batch size", "output tokens/s", tokens, true, true)),
                        new Section.Figure(
                                "batch-size-itl",
                                "mean ITL",
                                Charts.lines("Inter-token latency", "batch size", "mean ITL, ms", itl, true, true))),
                grids,
                List.of());
    }
}
