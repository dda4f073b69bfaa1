package io.chiron.examples.simulator.policy;

import io.chiron.api.Checks;
import java.util.List;

/** Every policy by name. */
public final class Policies {
    /** The names, in the order in which tables show them. */
    public static final List<String> NAMES = List.of("chiron", "chiron-paper", "hpa-kv", "static");

    private Policies() {}

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
        PolicyKind kind =
                switch (name) {
                    case "chiron" -> ChironKind.chiron(text, settings);
                    case "chiron-paper" -> ChironKind.paper(text, settings);
                    case "hpa-kv" -> new HpaKvKind(text, settings.number("target", hpaTarget, 0.01, 1));
                    case "static" ->
                        new StaticKind(text, (int) settings.number("instances", staticInstances, 1, 10_000), (int)
                                settings.number("cap", StaticKind.ENGINE_CAP, 1, 100_000));
                    default -> throw Checks.outOfRange("policy", name, String.join(", ", NAMES));
                };
        settings.noMore();
        return kind;
    }
}
