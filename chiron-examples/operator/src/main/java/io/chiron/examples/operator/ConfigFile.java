package io.chiron.examples.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.chiron.adapters.kubernetes.Workload;
import io.chiron.adapters.kubernetes.WorkloadKind;
import io.chiron.api.Checks;
import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.RequestClass;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the YAML file. Whatever is wrong with it is one line: the field, its value, and what is allowed. */
final class ConfigFile {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Map<String, WorkloadKind> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("Deployment", WorkloadKind.DEPLOYMENT);
        KINDS.put("StatefulSet", WorkloadKind.STATEFUL_SET);
        KINDS.put("LeaderWorkerSet", WorkloadKind.LEADER_WORKER_SET);
    }

    private final JsonNode node;
    private final String path;

    private ConfigFile(JsonNode node, String path, String... fields) {
        this.node = node;
        this.path = path;
        if (!node.isObject()) {
            throw Checks.outOfRange(
                    path.isEmpty() ? "the file" : path, shown(node), "fields: " + String.join(", ", fields));
        }
        Set<String> known = Set.of(fields);
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw Checks.outOfRange(name(name), shown(node.path(name)), "one of " + String.join(", ", fields));
            }
        });
    }

    /**
     * The configuration in a file.
     *
     * @throws IllegalArgumentException if it is not one, in words
     * @throws IOException if it cannot be read
     */
    static OperatorConfig read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw Checks.outOfRange("--config", file, "a file that exists");
        }
        try {
            return parse(Files.readString(file));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(file + ": " + wrong.getMessage(), wrong);
        }
    }

    static OperatorConfig parse(String yaml) {
        JsonNode root;
        try {
            root = new YAMLMapper().readTree(yaml);
        } catch (JsonProcessingException wrong) {
            throw new IllegalArgumentException("not YAML: " + wrong.getOriginalMessage(), wrong);
        }
        ConfigFile file = new ConfigFile(
                root, "", "fleet", "slo", "limits", "workload", "engine", "period", "lease", "metricsPort", "dryRun");
        ConfigFile slo = file.part("slo", "ttft", "itl");
        ConfigFile limits = file.part("limits", "min", "max");
        ConfigFile workload = file.part("workload", "kind", "namespace", "name", "podLabels", "startUp", "advisory");
        ConfigFile engine = file.part("engine", "port", "path", "timeout", "kvCapacityTokens", "iterationBudgetTokens");
        String fleet = file.text("fleet", null);
        return new OperatorConfig(
                fleet,
                new SloTier(
                        "requests",
                        RequestClass.INTERACTIVE,
                        new Slo(slo.duration("ttft", null), slo.duration("itl", null))),
                FleetLimits.of(limits.number("min", 1, 0, 1_000_000), limits.number("max", null, 1, 1_000_000)),
                new Workload(
                        workload.kind("kind"),
                        workload.text("namespace", "default"),
                        workload.text("name", null),
                        workload.labels("podLabels"),
                        InstanceSnapshot.DEFAULT_ACCELERATOR,
                        workload.duration("startUp", "5m"),
                        workload.flag("advisory")),
                new OperatorConfig.Engine(
                        engine.number("port", 8000, 1, 65_535),
                        engine.text("path", "/metrics"),
                        engine.duration("timeout", "1s"),
                        engine.tokens("kvCapacityTokens"),
                        engine.tokens("iterationBudgetTokens")),
                file.duration("period", "2s"),
                file.duration("lease", "15s"),
                file.number("metricsPort", 9095, 0, 65_535),
                file.flag("dryRun"));
    }

    private ConfigFile part(String field, String... fields) {
        JsonNode part = node.path(field);
        if (part.isMissingNode()) {
            part = JsonNodeFactory.instance.objectNode();
        }
        return new ConfigFile(part, name(field), fields);
    }

    private String text(String field, @Nullable String otherwise) {
        JsonNode value = value(field);
        if (value == null) {
            return otherwise == null ? missing(field, "a text") : otherwise;
        }
        if (!value.isValueNode() || value.asText().isBlank()) {
            throw Checks.outOfRange(name(field), shown(value), "a text that is not blank");
        }
        return value.asText();
    }

    private int number(String field, @Nullable Integer otherwise, int least, int most) {
        JsonNode value = value(field);
        String allowed = "a whole number in [" + least + ", " + most + "]";
        if (value == null) {
            return otherwise == null ? Integer.parseInt(missing(field, allowed)) : otherwise;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < least
                || value.intValue() > most) {
            throw Checks.outOfRange(name(field), shown(value), allowed);
        }
        return value.intValue();
    }

    private double tokens(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return Double.NaN;
        }
        if (!value.isNumber() || !(value.doubleValue() > 0)) {
            throw Checks.outOfRange(name(field), shown(value), "a number above 0, or nothing");
        }
        return value.doubleValue();
    }

    private boolean flag(String field) {
        JsonNode value = value(field);
        if (value != null && !value.isBoolean()) {
            throw Checks.outOfRange(name(field), shown(value), "true or false");
        }
        return value != null && value.booleanValue();
    }

    private Duration duration(String field, @Nullable String otherwise) {
        String allowed = "a duration above 0 such as 50ms, 2s, 5m or 1h";
        JsonNode value = value(field);
        String text = value == null ? otherwise : value.asText();
        if (text == null) {
            text = missing(field, allowed);
        }
        Matcher parts = DURATION.matcher(text);
        if (!parts.matches() || Long.parseLong(parts.group(1)) == 0) {
            throw Checks.outOfRange(name(field), value == null ? text : shown(value), allowed);
        }
        long count = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }

    private WorkloadKind kind(String field) {
        String text = text(field, "Deployment");
        WorkloadKind kind = KINDS.get(text);
        if (kind == null) {
            throw Checks.outOfRange(name(field), text, String.join(", ", KINDS.keySet()));
        }
        return kind;
    }

    private Map<String, String> labels(String field) {
        JsonNode value = value(field);
        if (value == null || !value.isObject() || value.isEmpty()) {
            throw Checks.outOfRange(
                    name(field), value == null ? "nothing" : shown(value), "labels of the pods, such as {app: vllm}");
        }
        Map<String, String> labels = new LinkedHashMap<>();
        value.fieldNames()
                .forEachRemaining(key -> labels.put(key, value.path(key).asText()));
        return labels;
    }

    private String missing(String field, String allowed) {
        throw Checks.outOfRange(name(field), "nothing", allowed);
    }

    private @Nullable JsonNode value(String field) {
        JsonNode value = node.path(field);
        return value.isMissingNode() || value.isNull() ? null : value;
    }

    private String name(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private static String shown(JsonNode value) {
        String text = value.isTextual() ? "\"" + value.asText() + "\"" : value.toString();
        return text.length() <= 80 ? text : String.format(Locale.ROOT, "%.80s..", text);
    }
}
