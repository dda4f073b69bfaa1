package io.chiron.examples.simulator.study;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The experiments with their grids, in full and as a quick look. */
final class Experiments {
    static final List<String> QUICK = List.of("chiron", "static", "oracle", "llumnix", "knative-kpa");
    private static final List<String> QUICK_SCENARIOS =
            List.of("wa-8b-60-cv4", "wb-8b-30-20k", "tight-8b-40-cv4", "wa-70b-20-cv1");

    private final Laboratory laboratory;
    private final Tuned tuned;
    private final Study.Options options;
    private final Waits.Measure waits;
    private final Sweeps sweeps;
    private final boolean quick;
    private final long seed;

    Experiments(Laboratory laboratory, Tuned tuned, Study.Options options, Waits.Measure waits) {
        this.laboratory = laboratory;
        this.tuned = tuned;
        this.options = options;
        this.waits = waits;
        this.sweeps = new Sweeps(laboratory, tuned, options);
        this.quick = options.quick();
        this.seed = options.seeds().get(0);
    }

    /** Names on the command line, in the order of the report. */
    static final List<String> IDS = List.of(
            "batch-size",
            "convergence",
            "interactive",
            "batch",
            "waiting",
            "lead",
            "spikes",
            "actions",
            "traces",
            "faults",
            "scoreboard");

    Experiment of(String id) {
        return switch (id) {
            case "batch-size" -> batchSize();
            case "convergence" -> convergence();
            case "interactive" -> sweeps.interactive();
            case "batch" -> sweeps.batch();
            case "waiting" -> waiting();
            case "lead" -> sweeps.lead();
            case "spikes" -> sweeps.spikes();
            case "actions" -> actions();
            case "traces" -> sweeps.traces();
            case "faults" -> sweeps.faults();
            case "scoreboard" -> scoreboard();
            default -> throw new IllegalArgumentException("no experiment " + id);
        };
    }

    private <T> List<T> grid(List<T> all, List<T> few) {
        return quick ? few : all;
    }

    private BatchSizes batchSize() {
        String conversation = StudyScenario.TRACES + "/azure-conv-2023.csv.gz";
        List<BatchSizes.Load> loads = new ArrayList<>();
        for (String model : List.of("8b", "70b")) {
            // The lengths of a file need the folder of traces, which the name of the scenario tells.
            String slo = "--interactive-slo ttft=10s,itl=2s --interactive gamma:rate=1,seconds=1";
            loads.add(new BatchSizes.Load(
                    model + " ShareGPT-like", StudyScenario.of("saturated-" + model, "W_A", model, slo), "sharegpt"));
            loads.add(new BatchSizes.Load(
                    model + " conversation",
                    StudyScenario.of("saturated-" + model, "trace", model, slo + ",lengths=" + conversation),
                    conversation));
        }
        return new BatchSizes(
                laboratory,
                loads,
                grid(
                        List.of(4, 8, 16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048),
                        List.of(16, 64, 256, 1024)));
    }

    private Convergence convergence() {
        List<StudyScenario> scenarios = List.of(
                StudyScenario.of("8b-50ms", "tight", "8b", "--interactive-slo ttft=1s,itl=50ms"),
                StudyScenario.of("8b-200ms", "W_A", "8b", "--interactive-slo ttft=10s,itl=200ms"),
                StudyScenario.of("70b-100ms", "tight", "70b", "--interactive-slo ttft=2s,itl=100ms"),
                StudyScenario.of("70b-200ms", "W_A", "70b", "--interactive-slo ttft=10s,itl=200ms"));
        return new Convergence(
                laboratory, grid(scenarios, scenarios.subList(0, 1)), List.of(8, 64, 512, 2048), quick ? 90 : 300);
    }

    private Waits waiting() {
        int queue = quick ? 30_000 : 60_000;
        String fleet = "--initial-instances 4 --min-instances 4 --max-instances 4 --batch-slo ttft=24h,itl=2s ";
        String batch = "--batch count=" + queue + ",at=0,deadline=86400,lengths=";
        List<StudyScenario> all = List.of(
                StudyScenario.of("steady, light-tailed", "W_B", "8b", fleet + batch + "sharegpt"),
                StudyScenario.of(
                        "interactive CV 4 beside, light-tailed",
                        "W_B",
                        "8b",
                        fleet + batch + "sharegpt --interactive gamma:rate=30,cv=4,seconds=3600"),
                StudyScenario.of(
                        "steady, heavy-tailed",
                        "W_B",
                        "8b",
                        fleet + batch + StudyScenario.TRACES + "/arxiv-lengths.csv.gz"),
                StudyScenario.of(
                        "diurnal beside, light-tailed",
                        "W_B",
                        "8b",
                        fleet + batch
                                + "sharegpt --interactive diurnal:mean=30,amplitude=0.6,period=1800,cv=2,seconds=3600"));
        return new Waits(laboratory, waits, queue, grid(all, all.subList(0, 1)));
    }

    private Actions actions() {
        List<String> names =
                List.of("diurnal-8b-lead60", "wb-8b-60-20k", "wb-70b-40-10k", "wa-8b-60-cv4", "tight-8b-40-cv4");
        List<String> policies = List.of(
                "chiron",
                "chiron-no-reassign",
                "chiron-paper",
                "oracle",
                "llumnix",
                "knative-kpa",
                "hpa-kv",
                "keda-inflight");
        return new Actions(
                laboratory,
                tuned,
                Catalog.load().select(grid(names, List.of("wb-8b-30-20k"))),
                options.chosen(quick ? List.of("chiron", "chiron-no-reassign", "llumnix") : policies),
                seed);
    }

    private Scoreboard scoreboard() {
        List<String> names = options.scenarios().isEmpty() && quick ? QUICK_SCENARIOS : options.scenarios();
        List<String> policies = quick ? QUICK : io.chiron.examples.simulator.policy.Policies.NAMES;
        return new Scoreboard(
                laboratory,
                tuned,
                Catalog.load().select(names),
                options.policies().isEmpty() ? policies : options.policies(),
                quick ? options.seeds().subList(0, 1) : options.seeds());
    }

    /** All that were asked for. */
    List<Experiment> chosen() {
        Stream<String> ids = IDS.stream()
                .filter(id -> options.only().isEmpty() || options.only().contains(id));
        return ids.map(this::of).toList();
    }
}
