package io.chiron.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chiron.api.Pool;
import io.chiron.api.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts rely on the fields of what is written. */
final class OutputTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> CLASS_FIELDS =
            List.of("requests", "sloAttainment", "ttftAttainment", "itlAttainment", "ttftSeconds", "itlSeconds");

    @TempDir
    static Path folder;

    private static JsonNode outcome;
    private static List<JsonNode> decisions;

    /** A fleet that has to grow, with batch work to evict. */
    @BeforeAll
    static void run() throws IOException {
        Path json = folder.resolve("outcome.json");
        Path lines = folder.resolve("decisions.jsonl");
        String options = "run --profile llama3-70b_a100-80g_tp4 --chunk 512 --seed 7 --startup 30 --initial-instances 1"
                + " --max-instances 6 --interactive gamma:rate=12,cv=4,seconds=240 --batch count=600,at=10,deadline=400";
        List<String> args = new ArrayList<>(List.of(options.split(" ")));
        args.addAll(List.of("--json", json.toString(), "--decisions", lines.toString()));
        assertThat(Main.commandLine().execute(args.toArray(String[]::new))).isZero();
        outcome = MAPPER.readTree(json.toFile());
        decisions = new ArrayList<>();
        try (Stream<String> all = Files.lines(lines)) {
            for (String line : (Iterable<String>) all::iterator) {
                decisions.add(MAPPER.readTree(line));
            }
        }
    }

    @Test
    void outcomeHasExactlyTheAgreedFields() {
        assertThat(names(outcome))
                .containsExactly(
                        "policy",
                        "profile",
                        "seed",
                        "interactive",
                        "batch",
                        "gpuHours",
                        "fluidLimitGpuHours",
                        "gpuEfficiency",
                        "requestsPerGpuSecond",
                        "initialInstances",
                        "peakInstances",
                        "actions",
                        "hysteresis",
                        "simulatedSeconds",
                        "wallSeconds");
        assertThat(names(outcome.get("actions")))
                .containsExactly("launch", "reassign", "drain", "cancelDrain", "retire", "evict");
        for (String requestClass : List.of("interactive", "batch")) {
            JsonNode of = outcome.get(requestClass);
            assertThat(names(of)).containsExactlyElementsOf(CLASS_FIELDS);
            assertThat(names(of.get("ttftSeconds"))).containsExactly("p50", "p90", "p99");
            assertThat(names(of.get("itlSeconds"))).containsExactly("p50", "p90", "p99");
        }
    }

    @Test
    void decisionsHaveExactlyTheAgreedFields() {
        assertThat(decisions).isNotEmpty().allSatisfy(line -> {
            assertThat(names(line))
                    .containsExactly(
                            "t", "fleet", "action", "pool", "instance", "count", "code", "numbers", "rejected", "held");
            assertThat(line.get("t").isNumber()).isTrue();
            assertThat(line.get("fleet").textValue()).isNotBlank();
            assertThat(line.get("action").textValue()).isNotBlank();
            assertThat(line.get("count").isIntegralNumber()).isTrue();
            assertThat(line.get("rejected").isTextual()).isTrue();
            assertThat(line.get("held").isBoolean()).isTrue();
            assertThat(Arrays.stream(ReasonCode.values()).map(Enum::name))
                    .contains(line.get("code").textValue());
            assertThat(line.get("numbers"))
                    .allSatisfy(number -> assertThat(number.isNumber()).isTrue());
            if (!line.get("pool").isNull()) {
                assertThat(Arrays.stream(Pool.values()).map(Enum::name))
                        .contains(line.get("pool").textValue());
            }
        });
    }

    @Test
    void decisionsAreInOrderOfTimeAndHeldOnesChangeNothing() {
        double last = 0;
        for (JsonNode line : decisions) {
            assertThat(line.get("t").doubleValue()).isGreaterThanOrEqualTo(last);
            last = line.get("t").doubleValue();
            if (line.get("held").booleanValue()) {
                assertThat(line.get("count").intValue()).isZero();
                assertThat(line.get("instance").isNull()).isTrue();
            } else {
                assertThat(line.get("instance").textValue()).isNotBlank();
                assertThat(line.get("count").intValue()).isPositive();
            }
        }
    }

    /** Both files tell the same run. */
    @Test
    void theActionsOfTheOutcomeAreThoseOfTheDecisions() {
        assertThat(taken("launch")).isPositive();
        for (String action : List.of("launch", "reassign", "drain", "cancelDrain", "retire")) {
            assertThat(outcome.get("actions").get(action).longValue())
                    .as(action)
                    .isEqualTo(taken(action));
        }
        assertThat(decisions)
                .filteredOn(line -> isTaken(line, "launch"))
                .allSatisfy(line -> assertThat(line.get("pool").isNull()).isFalse());
    }

    private static long taken(String action) {
        return decisions.stream().filter(line -> isTaken(line, action)).count();
    }

    private static boolean isTaken(JsonNode line, String action) {
        return !line.get("held").booleanValue()
                && line.get("action").textValue().equals(action);
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
