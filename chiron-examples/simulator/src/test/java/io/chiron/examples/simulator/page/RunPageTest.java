package io.chiron.examples.simulator.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.Slo;
import io.chiron.examples.simulator.Main;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.run.ClassOutcome;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.run.SimClock;
import io.chiron.examples.simulator.workload.Arrival;
import io.chiron.examples.simulator.workload.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a run holds the run, and nothing that it could load or that could break out of its data. */
final class RunPageTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern DATA =
            Pattern.compile("<script id=\"run\" type=\"application/json\">(.*?)</script>", Pattern.DOTALL);
    private static final String RUN = "run --profile llama3-70b_a100-80g_tp4 --chunk 512 --seed 7 --startup 30"
            + " --initial-instances 1 --max-instances 6 --interactive gamma:rate=12,cv=4,seconds=240"
            + " --batch count=600,at=10,deadline=280 --policy ";

    @TempDir
    static Path folder;

    private static String page;
    private static JsonNode run;

    @BeforeAll
    static void write() throws IOException {
        page = page("chiron");
        run = data(page);
    }

    @Test
    void needsNothingFromOutside() {
        assertThat(page.replaceAll("url\\(#", ""))
                .doesNotContain("http:", "https:", "src=", "href=", "url(", "@import", "fetch(", "{{")
                .contains("default-src 'none'");
    }

    @Test
    void tellsWhatRanAndHowItWent() throws IOException {
        assertThat(run.get("command").textValue())
                .startsWith("java -jar chiron-simulator.jar run --profile llama3-70b_a100-80g_tp4 --chunk 512 ")
                .contains("--batch count=600,at=10,deadline=280", "--policy chiron");
        assertThat(run.get("settings").get("workload").textValue())
                .isEqualTo("interactive gamma:rate=12,cv=4,seconds=240 + batch count=600,at=10,deadline=280");
        assertThat(run.get("settings").get("interactive SLO").textValue()).isEqualTo("TTFT 10 s, ITL 200 ms");
        assertThat(run.get("outcome").get("policy").textValue()).isEqualTo("chiron");
        assertThat(run.get("outcome")).isEqualTo(outcome("chiron"));
    }

    /** Looking changes nothing: the outcome is that of the same run without a page. */
    private static ObjectNode outcome(String policy) throws IOException {
        Path json = folder.resolve("outcome.json");
        execute(RUN + policy, "--json", json);
        return ((ObjectNode) MAPPER.readTree(json.toFile())).without("wallSeconds");
    }

    @Test
    void showsEveryArrivalAndEveryAction() {
        double interval = run.get("interval").doubleValue();
        for (int tier = 0; tier < 2; tier++) {
            JsonNode series = run.get("classes").get(tier);
            double requests = run.get("outcome")
                    .get(tier == Arrival.INTERACTIVE ? "interactive" : "batch")
                    .get("requests")
                    .doubleValue();
            assertThat(sum(series.get("arrivals")) * interval).isEqualTo(requests);
            assertThat(sum(series.get("started"))).isEqualTo(requests);
            assertThat(sum(series.get("finished"))).isEqualTo(requests);
        }
        JsonNode actions = run.get("outcome").get("actions");
        assertThat(actions.get("launch").longValue()).isPositive();
        for (String action : List.of("launch", "reassign", "drain", "retire")) {
            assertThat(marks(action)).as(action).isEqualTo(actions.get(action).longValue());
        }
        assertThat(run.get("marks"))
                .anySatisfy(mark -> assertThat(mark.get("rejected").textValue()).isNotBlank());
    }

    private static long marks(String action) {
        return StreamSupport.stream(run.get("marks").spliterator(), false)
                .filter(mark -> mark.get("what").textValue().equals(action)
                        && !mark.get("held").booleanValue())
                .mapToLong(mark -> mark.get("count").longValue())
                .sum();
    }

    @Test
    void seriesShareOneAxis() {
        int points = run.get("waiting").size();
        List<JsonNode> series = new ArrayList<>();
        run.get("classes").forEach(each -> each.forEach(series::add));
        run.get("due").forEach(band -> series.add(band.get("count")));
        run.get("instances").forEach(series::add);
        run.get("running").forEach(series::add);
        run.get("signals").forEach(signal -> signal.forEach(series::add));
        assertThat(series).filteredOn(JsonNode::isArray).hasSize(45).allSatisfy(each -> assertThat(each)
                .hasSize(points));
        assertThat(run.get("due").get(2).get("count"))
                .as("due within five minutes")
                .anySatisfy(count -> assertThat(count.doubleValue()).isGreaterThan(20));
    }

    @Test
    void policiesShowTheNumbersTheyGoBy() throws IOException {
        assertThat(signals(run)).containsExactly("IBP 1", "BBP 0", "wanted null");
        assertThat(signals(data(page("chiron-paper"))))
                .containsExactly("IBP, share of busy instances 0.3333", "BBP 0", "wanted null");
        assertThat(signals(data(page("hpa-kv:target=0.4")))).containsExactly("meanKvUse null", "wanted null");
        assertThat(signals(data(page("oracle")))).containsExactly("interactiveInstances null", "wanted null");
        assertThat(signals(data(page("static:instances=2")))).isEmpty();
    }

    private static List<String> signals(JsonNode of) {
        List<String> names = new ArrayList<>();
        of.get("signals").forEach(signal -> names.add(signal.get("name").textValue() + " " + signal.get("threshold")));
        return names;
    }

    /** The count of {@code static} is found first; the page shows the run with it. */
    @Test
    void hindsightShowsTheRunThatItChose() throws IOException {
        JsonNode chosen = data(page("static"));
        int instances = chosen.get("outcome").get("peakInstances").intValue();
        assertThat(chosen.get("instances").get("MIXED").get(5).intValue()).isEqualTo(instances);
        assertThat(chosen.get("marks")).isEmpty();
    }

    @Test
    void theSameSeedGivesTheSameBytes() throws IOException {
        assertThat(page("chiron")).isEqualTo(page);
    }

    @Test
    void nothingInTheDataEndsItsElement() throws IOException {
        String nasty = "</script><script>alert(\"it's\")</script><!-- {{script}} $1 \u2028 &amp; \\ é";
        RunRecorder recorder = new RunRecorder(scenario());
        recorder.accept(Decision.taken(
                SimClock.instant(1),
                new Action.Launch(
                        Scenario.FLEET,
                        nasty,
                        Pool.MIXED,
                        "default",
                        Reason.of(ReasonCode.STEADY)
                                .with(nasty, Double.POSITIVE_INFINITY)
                                .rejecting(nasty))));
        String html = RunPage.html(recorder, outcomeOf(nasty), List.of(nasty), nasty);
        JsonNode data = data(html);
        assertThat(data.get("command").textValue()).isEqualTo(nasty);
        assertThat(data.get("outcome").get("policy").textValue()).isEqualTo(nasty);
        JsonNode mark = data.get("marks").get(0);
        assertThat(mark.get("rejected").textValue()).isEqualTo(nasty);
        assertThat(mark.get("instances").get(0).textValue()).isEqualTo(nasty);
        assertThat(mark.get("numbers").get(nasty).isNull()).isTrue();
        assertThat(html).doesNotContain("alert(\"", "<script>alert", "<!-- {");
        assertThat(html.split("</script>", -1)).hasSize(3);
    }

    /** Days of ticks with a decision in each of them. */
    @Test
    void theSizeIsBounded() throws IOException {
        RunRecorder recorder = new RunRecorder(scenario());
        for (int t = 0; t < 400_000; t++) {
            recorder.arrived(t, t % 2);
            recorder.started(t, t % 2, 0.1 + t % 17, 10);
            recorder.finished(t, t % 2, 100, 0.01 * (1 + t % 31));
            Reason reason = Reason.of(ReasonCode.values()[t % 5])
                    .with("number", t / 7.0)
                    .rejecting("something else");
            recorder.accept(Decision.taken(SimClock.instant(t), new Action.Drain(Scenario.FLEET, "i" + t, reason)));
        }
        assertThat(RunPage.html(recorder, outcomeOf("long"), List.of(), "").length())
                .isBetween(100_000, 1_000_000);
    }

    private static Scenario scenario() throws IOException {
        Path trace = Files.writeString(folder.resolve("trace.csv"), "arrival_s,prompt_tokens,output_tokens\n0,10,10\n");
        return new Scenario(
                Profile.load("llama3-8b_a100-80g_tp1"),
                2048,
                List.of(Sources.trace(trace, 1)),
                new Slo(Duration.ofSeconds(10), Duration.ofMillis(200)),
                new Slo(Duration.ofHours(1), Duration.ofSeconds(2)),
                1,
                1,
                2,
                20,
                1,
                5,
                7);
    }

    private static Outcome outcomeOf(String policy) {
        ClassOutcome none = new ClassOutcome(
                0,
                null,
                null,
                null,
                new ClassOutcome.Quantiles(null, null, null),
                new ClassOutcome.Quantiles(null, null, null));
        return new Outcome(
                policy, "profile", 1, none, none, 1, 1, 1, 1, 1, 1, new Outcome.Actions(0, 0, 0, 0, 0, 0), null, 1, 1);
    }

    private static double sum(JsonNode values) {
        double sum = 0;
        for (JsonNode value : values) {
            sum += value.doubleValue();
        }
        return sum;
    }

    private static String page(String policy) throws IOException {
        Path file = folder.resolve("run.html");
        execute(RUN + policy, "--html", file);
        return Files.readString(file);
    }

    private static JsonNode data(String html) throws IOException {
        Matcher matcher = DATA.matcher(html);
        assertThat(matcher.find()).isTrue();
        return MAPPER.readTree(matcher.group(1));
    }

    private static void execute(String command, String option, Path file) {
        List<String> args = new ArrayList<>(List.of(command.split(" ")));
        args.addAll(List.of(option, file.toString()));
        assertThat(Main.commandLine().execute(args.toArray(String[]::new))).isZero();
    }
}
