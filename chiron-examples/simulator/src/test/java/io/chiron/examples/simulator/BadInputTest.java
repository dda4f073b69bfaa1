package io.chiron.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Bad input gives one line that names field, value and what is allowed, exit code 2, and no stack trace. */
final class BadInputTest {
    private static final String HEADER = "arrival_s,prompt_tokens,output_tokens\n";

    @TempDir
    Path folder;

    /** Every numeric option of a scenario with values that are out of its range, and the range it must name. */
    static Stream<Arguments> numbersOutOfRange() {
        List<Arguments> cases = new ArrayList<>();
        String[][] ranges = {
            {"--copies", "[1, 100000]", "0", "-1", "100001"},
            {"--initial-instances", "[0, 100]", "-1", "101"},
            {"--min-instances", "[0, 100]", "-1", "101"},
            {"--max-instances", "[1, 10000]", "0", "-5", "10001"},
            {"--startup", "[0, 86400]", "-1", "NaN", "Infinity", "-Infinity", "1e99"},
            {"--chunk", "[16, 1000000]", "0", "-1", "1000001"},
            {"--global-period", "[1, 3600]", "0", "0.5", "-1", "NaN", "Infinity"},
            {"--local-period", "[0.05, 3600]", "0", "-1", "NaN", "Infinity"},
            {"--static-instances", "[1, 10000]", "0", "-1", "10001"},
            {"--hpa-target", "[0.01, 1]", "2", "0", "-1", "NaN", "Infinity"},
        };
        for (String[] range : ranges) {
            Arrays.stream(range).skip(2).forEach(value -> cases.add(arguments(range[0], value, range[1])));
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource
    void numbersOutOfRange(String option, String value, String allowed) {
        for (String command : List.of("run", "compare")) {
            assertThat(refused(command, option, value))
                    .contains(option.substring(2))
                    .contains(" = " + shown(value))
                    .endsWith("allowed: " + allowed);
        }
    }

    private static String shown(String value) {
        return value.equals("1e99") ? "1.0E99" : value;
    }

    @ParameterizedTest
    @CsvSource({
        "--seed, text, a whole number",
        "--seed, 1.5, a whole number",
        "--seed, 99999999999999999999, a whole number",
        "--copies, many, a whole number",
        "--copies, 1e3, a whole number",
        "--initial-instances, 2.5, a whole number",
        "--min-instances, one, a whole number",
        "--max-instances, NaN, a whole number",
        "--chunk, 99999999999, a whole number",
        "--static-instances, -, a whole number",
        "--startup, inf, a number",
        "--startup, 60s, a number",
        "--global-period, soon, a number",
        "--local-period, '1,5', a number",
        "--hpa-target, 70%, a number",
    })
    void numbersThatAreNone(String option, String value, String allowed) {
        assertThat(refused("run", option, value))
                .contains(option + " = " + value)
                .contains("allowed: " + allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "--min-instances 5 --max-instances 3, 'min-instances = 5', '[0, 3]'",
        "--initial-instances 7 --max-instances 3, 'initial-instances = 7', '[0, 3]'",
        "--local-period 5 --global-period 1, 'global-period = 1', '[5, 3600]'",
    })
    void numbersThatContradict(String options, String field, String allowed) {
        List<String> args = new ArrayList<>(List.of("run"));
        args.addAll(List.of(options.split(" ")));
        assertThat(refused(args.toArray(String[]::new))).contains(field).contains(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "fail=2, fault fail = 2.0, '[0, 0.99]'",
        "stale=soon, --fault = stale=soon, fail=P",
        "lead=3, --fault = lead=3, lead=xF",
        "flood=1, --fault = flood=1, fail=P",
    })
    void faults(String spec, String field, String allowed) {
        for (String command : List.of("run", "compare")) {
            assertThat(refused(command, "--fault", spec))
                    .contains(field)
                    .contains("allowed: ")
                    .contains(allowed);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "best, policy = best, chiron-paper",
        "'', 'policy = ', chiron-paper",
        "chiron:margin=2, margin = 2.0, '[0, 0.9]'",
        "chiron:margin=NaN, margin = NaN, '[0, 0.9]'",
        "chiron:margin=wide, margin = wide, '[0.0, 0.9]'",
        "chiron:start=1.5, start = 1.5, whole number",
        "chiron:rule=line, rule = line, 'curve, ratio'",
        "chiron:reassign=maybe, reassign = maybe, 'true, false'",
        "chiron:magic=1, setting = magic, margin",
        "chiron:margin, = margin, key=value",
        "chiron:margin=0.1;margin=0.2, margin=0.2, once",
        "chiron-paper:theta=-1, theta = -1.0, '[0.01, 1]'",
        "hpa-kv:target=2, target = 2.0, '[0.01, 1]'",
        "static:instances=0, instances = 0.0, '[1, 10000]'",
        "static:cap=-1, cap = -1.0, '[1, 100000]'",
    })
    void policies(String policy, String field, String allowed) {
        assertThat(refused("run", "--policy", policy))
                .contains(field)
                .contains("allowed: ")
                .contains(allowed);
    }

    /** Not only when its turn comes, after long runs of the others. */
    @Test
    void anUnknownPolicyIsRefusedBeforeTheFirstRun() {
        ByteArrayOutputStream progress = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(progress, true, StandardCharsets.UTF_8));
        try {
            assertThat(refused("compare", "--policies", "static,best", "--interactive", "gamma:rate=1,seconds=9"))
                    .contains("policy = best");
        } finally {
            System.setErr(before);
        }
        assertThat(progress.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'itl=0ms,ttft=10s', itl = 0ms",
        "'itl=-1ms,ttft=10s', itl = -1ms",
        "'itl=NaN,ttft=10s', itl = NaN",
        "'itl=200,ttft=10s', itl = 200",
        "'itl=200ms,ttft=abc', ttft = abc",
        "'itl=200ms,ttft=Infinitys', ttft = Infinitys",
        "'itl=200ms,ttft=0s', ttft = 0s",
        "'itl=200ms,ttft=721h', ttft = 721h",
        "'itl=2h,ttft=10s', itl = PT2H",
        "'itl=200ms', ttft=DURATION",
        "'itl=200ms,ttft=1s,cv=2', ttft=DURATION",
        "'', ttft=DURATION",
        // No engine of this kind is that fast, whatever runs.
        "'itl=1ms,ttft=10s', at least 12.5ms",
        "'itl=200ms,ttft=1ms', at least",
    })
    void slos(String text, String part) {
        for (String option : List.of("--interactive-slo", "--batch-slo")) {
            assertThat(refused("run", option, text))
                    .contains("is not allowed; allowed: ")
                    .contains(part);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--interactive, poisson:rate=1, 'workload ''poisson'' is unknown'",
        "--interactive, 'gamma:rate=-1,seconds=60', 'rate is ''-1'', must be from'",
        "--interactive, 'gamma:rate=NaN,seconds=60', 'rate is ''NaN'', must be from'",
        "--interactive, 'gamma:rate=1,cv=Infinity,seconds=60', 'cv is ''Infinity'', must be from'",
        "--interactive, 'gamma:rate=1', 'seconds is missing, must be from'",
        "--interactive, 'gamma:rate=1,seconds=60,burst=2', 'unknown field ''burst'', known are rate'",
        "--interactive, 'gamma:rate=1,seconds=60,lengths=/no/such/file', '/no/such/file: cannot be read (no such file)'",
        "--batch, 'count=1.5,at=0,deadline=60', 'count is 1.5, must be a whole number from 1'",
        "--batch, 'count=-1,at=0,deadline=60', 'count is ''-1'', must be from 1'",
        "--batch, 'count=10,at=-1,deadline=60', 'at is ''-1'', must be from 0'",
        "--batch, 'count=10,at=0,deadline=NaN', 'deadline is ''NaN'', must be from 0'",
    })
    void workloads(String option, String spec, String message) {
        assertThat(refused("run", option, spec)).contains(message);
    }

    @ParameterizedTest
    @CsvSource({
        "'1,5', 'row ''1,5'' must have 3 columns'",
        "'x,5,5', 'arrival_s ''x'' must be a number from 0'",
        "'NaN,5,5', 'arrival_s ''NaN'' must be a number from 0'",
        "'-1,5,5', 'arrival_s ''-1'' must be a number from 0'",
        "'0,5,5', 'arrival_s ''0'' must not be less than in the line before'",
        "'2,0,5', 'prompt_tokens ''0'' must be a whole number from 1'",
        "'2,5,-5', 'output_tokens ''-5'' must be a whole number from 1'",
        "'2,5,5.5', 'output_tokens ''5.5'' must be a whole number from 1'",
    })
    void traceLines(String row, String message) throws IOException {
        Path trace = folder.resolve("trace.csv");
        Files.writeString(trace, HEADER + "1,5,5\n" + row + "\n");
        assertThat(refused("run", "--trace", trace.toString()))
                .contains(trace + " line 3: ")
                .contains(message);
    }

    @Test
    void aTraceLineThatBreaksTheTerminalStaysOneLine() throws IOException {
        Path trace = folder.resolve("trace.csv");
        Files.writeString(trace, HEADER + "1,5\u2028next,5\n");
        assertThat(refused("run", "--trace", trace.toString())).contains("line 2: prompt_tokens");
    }

    @Test
    void aRequestLongerThanTheKvCache() throws IOException {
        Path trace = folder.resolve("trace.csv");
        Files.writeString(trace, HEADER + "1,5,5\n2,90000000,5\n");
        assertThat(refused("run", "--trace", trace.toString()))
                .contains("prompt + output = 90000005 tokens of request 1 ")
                .contains("allowed: at most the KV capacity of llama3-8b_a100-80g_tp1");
    }

    @Test
    void filesThatAreNotThere() {
        String missing = folder.resolve("missing").toString();
        assertThat(refused("run", "--trace", missing)).contains(missing).contains("no such file");
        assertThat(refused("run", "--trace", folder.toString())).contains(folder + ": cannot be read");
        assertThat(refused("run", "--profile", missing)).contains(missing).contains("neither a file nor one of");
        assertThat(refused("run", "--trace-class", "gold"))
                .contains("--trace-class = gold")
                .contains("batch");
    }

    @Test
    void profilesThatAreNone() throws IOException {
        Path profile = folder.resolve("profile.json");
        Files.writeString(profile, "{\n\"id\": oops}");
        assertThat(refused("run", "--profile", profile.toString())).contains("not JSON at line 2");
        Files.writeString(profile, "{\"id\": \"x\", \"model\": \"m\", \"hardware\": \"h\", \"gpus\": -1}");
        assertThat(refused("run", "--profile", profile.toString()))
                .contains("gpus is -1, must be a whole number from 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--json", "--decisions", "--html"})
    void resultsThatCannotBeWritten(String option) {
        assertThat(refused("run", option, folder.toString()))
                .contains(option + " = " + folder)
                .contains("allowed: a file");
        String nowhere = folder.resolve("missing").resolve("file").toString();
        assertThat(refused("run", option, nowhere))
                .contains(option + " = " + nowhere)
                .contains("allowed: a file");
    }

    @Test
    void optionsAndCommandsThatAreNone() {
        assertThat(refused("run", "--magic")).contains("Unknown option: '--magic'");
        assertThat(refused("run", "--seed")).contains("'--seed'");
        assertThat(refused("walk")).contains("'walk'");
    }

    /** The least complete command line that is good input, so that the tests above fail for their own reason. */
    @Test
    void goodInputRuns() throws IOException {
        Path trace = folder.resolve("trace.csv");
        Path json = folder.resolve("out.json");
        Files.writeString(trace, HEADER + "1,5,5\n2,500,5\n");
        StringWriter errors = new StringWriter();
        assertThat(execute(errors, "run", "--trace", trace.toString(), "--json", json.toString()))
                .isZero();
        assertThat(errors.toString()).isEmpty();
        assertThat(Files.readString(json)).contains("\"requests\" : 2");
    }

    /** The line of an error, without its "error: ". */
    private static String refused(String... args) {
        StringWriter errors = new StringWriter();
        assertThat(execute(errors, args)).as("exit code of %s", List.of(args)).isEqualTo(2);
        String text = errors.toString();
        assertThat(text).startsWith("error: ").endsWith(System.lineSeparator());
        String line = text.substring("error: ".length()).stripTrailing();
        assertThat(line).doesNotContain("\n", "\r", "\u2028", "Exception", "\tat ");
        return line;
    }

    private static int execute(StringWriter errors, String... args) {
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(errors, true));
        return line.execute(args);
    }
}
