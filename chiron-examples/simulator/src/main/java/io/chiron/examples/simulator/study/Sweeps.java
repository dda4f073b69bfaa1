package io.chiron.examples.simulator.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The grids of the experiments that change one thing, in full and as a quick look. */
final class Sweeps {
    private static final List<String> RIVALS = List.of(
            "llumnix",
            "knative-kpa",
            "hpa-kv",
            "keda-inflight",
            "aibrix-apa",
            "aibrix-kpa",
            "wva-saturation",
            "wva-tokens",
            "queueing-model",
            "dynamo-throughput",
            "dynamo-sla",
            "ray-serve",
            "skyserve",
            "batch-edf");

    private final Laboratory laboratory;
    private final Tuned tuned;
    private final Study.Options options;
    private final boolean quick;

    Sweeps(Laboratory laboratory, Tuned tuned, Study.Options options) {
        this.laboratory = laboratory;
        this.tuned = tuned;
        this.options = options;
        this.quick = options.quick();
    }

    private List<String> field(String... more) {
        List<String> field = new ArrayList<>(List.of("chiron", "static", "oracle"));
        field.addAll(List.of(more));
        field.addAll(RIVALS);
        return options.chosen(quick ? Experiments.QUICK : field);
    }

    private <T> List<T> grid(List<T> all, List<T> few) {
        return quick ? few : all;
    }

    Sweep interactive() {
        List<Sweep.Point> points = new ArrayList<>();
        for (String model : List.of("8b", "70b")) {
            for (int cv : grid(List.of(1, 2, 4, 8), List.of(4))) {
                List<Integer> rates = model.equals("8b") ? List.of(15, 30, 60, 120) : List.of(7, 15, 30);
                for (int rate : grid(rates, rates.subList(1, 2))) {
                    points.add(new Sweep.Point(
                            model + ", CV " + cv,
                            rate + "/s",
                            rate,
                            StudyScenario.of(
                                    "interactive-" + model + "-" + rate + "-cv" + cv,
                                    "W_A",
                                    model,
                                    "--interactive gamma:rate=" + rate + ",cv=" + cv + ",seconds="
                                            + (quick ? 600 : 1200))));
                }
            }
        }
        return sweep(
                new Sweep.Heading(
                        "interactive",
                        3,
                        "Interactive requests only",
                        "Gamma arrivals of growing rate and burstiness.",
                        "requests per second",
                        true),
                points,
                field("chiron-local-only", "chiron-global-only"));
    }

    Sweep batch() {
        List<Sweep.Point> points = new ArrayList<>();
        for (String model : List.of("8b", "70b")) {
            String load = "--interactive gamma:rate=" + (model.equals("8b") ? 30 : 15) + ",cv=4,seconds=1800 ";
            List<Integer> counts =
                    model.equals("8b") ? List.of(1000, 10_000, 50_000, 200_000) : List.of(1000, 5000, 20_000, 50_000);
            for (int count : grid(counts, counts.subList(0, 1))) {
                points.add(new Sweep.Point(
                        model + ", deadline 1 h", count + " requests", count, burst(model, load, count, 3600)));
            }
            for (int deadline : grid(List.of(600, 1800, 7200, 14_400), List.of())) {
                int count = model.equals("8b") ? 20_000 : 5000;
                points.add(new Sweep.Point(
                        model + ", " + count + " requests by deadline",
                        deadline / 60 + " min",
                        deadline,
                        burst(model, load, count, deadline)));
            }
        }
        return sweep(
                new Sweep.Heading(
                        "batch",
                        4,
                        "Interactive requests and a burst of batch work",
                        "A burst at minute five beside interactive work, by its size and by its deadline.",
                        "batch requests, or seconds to the deadline",
                        true),
                points,
                field("chiron-local-only", "chiron-global-only"));
    }

    private static StudyScenario burst(String model, String load, int count, int deadline) {
        return StudyScenario.of(
                "burst-" + model + "-" + count + "-" + deadline,
                "W_B",
                model,
                load + "--batch count=" + count + ",at=300,deadline=" + deadline);
    }

    Sweep lead() {
        List<Sweep.Point> points = new ArrayList<>();
        List<String> models = grid(List.of("8b", "70b"), List.of("8b"));
        for (String model : models) {
            for (int lead : grid(List.of(0, 15, 60, 180, 600), List.of(15, 180))) {
                String rates = model.equals("8b") ? "mean=60" : "mean=20";
                points.add(new Sweep.Point(
                        model + ", diurnal",
                        lead + " s",
                        lead,
                        StudyScenario.of(
                                "lead-" + model + "-" + lead,
                                "diurnal",
                                model,
                                "--startup " + lead + " --interactive diurnal:" + rates
                                        + ",amplitude=0.6,period=2400,cv=2,seconds=" + (quick ? 1200 : 4800))));
            }
        }
        return sweep(
                new Sweep.Heading(
                        "lead",
                        6,
                        "Time from launch to ready",
                        "A load that swings, while instances take longer and longer to start.",
                        "lead time, s",
                        false),
                points,
                field());
    }

    Sweep spikes() {
        List<Sweep.Point> points = new ArrayList<>();
        for (String model : grid(List.of("8b", "70b"), List.of("8b"))) {
            for (double factor : grid(List.of(1.3, 2.0, 4.0, 10.0, 20.0), List.of(2.0, 10.0))) {
                // Spikes come back: what was learned of the first ones can serve the later ones.
                StringBuilder load = new StringBuilder();
                for (int at = 600; at <= 3000; at += 800) {
                    load.append(String.format(
                            Locale.ROOT,
                            "--interactive spike:rate=%s,factor=%s,at=%d,for=120,cv=1,seconds=%d ",
                            model.equals("8b") ? "4" : "1.5",
                            factor,
                            at,
                            quick ? 1800 : 3600));
                }
                points.add(new Sweep.Point(
                        model + ", four spikes of 2 min",
                        factor + "x",
                        factor,
                        StudyScenario.of("spikes-" + model + "-" + factor, "W_A", model, load.toString())));
            }
        }
        return sweep(
                new Sweep.Heading(
                        "spikes",
                        7,
                        "Headroom, fixed against learned",
                        "Four streams, each with a spike of its own, one after the other; the whole load grows by a quarter of the "
                                + "factor. Chiron learns its headroom; chiron-slots keeps a fixed share of the instances free, "
                                + "(1 - theta).",
                        "height of a spike",
                        true),
                points,
                field("chiron-slots:theta=0.333", "chiron-slots:theta=0.6", "chiron-slots:theta=0.9"));
    }

    Sweep traces() {
        List<Sweep.Point> points = new ArrayList<>();
        String traces = StudyScenario.TRACES;
        String conversation = "--trace " + traces + "/azure-conv-2023.csv.gz --copies ";
        String code = "--trace " + traces + "/azure-code-2023.csv.gz --copies ";
        if (quick) {
            points.add(trace("conversation x 4", "8b", conversation + 4));
        } else {
            Catalog.load()
                    .select(List.of("trace"))
                    .forEach(each -> points.add(new Sweep.Point(each.tags().get(1), each.name(), Double.NaN, each)));
            points.add(trace("conversation x 4", "8b", conversation + 4));
            points.add(trace("conversation x 32", "8b", conversation + 32));
            points.add(trace("code x 5", "8b", code + 5));
            points.add(trace("code x 20 and batch", "8b", code + "20 --batch count=20000,at=300,deadline=1800"));
            points.add(trace("mooncake x 1", "70b", "--trace " + traces + "/mooncake-conversation.csv.gz"));
            points.add(trace(
                    "arXiv lengths",
                    "8b",
                    "--interactive gamma:rate=10,cv=2,seconds=1800,lengths=" + traces + "/arxiv-lengths.csv.gz"));
        }
        return sweep(
                new Sweep.Heading(
                        "traces",
                        9,
                        "Recorded days",
                        "Recorded arrivals and lengths, in several copies.",
                        "trace",
                        false),
                points,
                field());
    }

    private static Sweep.Point trace(String label, String model, String text) {
        return new Sweep.Point(model, label, Double.NaN, StudyScenario.of(model + " " + label, "trace", model, text));
    }

    Robustness faults() {
        List<String> faults = grid(
                List.of(
                        "fail=0.05",
                        "fail=0.5",
                        "stale=30",
                        "missing=0.2",
                        "lead=x0.3",
                        "lead=x3",
                        "lengths=x0.5",
                        "lengths=x2"),
                List.of("fail=0.05", "lead=x3"));
        List<StudyScenario> bases = Catalog.load()
                .select(grid(
                        List.of("wa-8b-60-cv4", "wb-8b-60-20k", "wa-70b-40-cv4", "diurnal-8b-lead60"),
                        List.of("wb-8b-30-20k")));
        List<Sweep.Point> points = new ArrayList<>();
        for (StudyScenario base : bases) {
            points.add(new Sweep.Point(base.name(), "none", Double.NaN, base));
            for (String fault : faults) {
                points.add(new Sweep.Point(base.name(), fault, Double.NaN, Robustness.with(base, fault)));
            }
        }
        Sweep sweep = sweep(
                new Sweep.Heading(
                        "faults",
                        10,
                        "Robustness",
                        "Instances that fail, measurements that are late or missing, and beliefs that are wrong: the lead time "
                                + "that the policy is told, and statistics of lengths.",
                        "fault",
                        false),
                points,
                options.chosen(
                        quick
                                ? List.of("chiron")
                                : List.of(
                                        "chiron",
                                        "llumnix",
                                        "knative-kpa",
                                        "hpa-kv",
                                        "keda-inflight",
                                        "wva-tokens",
                                        "dynamo-sla")));
        return new Robustness(sweep, bases, faults);
    }

    private Sweep sweep(Sweep.Heading heading, List<Sweep.Point> points, List<String> policies) {
        return new Sweep(
                heading,
                points,
                laboratory,
                tuned,
                policies,
                List.of(options.seeds().get(0)));
    }
}
