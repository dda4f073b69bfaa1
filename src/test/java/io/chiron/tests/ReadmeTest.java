package io.chiron.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.chiron.api.Action;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.ReasonCode;
import io.chiron.api.RoutedRequest;
import io.chiron.examples.simulator.Main;
import io.chiron.examples.simulator.policy.Policies;
import io.chiron.examples.simulator.run.ClassOutcome;
import io.chiron.examples.simulator.run.Outcome;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README says must be so. */
class ReadmeTest {
    private static final Path ROOT = root();
    private static final String README = read(ROOT.resolve("README.md"));
    private static final String SIMULATOR = read(ROOT.resolve("docs/simulator.md"));
    private static final Instant START = Instant.parse("2025-01-01T00:00:00Z");

    /** The host that the example talks about. */
    private static final String HOST = """
            public interface Host {
                boolean running();
                List<InstanceSnapshot> instances();
                void apply(Action action);
                void explain(Decision decision);
                void send(String request, String instance);
                void pause(Duration duration);
            }
            """;

    /** Interactive load with a batch job beside it, on a fleet that may grow. */
    private static final Small BUSY = new Small(
            new Small.Load(2000, 4, 900), new Small.Job(1000, 200, 900), new Small.Fleet(20_000, 1, 2, 8, 10, 2), 7);

    @TempDir
    Path folder;

    @Test
    void theExampleCompilesAndRuns() throws Exception {
        Class<?> example = compile(javaBlocks().get(0));
        List<String> calls = new ArrayList<>();
        InvocationHandler host = (proxy, method, args) -> switch (method.getName()) {
            case "running" -> calls.stream().filter("pause"::equals).count() < 3;
            case "instances" -> List.of(InstanceSnapshot.of("i1", Pool.MIXED, Phase.READY, START), starting());
            default -> {
                calls.add(method.getName());
                if (args[0] instanceof Action action) {
                    calls.add(action.getClass().getSimpleName());
                }
                yield null;
            }
        };
        Method embed = null;
        for (Method method : example.getDeclaredMethods()) {
            embed = method.getName().equals("embed") ? method : embed;
        }
        Class<?> type = embed.getParameterTypes()[0];
        RoutedRequest request = new RoutedRequest("r1", "chat", 100, START, START.plusSeconds(10));
        embed.invoke(
                null,
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, host),
                (InstantSource) () -> START,
                request);
        assertThat(calls).contains("apply", "SetBatchLimits", "explain", "pause", "send");
        assertThat(javaBlocks().get(0).lines().count()).isLessThan(30);
    }

    private static InstanceSnapshot starting() {
        return InstanceSnapshot.of("i2", Pool.MIXED, Phase.STARTING, START.plusSeconds(60));
    }

    @Test
    void everyCommandLineIsAccepted() {
        List<String> commands = new ArrayList<>(simulatorCommands(README));
        assertThat(commands).hasSizeGreaterThanOrEqualTo(4);
        commands.addAll(simulatorCommands(SIMULATOR));
        for (String command : commands) {
            // Throws if a command, an option or a value is not accepted.
            Main.commandLine().parseArgs(command.isEmpty() ? new String[0] : command.split("\\s+"));
        }
        assertThat(commands)
                .as("one example of every command")
                .extracting(command -> command.split("\\s+")[0])
                .containsAll(Main.commandLine().getSubcommands().keySet());
    }

    @Test
    void everyOptionAndEveryPolicyExists() {
        Set<String> known = Main.commandLine().getSubcommands().values().stream()
                .flatMap(command -> command.getCommandSpec().optionsMap().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        Matcher option = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*").matcher(SIMULATOR);
        int count = 0;
        while (option.find()) {
            count++;
            assertThat(known).contains(option.group());
        }
        assertThat(count).isGreaterThan(10);
        String table = SIMULATOR.substring(SIMULATOR.indexOf("| policy | what it does |"));
        Matcher policy = Pattern.compile("\\| `([a-z-]+)` \\|").matcher(table.substring(0, table.indexOf("\n\n")));
        count = 0;
        while (policy.find()) {
            count++;
            assertThat(Policies.NAMES).contains(policy.group(1));
        }
        assertThat(count).isGreaterThanOrEqualTo(4);
    }

    @Test
    void everyFieldOfTheOutcomeIsNamed() {
        for (Class<?> type : List.of(Outcome.class, Outcome.Actions.class, ClassOutcome.class)) {
            for (String field : type.getAnnotation(JsonPropertyOrder.class).value()) {
                assertThat(SIMULATOR).containsPattern("\\b" + field + "\\b");
            }
        }
    }

    @Test
    void everyReasonAndEveryNumberIsExplained() {
        String rules = read(ROOT.resolve("docs/rules.md"));
        for (ReasonCode code : ReasonCode.values()) {
            assertThat(rules).contains("`" + code + "`");
        }
        Set<String> numbers = new TreeSet<>();
        for (String policy : List.of("chiron", "chiron:rule=ratio")) {
            Watched watched = Watched.of(Policies.parse(policy, 1, 0.7));
            watched.run(BUSY.scenario());
            watched.ticks.forEach(tick -> tick.decisions()
                    .forEach(each -> numbers.addAll(each.reason().numbers().keySet())));
        }
        assertThat(numbers).contains("supplyTokens", "limitSequences", "wantedBATCH");
        for (String number : numbers) {
            assertThat(rules).contains("`" + number + "`");
        }
    }

    @Test
    void everyFileThatIsLinkedExists() {
        assertThat(linksThatExist(README, ROOT)).isGreaterThan(3);
        for (String page : List.of("simulator.md", "metrics.md", "rules.md", "decisions/README.md")) {
            Path file = ROOT.resolve("docs").resolve(page);
            assertThat(linksThatExist(read(file), file.getParent())).isPositive();
        }
    }

    private static int linksThatExist(String text, Path folder) {
        Matcher link = Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(text);
        int count = 0;
        while (link.find()) {
            count++;
            assertThat(folder.resolve(link.group(1))).exists();
        }
        return count;
    }

    /** The example is statements; its imports go to the top of a class around them. */
    private Class<?> compile(String block) throws IOException, ReflectiveOperationException {
        String imports =
                block.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
        String statements =
                block.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
        Path source = folder.resolve("Readme.java");
        Files.writeString(
                source,
                imports + "\npublic class Readme {\n" + HOST
                        + "public static void embed(Host host, InstantSource clock, RoutedRequest request) {\n"
                        + statements + "\n}\n}\n");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        boolean compiled = compiler.getTask(
                        messages,
                        null,
                        null,
                        List.of(
                                "--release",
                                "17",
                                "-d",
                                folder.toString(),
                                "-cp",
                                System.getProperty("java.class.path")),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source))
                .call();
        assertThat(compiled).as("%s", messages).isTrue();
        URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
        return loader.loadClass("Readme");
    }

    private static List<String> javaBlocks() {
        return blocks(README, "java");
    }

    /** What follows the jar in the shell blocks, line continuations joined. */
    private static List<String> simulatorCommands(String text) {
        List<String> commands = new ArrayList<>();
        for (String block : blocks(text, "sh")) {
            for (String line : block.replace("\\\n", " ").split("\n")) {
                int jar = line.indexOf("chiron-simulator.jar");
                if (jar >= 0) {
                    commands.add(line.substring(jar + "chiron-simulator.jar".length())
                            .replace("'", "")
                            .strip());
                }
            }
        }
        return commands;
    }

    private static List<String> blocks(String text, String language) {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(text);
        List<String> blocks = new ArrayList<>();
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }

    private static Path root() {
        Path dir = Path.of("").toAbsolutePath();
        while (!Files.exists(dir.resolve("chiron-core"))) {
            dir = dir.getParent();
        }
        return dir;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
