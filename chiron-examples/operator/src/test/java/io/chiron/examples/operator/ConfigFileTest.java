package io.chiron.examples.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiron.adapters.kubernetes.WorkloadKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The YAML file, right and wrong. */
class ConfigFileTest {
    private static final String LEAST = """
            fleet: m
            slo: {ttft: 5s, itl: 60ms}
            limits: {max: 8}
            workload: {name: vllm, podLabels: {app: vllm}}
            """;

    @Test
    void whatIsLeftOutHasADefault() {
        OperatorConfig config = ConfigFile.parse(LEAST);
        assertThat(config.tier().slo().itl()).isEqualTo(Duration.ofMillis(60));
        assertThat(config.limits().minInstances()).isEqualTo(1);
        assertThat(config.workload().kind()).isEqualTo(WorkloadKind.DEPLOYMENT);
        assertThat(config.workload().namespace()).isEqualTo("default");
        assertThat(config.workload().startUp()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.engine().kvCapacityTokens()).isNaN();
        assertThat(config.dryRun()).isFalse();
    }

    @Test
    void theFilesThatAreShippedAreRight() throws IOException {
        assertThat(ConfigFile.read(Path.of("operator.yaml")).fleet()).isEqualTo("llama-70b");
        String manifest = Files.readString(Path.of("../../chiron-adapters/chiron-kubernetes/manifests/operator.yaml"));
        String embedded = manifest.substring(manifest.indexOf("operator.yaml: |") + 16, manifest.indexOf("\n---"));
        assertThat(ConfigFile.parse(embedded.indent(-4)).workload().name()).isEqualTo("vllm");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            fleet: m            | fleet: ''            | fleet = "" is not allowed; allowed: a text that is not blank
            itl: 60ms           | itl: 60              | slo.itl = 60 is not allowed; allowed: a duration above 0 such as 50ms, 2s, 5m or 1h
            itl: 60ms           | itl: 0ms             | slo.itl = "0ms" is not allowed; allowed: a duration above 0 such as 50ms, 2s, 5m or 1h
            , itl: 60ms         | ''                   | slo.itl = nothing is not allowed; allowed: a duration above 0 such as 50ms, 2s, 5m or 1h
            max: 8              | max: 0               | limits.max = 0 is not allowed; allowed: a whole number in [1, 1000000]
            max: 8              | max: many            | limits.max = "many" is not allowed; allowed: a whole number in [1, 1000000]
            max: 8              | max: 2, min: 3       | limits.minInstances = 3 is not allowed; allowed: [0, 2]
            max: 8              | maximum: 8           | limits.maximum = 8 is not allowed; allowed: one of min, max
            name: vllm          | kind: Pod, name: v   | workload.kind = Pod is not allowed; allowed: Deployment, StatefulSet, LeaderWorkerSet
            {app: vllm}         | []                   | workload.podLabels = [] is not allowed; allowed: labels of the pods, such as {app: vllm}
            {ttft: 5s, itl: 60ms} | fast               | slo = "fast" is not allowed; allowed: fields: ttft, itl
            """)
    void whatIsWrongIsSaidWithWhatIsAllowed(String right, String wrong, String message) {
        assertThat(LEAST).contains(right);
        assertThatThrownBy(() -> ConfigFile.parse(LEAST.replace(right, wrong)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void whatIsNoYamlIsSaidInOneLine() {
        assertThatThrownBy(() -> ConfigFile.parse("a: [1")).hasMessageStartingWith("not YAML: ");
        assertThatThrownBy(() -> ConfigFile.parse("just text")).hasMessageStartingWith("the file = \"just text\"");
        assertThatThrownBy(() -> ConfigFile.parse("")).isInstanceOf(IllegalArgumentException.class);
    }
}
