package io.chiron.examples.simulator.policy;

import io.chiron.examples.simulator.run.Scenario;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The SLA target of NVIDIA Dynamo's planner for aggregated engines (source and documentation read April to September 2026).
 *
 * <p>Reactive, every 5 s: {@link IterationFit} predicts TTFT and ITL per engine. One more replica if all engines pass the
 * TTFT target or all pass the ITL target; one less if every engine, with the load of {@code N/(N-1)}, keeps
 * {@code TTFT' - own < 0.8·(target - own)} (own = a prompt without queue), {@code ITL' < 0.8·target} and its KV cache.
 * Predictive, every 180 s: requests and lengths forecast from the last interval ({@code constant}) or from the changes of the
 * last ones ({@code ar}, for its ARIMA), {@code replicas = ceil(demand / engine rate at the SLO)}. With both the slow one is a
 * lower bound of the fast one. While the replicas differ from those asked for, or one has no metrics, it decides nothing.
 *
 * <p>The engine's rate is that of the largest batch, within its cap and KV cache, whose predicted ITL meets the target: how
 * the planner searches it was not read. Targets are those of the scenario instead of 500 ms and 50 ms. Its router passes
 * requests on at once: each engine is given an equal part of the router's queue. All classes share one target, as there.
 */
final class DynamoSla implements Rival.Rule {
    static final double SENSITIVITY = 0.8;
    private static final double FORECAST_SECONDS = 180;
    private static final int FORECAST_MEMORY = 32;

    private final Config config;
    private final boolean reactive;
    private final boolean predictive;
    private final boolean constant;
    private final Every fast = new Every(DynamoThroughput.PERIOD_SECONDS);
    private final Every slow = new Every(FORECAST_SECONDS);
    private final LengthWindow lengths = new LengthWindow(FORECAST_SECONDS);
    private final Series arrivals = new Series(FORECAST_SECONDS);
    private final IterationFit fit = new IterationFit();
    private final List<Double> counts = new ArrayList<>();
    private final List<Double> prompts = new ArrayList<>();
    private final List<Double> outputs = new ArrayList<>();
    private int floor = 1;

    /** Targets, and the engine's token budget of an iteration. */
    record Config(double ttftSeconds, double itlSeconds, double budgetTokens) {}

    /** One engine: prefill per iteration, tokens of prompts that wait, KV tokens in use and in all. */
    record Engine(double prefillTokens, double queuedTokens, double kvTokens, double kvCapacityTokens) {
        Engine times(double factor) {
            return new Engine(prefillTokens * factor, queuedTokens * factor, kvTokens * factor, kvCapacityTokens);
        }
    }

    private DynamoSla(Config config, boolean reactive, boolean predictive, boolean constant) {
        this.config = config;
        this.reactive = reactive;
        this.predictive = predictive;
        this.constant = constant;
    }

    /** {@code dynamo-sla[:loops=both|reactive|predictive;forecast=ar|constant;ttft=0;itl=0]}: 0 is the scenario's SLO. */
    static PolicyKind of(String name, Settings settings) {
        String loops = settings.oneOf("loops", List.of("both", "reactive", "predictive"));
        boolean constant = settings.oneOf("forecast", List.of("ar", "constant")).equals("constant");
        double ttft = settings.number("ttft", 0, 0, 86_400);
        double itl = settings.number("itl", 0, 0, 3600);
        return new Rival(
                name,
                scenario -> new DynamoSla(
                        config(scenario, ttft, itl), !loops.equals("predictive"), !loops.equals("reactive"), constant));
    }

    private static Config config(Scenario scenario, double ttft, double itl) {
        return new Config(
                ttft > 0 ? ttft : scenario.interactiveSlo().ttftSeconds(),
                itl > 0 ? itl : scenario.interactiveSlo().itlSeconds(),
                scenario.chunkTokens());
    }

    /** Seconds until the first token of a prompt behind {@code queuedTokens}. */
    static double ttft(IterationFit.Line line, Engine engine, double prompt, double budgetTokens) {
        double queue = engine.queuedTokens() / budgetTokens * line.seconds(budgetTokens, engine.kvTokens());
        double steps = Math.max(1, Math.ceil(prompt / budgetTokens));
        return queue + steps * line.seconds(prompt / steps, engine.kvTokens());
    }

    /** Change of the number of engines by the reactive loop. */
    static int change(IterationFit.Line line, List<Engine> engines, double prompt, Config config) {
        boolean ttftOver = true;
        boolean itlOver = true;
        for (Engine engine : engines) {
            ttftOver &= ttft(line, engine, prompt, config.budgetTokens()) > config.ttftSeconds();
            itlOver &= line.seconds(engine.prefillTokens(), engine.kvTokens()) > config.itlSeconds();
        }
        if (engines.isEmpty() || ttftOver || itlOver) {
            return engines.isEmpty() ? 0 : 1;
        }
        if (engines.size() == 1) {
            return 0;
        }
        double factor = engines.size() / (engines.size() - 1.0);
        for (Engine engine : engines) {
            Engine more = engine.times(factor);
            double own = ttft(line, new Engine(0, 0, more.kvTokens(), 0), prompt, config.budgetTokens());
            double waits = ttft(line, more, prompt, config.budgetTokens()) - own;
            if (!(waits < SENSITIVITY * (config.ttftSeconds() - own))
                    || !(line.seconds(more.prefillTokens(), more.kvTokens()) < SENSITIVITY * config.itlSeconds())
                    || !(more.kvTokens() < more.kvCapacityTokens())) {
                return 0;
            }
        }
        return -1;
    }

    /** Requests per second of an engine whose ITL meets the target; 0 if not even one request's does. */
    static double engineRate(
            IterationFit.Line line, double prompt, double output, double kvCapacityTokens, int cap, double itlSeconds) {
        double context = prompt + output / 2;
        for (int batch = (int) Math.min(cap, kvCapacityTokens / context); batch > 0; batch--) {
            double itl = line.seconds(batch * prompt / output, batch * context);
            if (itl <= itlSeconds) {
                return batch / (output * itl);
            }
        }
        return 0;
    }

    /** The next value: the last one, and for {@code ar} what an autoregression of the changes adds; never negative. */
    static double forecast(List<Double> history, boolean constant) {
        int size = history.size();
        double last = history.get(size - 1);
        if (constant || size < IterationFit.LEAST_OBSERVATIONS) {
            return last;
        }
        double products = 0;
        double squares = 0;
        for (int i = 2; i < size; i++) {
            double before = history.get(i - 1) - history.get(i - 2);
            products += before * (history.get(i) - history.get(i - 1));
            squares += before * before;
        }
        double share = squares > 0 ? Math.max(-0.95, Math.min(0.95, products / squares)) : 0;
        return Math.max(0, last + share * (last - history.get(size - 2)));
    }

    @Override
    public Rival.@Nullable Wanted wanted(Observed present) {
        double now = present.seconds();
        if (!fast.due(now)) {
            return null;
        }
        lengths.add(present);
        arrivals.add(now, present.arrivedRequests());
        for (Observed.Replica each : present.replicas()) {
            if (each.iterations() > 0 && each.iterationSeconds() > 0) {
                fit.add(
                        each.kvUse(),
                        each.prefillTokens() / each.iterations(),
                        each.kvUsedTokens(),
                        each.iterationSeconds());
            }
        }
        double prompt = lengths.meanPrompt(now);
        double output = lengths.meanOutput(now);
        boolean known = fit.observations() >= IterationFit.LEAST_OBSERVATIONS && output > 0;
        if (predictive && known && slow.due(now)) {
            predict(present, prompt, output, now);
        }
        if (!known || present.starting() > 0 || present.draining() > 0) {
            return null;
        }
        int current = present.current();
        int change = reactive ? change(fit.line(), engines(present, prompt), prompt, config) : floor - current;
        return new Rival.Wanted(Math.max(floor, current + change), "floor", floor);
    }

    private void predict(Observed present, double prompt, double output, double now) {
        remember(counts, arrivals.rate(now - FORECAST_SECONDS));
        remember(prompts, prompt);
        remember(outputs, output);
        if (present.replicas().isEmpty()) {
            return;
        }
        double rate = engineRate(
                fit.line(),
                forecast(prompts, constant),
                Math.max(1, forecast(outputs, constant)),
                present.replicas().get(0).kvCapacityTokens(),
                StaticKind.ENGINE_CAP,
                config.itlSeconds());
        if (rate > 0) {
            floor = (int) Math.max(1, Math.min(Math.ceil(forecast(counts, constant) / rate), 1e6));
        }
    }

    private static void remember(List<Double> history, double value) {
        history.add(value);
        if (history.size() > FORECAST_MEMORY) {
            history.remove(0);
        }
    }

    private static List<Engine> engines(Observed seen, double prompt) {
        return seen.replicas().stream()
                .map(each -> new Engine(
                        each.iterations() > 0 ? each.prefillTokens() / each.iterations() : 0,
                        each.waiting() * prompt + seen.queuedPromptTokensPerReplica(),
                        each.kvUsedTokens(),
                        each.kvCapacityTokens()))
                .toList();
    }
}
