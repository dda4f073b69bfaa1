package io.chiron.examples.simulator.page;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import io.chiron.api.Slo;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Scenario;
import io.chiron.examples.simulator.workload.Arrival;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Writes a run as one HTML file that needs nothing else: the template with the data of the run in it as JSON. */
public final class RunPage {
    private static final String TEMPLATE = "run.html";
    /** One after the other they are the script of the page. */
    private static final List<String> SCRIPTS = List.of("data.js", "panels.js", "plot.js", "decisions.js", "view.js");

    private static final MathContext DIGITS = new MathContext(4);
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    static {
        MAPPER.getFactory().setCharacterEscapes(new ScriptEscapes());
        MAPPER.getFactory().enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);
    }

    private RunPage() {}

    /**
     * Writes the page of a run.
     *
     * @param workload what arrived, in words
     * @param command the command that gives this page again
     */
    public static void write(Path file, RunRecorder run, Outcome outcome, List<String> workload, String command)
            throws IOException {
        Files.writeString(file, html(run, outcome, workload, command));
    }

    static String html(RunRecorder run, Outcome outcome, List<String> workload, String command) throws IOException {
        ObjectNode data = data(run);
        data.put("command", command);
        data.set("outcome", MAPPER.<ObjectNode>valueToTree(outcome).without("wallSeconds"));
        data.set("settings", settings(run.scenario, workload));
        StringBuilder script = new StringBuilder();
        for (String part : SCRIPTS) {
            script.append(resource(part));
        }
        // The data last: nothing in it is taken for a place to fill.
        return resource(TEMPLATE).replace("{{script}}", script).replace("{{run}}", MAPPER.writeValueAsString(data));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = RunPage.class.getResourceAsStream("/page/" + name)) {
            if (in == null) {
                throw new IOException(name + " is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Nothing in the data can end the script element that it stands in. */
    private static final class ScriptEscapes extends CharacterEscapes {
        private static final long serialVersionUID = 1;

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] codes = standardAsciiEscapesForJSON();
            for (char each : "<>&/".toCharArray()) {
                codes[each] = ESCAPE_CUSTOM;
            }
            return codes;
        }

        @Override
        public SerializableString getEscapeSequence(int character) {
            return new SerializedString(String.format("\\u%04x", character));
        }
    }

    private static ObjectNode settings(Scenario scenario, List<String> workload) {
        ObjectNode settings = NODES.objectNode();
        settings.put("workload", String.join(" + ", workload));
        settings.put("interactive SLO", words(scenario.slo(Arrival.INTERACTIVE)));
        settings.put("batch SLO", words(scenario.slo(Arrival.BATCH)));
        settings.put("instances", scenario.minInstances() + " to " + scenario.maxInstances());
        settings.put("start-up", plain(scenario.startupSeconds()) + " s");
        settings.put("chunk", scenario.chunkTokens() + " tokens");
        settings.put("local period", plain(scenario.localPeriodSeconds()) + " s");
        settings.put("global period", plain(scenario.globalPeriodSeconds()) + " s");
        return settings;
    }

    private static String words(Slo slo) {
        return "TTFT " + plain(slo.ttftSeconds()) + " s, ITL " + plain(slo.itlSeconds() * 1000) + " ms";
    }

    private static ObjectNode data(RunRecorder run) {
        ObjectNode data = NODES.objectNode();
        data.set("interval", number(run.timeline.intervalSeconds()));
        ArrayNode classes = data.putArray("classes");
        for (int tier = 0; tier < run.classes.size(); tier++) {
            RunRecorder.ClassSeries series = run.classes.get(tier);
            Slo slo = run.scenario.slo(tier);
            ObjectNode each = classes.addObject();
            each.set("ttftSlo", number(slo.ttftSeconds()));
            each.set("itlSlo", number(slo.itlSeconds()));
            each.set("arrivals", numbers(series.arrived.rates()));
            each.set("start50", numbers(series.start.quantiles(0.5)));
            each.set("start99", numbers(series.start.quantiles(0.99)));
            each.set("started", numbers(series.started.sums()));
            each.set("late", numbers(series.startedLate.sums()));
            each.set("itl50", numbers(series.itl.quantiles(0.5)));
            each.set("itl99", numbers(series.itl.quantiles(0.99)));
            each.set("finished", numbers(series.finished.sums()));
            each.set("slow", numbers(series.finishedSlow.sums()));
            each.set("limit", numbers(series.limit.means()));
        }
        ArrayNode due = data.putArray("due");
        for (int band = 0; band < run.due.size(); band++) {
            ObjectNode each = due.addObject();
            each.set("within", number(RunRecorder.DUE_SECONDS[band]));
            each.set("count", numbers(run.due.get(band).means()));
        }
        data.set("waiting", numbers(run.interactiveQueue.means()));
        ObjectNode instances = data.putObject("instances");
        for (int kind = 0; kind < run.instances.size(); kind++) {
            instances.set(
                    RunRecorder.KINDS.get(kind), numbers(run.instances.get(kind).means()));
        }
        data.set("running", level(run.running));
        ArrayNode signals = data.putArray("signals");
        run.signals.forEach((name, watched) -> {
            ObjectNode signal = level(watched.level());
            signal.put("name", name);
            signal.set("threshold", number(watched.threshold()));
            signals.add(signal);
        });
        ArrayNode marks = data.putArray("marks");
        run.marks.all().forEach(mark -> marks.add(node(mark)));
        return data;
    }

    private static ObjectNode level(Timeline.Level level) {
        ObjectNode node = NODES.objectNode();
        node.set("mean", numbers(level.means()));
        node.set("least", numbers(level.least()));
        node.set("most", numbers(level.most()));
        return node;
    }

    private static ObjectNode node(Marks.Mark mark) {
        ObjectNode node = NODES.objectNode();
        node.put("what", mark.what);
        node.put("held", mark.held);
        node.put("code", mark.reason.code().name());
        node.set("from", number(mark.fromSeconds));
        node.set("until", number(mark.untilSeconds));
        node.put("count", mark.count);
        node.put("pool", mark.pool == null ? null : mark.pool.name());
        ArrayNode names = node.putArray("instances");
        mark.instances.forEach(names::add);
        ObjectNode numbers = node.putObject("numbers");
        mark.reason.numbers().forEach((name, value) -> numbers.set(name, number(value)));
        node.put("rejected", mark.reason.rejected());
        return node;
    }

    private static ArrayNode numbers(double[] values) {
        ArrayNode numbers = NODES.arrayNode(values.length);
        Arrays.stream(values).forEach(value -> numbers.add(number(value)));
        return numbers;
    }

    /** Four digits, which is more than a chart shows; null for what is not known or has no bound. */
    private static ValueNode number(double value) {
        return Double.isFinite(value) ? DecimalNode.valueOf(rounded(value)) : NullNode.instance;
    }

    private static BigDecimal rounded(double value) {
        return new BigDecimal(value).round(DIGITS).stripTrailingZeros();
    }

    private static String plain(double value) {
        return rounded(value).toPlainString();
    }
}
