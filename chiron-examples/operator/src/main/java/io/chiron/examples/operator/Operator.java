package io.chiron.examples.operator;

import io.chiron.adapters.enginemetrics.EngineEndpoint;
import io.chiron.adapters.enginemetrics.EngineHost;
import io.chiron.adapters.enginemetrics.EngineMetricsSource;
import io.chiron.adapters.enginemetrics.ScrapeConfig;
import io.chiron.adapters.enginemetrics.TierShare;
import io.chiron.adapters.micrometer.ChironMetrics;
import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.MetricSource;
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestGroup;
import io.chiron.api.ScalingActuator;
import io.chiron.api.TierFlow;
import io.chiron.api.Times;
import io.chiron.core.Chiron;
import io.chiron.core.ChironConfig;
import io.chiron.core.TickReport;
import io.chiron.core.fleet.FleetConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One fleet, looked at and acted on once per {@link #tick}. A replica that does not lead learns and decides, and acts not. */
final class Operator {
    private final OperatorConfig config;
    private final InstantSource clock;
    private final BooleanSupplier leads;
    private final Consumer<String> decisions;
    private final Chiron chiron;
    private final ChironMetrics metrics;
    private boolean acting;
    private @Nullable ReasonCode blindness;

    /**
     * What an operator works on.
     *
     * @param engines every instance, and where its page is; may block
     * @param source makes a source that blocks fit for a tick
     * @param actuator what carries decisions out
     * @param leads whether this replica is to act
     */
    record Surroundings(
            Supplier<List<EngineEndpoint>> engines,
            UnaryOperator<MetricSource> source,
            ScalingActuator actuator,
            BooleanSupplier leads,
            InstantSource clock) {}

    Operator(OperatorConfig config, Surroundings around, MeterRegistry registry, Consumer<String> decisions) {
        this.config = config;
        this.clock = around.clock();
        this.leads = around.leads();
        this.decisions = decisions;
        Pages pages = new Pages(config, around);
        chiron = new Chiron(chironConfig(true), around.source().apply(pages.source), around.actuator());
        metrics = new ChironMetrics(chironConfig(true), chiron);
        metrics.bindTo(registry);
    }

    TickReport tick() {
        boolean act = leads.getAsBoolean() && !config.dryRun();
        if (act != acting) {
            chiron.reconfigure(chironConfig(!act));
            acting = act;
        }
        TickReport report = chiron.tick(clock.instant());
        metrics.record(report);
        // Blindness lasts, and is told once.
        if (report.blindness() == null || report.blindness() != blindness) {
            for (Decision decision : report.decisions()) {
                decisions.accept(text(decision, report.dryRun()));
            }
        }
        blindness = report.blindness();
        return report;
    }

    private ChironConfig chironConfig(boolean dryRun) {
        return ChironConfig.builder(config.fleet(), List.of(config.tier()), config.limits())
                .fleetRule(FleetConfig.builder()
                        .initialLeadSeconds(Times.seconds(config.workload().startUp()))
                        .build())
                .dryRun(dryRun)
                .build();
    }

    /** One line: what, on what, why, and what was not done instead. */
    static String text(Decision decision, boolean dryRun) {
        StringBuilder line = new StringBuilder(decision.time().toString())
                .append(decision.isHeld() ? " hold " : dryRun ? " would " : " ")
                .append(decision.what());
        if (decision.action() instanceof Action.OnInstance on) {
            line.append(' ').append(on.instance());
        } else if (decision.action() instanceof Action.Launch launch) {
            line.append(' ').append(launch.launchId()).append(' ').append(launch.pool());
        }
        line.append(": ").append(decision.reason().code());
        decision.reason()
                .numbers()
                .forEach((name, value) -> line.append(String.format(Locale.ROOT, " %s=%.4g", name, value)));
        if (!decision.reason().rejected().isEmpty()) {
            line.append(" | instead of ").append(decision.reason().rejected());
        }
        return line.toString();
    }

    /** The pages of the fleet, and its traffic as they show it. */
    private static final class Pages implements EngineHost {
        private final Supplier<List<EngineEndpoint>> engines;
        private final PageFlow flow;
        private final EngineMetricsSource source;

        Pages(OperatorConfig config, Surroundings around) {
            engines = around.engines();
            flow = new PageFlow(config.tier().name());
            source = new EngineMetricsSource(
                    this,
                    TierShare.single(config.tier().name()),
                    ScrapeConfig.DEFAULT.withTimeout(config.engine().timeout()),
                    around.clock());
        }

        @Override
        public List<EngineEndpoint> engines(String fleet) {
            return engines.get();
        }

        @Override
        public List<TierFlow> flows(String fleet, Instant now) {
            return List.of(flow.next(source.reports(fleet), now));
        }

        @Override
        public List<RequestGroup> groups(String fleet, Instant now) {
            return List.of();
        }
    }
}
