package io.chiron.examples.simulator.policy;

import io.chiron.api.Slo;
import io.chiron.examples.simulator.engine.Profile;
import io.chiron.examples.simulator.run.Scenario;
import java.util.List;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;
import org.jspecify.annotations.Nullable;

/**
 * The queueing model of inferno and of the workload variant autoscaler that grew from it (source read on 2025-10-29 and
 * 2026-02-19): an iteration of n requests takes {@code T(n) = a + n·(b·(I+O)/(O+1) + g·(I+O/2))}, which makes a replica a
 * birth-death queue with a rate that depends on its state and room for ten times its batch. The largest arrival rate whose
 * mean TTFT and mean ITL meet the SLO is what a replica bears; {@code replicas = ceil(rate / that)}, every 60 s from a rate of
 * one minute, carried out by the HPA of {@link WvaHpa}.
 *
 * <p>a, b and g are its offline fit, by least squares on the timing of the run's own profile, so it never learns. All work
 * shares one pool and is held to the interactive SLO. {@code rate=completions} is its older code, which counts finished
 * requests and is blind to overload; the default counts arrivals. Without lengths of the last 5 minutes it skips its turn.
 */
final class QueueingModel implements Rival.Rule {
    private static final double PERIOD_SECONDS = 60;
    private static final double RATE_SECONDS = 60;
    private static final double LENGTH_SECONDS = 300;
    private static final int QUEUE_FACTOR = 10;

    private final Fit fit;
    private final Slo slo;
    private final boolean completions;
    private final WvaHpa hpa;
    private final Scrape scrape = new Scrape(Scrape.PERIOD_SECONDS);
    private final Every period = new Every(PERIOD_SECONDS);
    private final LengthWindow lengths = new LengthWindow(LENGTH_SECONDS);
    private final Series arrivals = new Series(RATE_SECONDS);
    private int gauge;

    /** Seconds of an iteration: fixed, per token computed, per token of context read. */
    record Fit(double a, double b, double g) {
        double iteration(double n, double prompt, double output) {
            return a + n * (b * (prompt + output) / (output + 1) + g * (prompt + output / 2));
        }

        double prefill(double n, double prompt, double output) {
            return iteration(n, prompt, output) + (b + g) * prompt;
        }

        double decode(double n, double prompt, double output) {
            return iteration(n, prompt, output) + b + g * (prompt + output / 2);
        }

        /** Requests per second of a replica that holds n. */
        double rate(double n, double prompt, double output) {
            return n / (prefill(n, prompt, output) + output * decode(n, prompt, output));
        }
    }

    /** Means that the model gives at an arrival rate. */
    record Latency(double ttftSeconds, double itlSeconds) {}

    private QueueingModel(Scenario scenario, boolean completions, WvaHpa.Config actuator) {
        this.fit = fit(scenario.profile());
        this.slo = scenario.interactiveSlo();
        this.completions = completions;
        this.hpa = new WvaHpa(actuator);
    }

    /** {@code queueing-model[:rate=arrivals|completions;hpa=chart|sample;window=240;tolerance=0.1]}. */
    static PolicyKind of(String name, Settings settings) {
        boolean completions =
                settings.oneOf("rate", List.of("arrivals", "completions")).equals("completions");
        WvaHpa.Config actuator = WvaHpa.Config.of(settings);
        return new Rival(name, scenario -> new QueueingModel(scenario, completions, actuator));
    }

    /** The offline fit: steady iterations of 1 to 256 requests of several shapes. */
    static Fit fit(Profile profile) {
        double[][] prompts = {{128, 64}, {128, 256}, {512, 128}, {512, 512}, {2048, 256}};
        double[][] x = new double[prompts.length * 9][];
        double[] y = new double[x.length];
        for (int shape = 0; shape < prompts.length; shape++) {
            double prompt = prompts[shape][0];
            double output = prompts[shape][1];
            for (int power = 0; power < 9; power++) {
                double n = 1 << power;
                int row = shape * 9 + power;
                x[row] = new double[] {n * (prompt + output) / (output + 1), n * (prompt + output / 2)};
                y[row] = profile.iterationSeconds(
                        n,
                        n * prompt / (output + 1),
                        n * (prompt + output / 2),
                        n * prompt * prompt / 2 / (output + 1));
            }
        }
        OLSMultipleLinearRegression regression = new OLSMultipleLinearRegression();
        regression.newSampleData(y, x);
        double[] beta = regression.estimateRegressionParameters();
        return new Fit(Math.max(1e-6, beta[0]), Math.max(0, beta[1]), Math.max(0, beta[2]));
    }

    /** Mean TTFT and ITL of one replica at an arrival rate. */
    static Latency latency(Fit fit, int batch, double prompt, double output, double arrivalRate) {
        int room = batch * (1 + QUEUE_FACTOR);
        // Relative probabilities, kept in range by dividing through whenever they grow large.
        double weight = 1;
        double sum = 1;
        double inService = 0;
        double waiting = 0;
        double served = 0;
        for (int state = 1; state <= room; state++) {
            int n = Math.min(state, batch);
            double rate = fit.rate(n, prompt, output);
            weight *= arrivalRate / rate;
            sum += weight;
            inService += weight * n;
            waiting += weight * (state - n);
            served += weight * rate;
            if (sum > 1e200) {
                weight /= sum;
                inService /= sum;
                waiting /= sum;
                served /= sum;
                sum = 1;
            }
        }
        double mean = inService / sum;
        double throughput = served / sum;
        double wait = throughput > 0 ? waiting / sum / throughput : 0;
        double service = throughput > 0 ? mean / throughput : fit.prefill(1, prompt, output);
        double prefill = fit.prefill(mean, prompt, output);
        return new Latency(wait + prefill + fit.decode(mean, prompt, output), (service - prefill) / output);
    }

    /** The largest arrival rate of one replica whose latencies meet the SLO, by bisection; 0 if none does. */
    static double largestRate(Fit fit, int batch, double prompt, double output, Slo slo) {
        double low = 0;
        double high = fit.rate(batch, prompt, output);
        for (int step = 0; step < 40; step++) {
            double middle = (low + high) / 2;
            Latency latency = latency(fit, batch, prompt, output, middle);
            if (latency.ttftSeconds() <= slo.ttftSeconds() && latency.itlSeconds() <= slo.itlSeconds()) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        double now = present.seconds();
        Observed seen = scrape.of(present);
        if (Scrape.isNew(seen, present)) {
            lengths.add(seen);
            arrivals.add(now, seen.arrivedRequests());
        }
        int current = present.current();
        gauge = gauge == 0 ? current : gauge;
        if (period.due(now)) {
            double prompt = lengths.meanPrompt(now);
            double output = lengths.meanOutput(now);
            double best = output > 0 ? largestRate(fit, StaticKind.ENGINE_CAP, prompt, output, slo) : 0;
            if (best > 0) {
                double rate = completions ? lengths.rate(now, RATE_SECONDS) : arrivals.rate(now - RATE_SECONDS);
                gauge = (int) Math.max(1, Math.min(Math.ceil(rate / best), 1e6));
            }
        }
        int wanted = hpa.replicas(now, current, gauge);
        return wanted == current ? null : new Rival.Wanted(wanted, "gauge", gauge);
    }
}
