package io.chiron.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chiron.api.Decision;
import io.chiron.examples.simulator.policy.Policies;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.run.Simulation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Same seed, same result, to the last bit. */
class DeterminismTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private record Result(String json, List<Decision> decisions) {}

    @ParameterizedTest
    @ValueSource(strings = {"chiron", "chiron:launch=jit;replay=true", "chiron-paper", "hpa-kv:target=0.2", "static"})
    void theSameSeedGivesTheSameRunAndAnotherOneDoesNot(String policy) throws JsonProcessingException {
        Result first = run(policy, 1);
        Result again = run(policy, 1);
        Result other = run(policy, 2);
        assertThat(again.json).isEqualTo(first.json);
        assertThat(again.decisions).isEqualTo(first.decisions);
        assertThat(other.json).isNotEqualTo(first.json);
    }

    private static Result run(String policy, long seed) throws JsonProcessingException {
        Scenario scenario = new Small(
                        new Small.Load(2700, 4, 180),
                        new Small.Job(600, 20, 200),
                        new Small.Fleet(400_000, 1, 2, 8, 20, 1),
                        seed)
                .scenario();
        List<Decision> decisions = new ArrayList<>();
        ObjectNode json = MAPPER.valueToTree(Simulation.run(
                scenario, Policies.parse(policy, 4, 0.7), decisions::add, (seconds, inSystem) -> {}, null));
        assertThat(json.remove("wallSeconds").isNumber()).isTrue();
        assertThat(json.remove("seed").longValue()).isEqualTo(seed);
        return new Result(MAPPER.writeValueAsString(json), decisions);
    }
}
