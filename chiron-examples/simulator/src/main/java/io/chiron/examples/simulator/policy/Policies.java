package io.chiron.examples.simulator.policy;

import io.chiron.api.Checks;
import io.chiron.core.fleet.FleetConfig.BatchLaunch;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every policy by name. */
public final class Policies {
    /** Least target of {@code hpa-kv}. */
    public static final double MIN_HPA_TARGET = 0.01;

    /** Most instances of {@code static}. */
    public static final int MAX_STATIC_INSTANCES = 10_000;

    private static final Map<String, Factory> FACTORIES = factories();

    /** The names, in the order in which tables show them. */
    public static final List<String> NAMES = List.copyOf(FACTORIES.keySet());

    private Policies() {}

    /** Makes a policy from its text and settings, with what the command line says of some. */
    private interface Factory {
        PolicyKind make(String text, Settings settings, int staticInstances, double hpaTarget);
    }

    /** Makes a policy from its text and settings alone. */
    private interface Plain {
        PolicyKind make(String text, Settings settings);
    }

    private static Map<String, Factory> factories() {
        Map<String, Factory> all = new LinkedHashMap<>();
        add(all, "chiron", ChironKind::chiron);
        add(all, "chiron-paper", ChironKind::paper);
        all.put("chiron-local-only", (text, settings, n, target) -> ChironKind.localOnly(text, settings, target));
        add(all, "chiron-global-only", ChironKind::globalOnly);
        add(all, "chiron-no-reassign", ChironKind::noReassign);
        add(all, "chiron-eager", (text, settings) -> ChironKind.launching(text, settings, BatchLaunch.EAGER));
        add(all, "chiron-jit", (text, settings) -> ChironKind.launching(text, settings, BatchLaunch.JUST_IN_TIME));
        add(all, "chiron-slots", ChironKind::slots);
        add(all, "chiron-ratio", ChironKind::ratio);
        all.put("hpa-kv", (text, settings, n, target) -> HpaKv.of(text, settings, target));
        add(all, "keda-inflight", KedaInflight::of);
        add(all, "knative-kpa", KnativeKpa::of);
        add(all, "aibrix-apa", Aibrix::apa);
        add(all, "aibrix-kpa", Aibrix::kpa);
        add(all, "wva-saturation", WvaSaturation::of);
        add(all, "wva-tokens", WvaTokens::of);
        add(all, "queueing-model", QueueingModel::of);
        add(all, "dynamo-throughput", DynamoThroughput::of);
        add(all, "dynamo-sla", DynamoSla::of);
        add(all, "ray-serve", RayServe::of);
        add(all, "skyserve", SkyServe::of);
        add(all, "llumnix", Llumnix::of);
        add(all, "batch-edf", BatchEdf::of);
        all.put("static", (text, settings, n, target) -> StaticKind.of(text, settings, n));
        add(all, "static-peak", StaticKind::peak);
        add(all, "static-mean", StaticKind::mean);
        add(all, "oracle", Oracle::of);
        return Collections.unmodifiableMap(all);
    }

    private static void add(Map<String, Factory> all, String name, Plain plain) {
        all.put(name, (text, settings, staticInstances, hpaTarget) -> plain.make(text, settings));
    }

    /**
     * The policy of a text {@code NAME[:key=value;..]}.
     *
     * @param staticInstances instances of {@code static}
     * @param hpaTarget target of {@code hpa-kv} unless its settings say otherwise
     * @throws IllegalArgumentException if there is no such policy or setting
     */
    public static PolicyKind parse(String text, int staticInstances, double hpaTarget) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        Settings settings = new Settings(name, colon < 0 ? "" : text.substring(colon + 1));
        Factory factory = FACTORIES.get(name);
        if (factory == null) {
            throw Checks.outOfRange("policy", name, String.join(", ", NAMES));
        }
        PolicyKind kind = factory.make(text, settings, staticInstances, hpaTarget);
        settings.noMore();
        return kind;
    }
}
