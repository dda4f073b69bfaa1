package io.chiron.examples.router.load;

import com.fasterxml.jackson.databind.JsonNode;
import io.chiron.examples.router.load.DirectLoad.Outcome;
import io.chiron.examples.router.load.DirectLoad.Sent;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Does the simulator foretell an engine? Fits its engine form to iterations measured under some loads, then compares other loads:
 * the same arrivals, lengths and cap on the engine and in the simulator.
 */
public final class Fidelity {
    /** Caps under which iterations are measured for the fit, all requests at once. */
    private static final List<Integer> FIT_CAPS = List.of(2, 3, 4, 6, 8, 12, 16);

    /** @param ratePerSecond of arrivals (Poisson); 0 for all at once */
    private record Shape(int cap, double ratePerSecond) {}

    private static final List<Shape> COMPARED = List.of(
            new Shape(5, 0), new Shape(10, 0), new Shape(14, 0), new Shape(16, 3), new Shape(16, 4.5), new Shape(4, 3));
    /**
     * How the row of an iteration begins that computes one token. llama.cpp has other code for it, which is twice as fast as two
     * tokens make one expect: no form that is smooth in the batch has both.
     */
    private static final String ALONE = "1,0,";

    private static final List<String> FIGURES = List.of("TTFT", "ITL", "tokens/s");
    private static final int REQUESTS_PER_SLOT = 4;
    private static final double ARRIVALS_SECONDS = 10;
    private static final int LEAST_OUTPUT_TOKENS = 32;
    private static final int MOST_OUTPUT_TOKENS = 96;
    private static final int WARM_UP_REQUESTS = 64;
    /** Until the engine has written what it measured. */
    private static final long SETTLE_MILLIS = 300;

    private record Measured(Shape shape, List<Sent> requests, Outcome outcome) {}

    private final URI engine;
    private final Path iterations;
    private final SimulatorJar simulator;
    private final PrintWriter out;
    private final Random random = new Random(1);

    /**
     * A comparison on an engine that serves nobody else.
     *
     * @param iterations the file into which the engine writes its iterations
     */
    public Fidelity(URI engine, Path iterations, SimulatorJar simulator, PrintWriter out) {
        this.engine = engine;
        this.iterations = iterations;
        this.simulator = simulator;
        this.out = out;
    }

    /** Measures, fits and compares. Returns true if the medians of the errors are at most {@code most}. */
    public boolean run(int rounds, double most) throws IOException, InterruptedException {
        measure(new Shape(4, 0), WARM_UP_REQUESTS);
        List<String> points = new ArrayList<>(rows(0, 1));
        List<Measured> compared = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            // In turn, so that a machine that gets slower or faster does so for both.
            for (int i = 0; i < Math.max(FIT_CAPS.size(), COMPARED.size()); i++) {
                if (i < FIT_CAPS.size()) {
                    int before = rows(0, Integer.MAX_VALUE).size();
                    measure(new Shape(FIT_CAPS.get(i), 0), REQUESTS_PER_SLOT * FIT_CAPS.get(i));
                    rows(before, Integer.MAX_VALUE).stream()
                            .filter(row -> !row.startsWith(ALONE))
                            .forEach(points::add);
                }
                if (i < COMPARED.size()) {
                    Shape shape = COMPARED.get(i);
                    int count = shape.ratePerSecond() == 0
                            ? REQUESTS_PER_SLOT * shape.cap()
                            : (int) (ARRIVALS_SECONDS * shape.ratePerSecond());
                    compared.add(measure(shape, count));
                }
            }
        }
        out.print(simulator.calibrate(points));
        return compare(compared, most);
    }

    private Measured measure(Shape shape, int count) throws InterruptedException {
        List<Sent> requests = new ArrayList<>();
        double arrivalSeconds = 0;
        for (int i = 0; i < count; i++) {
            arrivalSeconds +=
                    shape.ratePerSecond() == 0 ? 0 : -Math.log(1 - random.nextDouble()) / shape.ratePerSecond();
            int tokens = LEAST_OUTPUT_TOKENS + random.nextInt(MOST_OUTPUT_TOKENS - LEAST_OUTPUT_TOKENS + 1);
            requests.add(new Sent(arrivalSeconds, tokens));
        }
        Outcome outcome = new DirectLoad(engine, shape.cap()).run(requests);
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        return new Measured(shape, requests, outcome);
    }

    /** Lines of the file of iterations. */
    private List<String> rows(int from, int to) throws IOException {
        List<String> all = Files.readAllLines(iterations);
        return all.subList(Math.min(from, all.size()), Math.min(to, all.size()));
    }

    private boolean compare(List<Measured> compared, double most) throws IOException, InterruptedException {
        out.printf(
                "%4s %9s %8s | %8s %8s %7s | %8s %8s %7s | %8s %8s %7s%n",
                "cap",
                "arrivals",
                "requests",
                "TTFT ms",
                "simul.",
                "error",
                "ITL ms",
                "simul.",
                "error",
                "tokens/s",
                "simul.",
                "error");
        double[][] errors = new double[FIGURES.size()][compared.size()];
        double[] httpSeconds = new double[compared.size()];
        for (int i = 0; i < compared.size(); i++) {
            Measured each = compared.get(i);
            double[] measured = measured(each.outcome());
            double[] simulated = simulated(each);
            for (int what = 0; what < measured.length; what++) {
                errors[what][i] = simulated[what] / measured[what] - 1;
            }
            httpSeconds[i] = each.outcome().httpSeconds();
            print(each, measured, simulated);
        }
        out.printf(
                Locale.ROOT,
                "HTTP alone, which is part of the simulated TTFT here: %.1f ms%n",
                1000 * StatUtils.percentile(httpSeconds, 50));
        boolean good = true;
        for (int what = 0; what < errors.length; what++) {
            good &= isNear(FIGURES.get(what), errors[what], most);
        }
        out.flush();
        return good;
    }

    private static double[] measured(Outcome real) {
        return new double[] {real.medianTtftSeconds(), real.medianItlSeconds(), real.tokens() / real.spanSeconds()};
    }

    /** The simulator knows no network: what HTTP alone takes under the same load is added to its TTFT. */
    private double[] simulated(Measured each) throws IOException, InterruptedException {
        Outcome real = each.outcome();
        JsonNode run =
                simulator.run(each.requests(), real.promptTokens(), each.shape().cap());
        JsonNode interactive = run.path("interactive");
        return new double[] {
            interactive.path("ttftSeconds").path("p50").asDouble() + real.httpSeconds(),
            interactive.path("itlSeconds").path("p50").asDouble(),
            real.tokens() / (run.path("simulatedSeconds").asDouble() - SimulatorJar.START_SECONDS)
        };
    }

    private void print(Measured each, double[] measured, double[] simulated) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "%4d %9s %8d",
                each.shape().cap(),
                each.shape().ratePerSecond() == 0 ? "at once" : each.shape().ratePerSecond() + "/s",
                each.requests().size()));
        for (int what = 0; what < measured.length; what++) {
            double unit = what < 2 ? 1000 : 1;
            line.append(String.format(
                    Locale.ROOT,
                    " | %8.1f %8.1f %+6.1f%%",
                    unit * measured[what],
                    unit * simulated[what],
                    100 * (simulated[what] / measured[what] - 1)));
        }
        out.println(line);
        out.flush();
    }

    private boolean isNear(String figure, double[] errors, double most) {
        double[] sizes = Arrays.stream(errors).map(Math::abs).toArray();
        double median = StatUtils.percentile(sizes, 50);
        out.printf(
                Locale.ROOT,
                "%s: median error %.1f %%, largest %.1f %% (wanted: median at most %.0f %%): %s%n",
                figure,
                100 * median,
                100 * StatUtils.max(sizes),
                100 * most,
                median <= most ? "yes" : "NO");
        return median <= most;
    }
}
