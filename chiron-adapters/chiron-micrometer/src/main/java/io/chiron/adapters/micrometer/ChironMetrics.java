package io.chiron.adapters.micrometer;

import io.chiron.api.Decision;
import io.chiron.core.Chiron;
import io.chiron.core.ChironConfig;
import io.chiron.core.TickReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one fleet's controller. Bind it to registries once, then hand it every report:
 *
 * <pre>{@code
 * var metrics = new ChironMetrics(config, chiron);
 * metrics.bindTo(registry);
 * metrics.record(chiron.tick(now));       // after every tick
 * }</pre>
 *
 * <p>Every meter has the label {@code fleet}. A gauge is NaN where its value is not known, which is not 0. Labels take values
 * of enums, the configured tiers and fixed words only, never an instance or a text from outside: the number of series is
 * fixed when the meters are bound. Names as Prometheus shows them:
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>name</th><th>labels</th><th>meaning</th></tr>
 * <tr><td>{@code chiron_wanted_instances}</td><td>pool</td><td>wanted instances</td></tr>
 * <tr><td>{@code chiron_wanted_total_instances}</td><td></td><td>wanted instances in all: what KEDA or an HPA follows</td></tr>
 * <tr><td>{@code chiron_present_instances}</td><td>pool, phase</td><td>instances that are there</td></tr>
 * <tr><td>{@code chiron_stuck_instances}</td><td></td><td>starting ones that nobody counts on any more</td></tr>
 * <tr><td>{@code chiron_batch_limit_sequences}</td><td>tier, limit (soft, hard), stat (min, mean, max)</td><td>batch limits over
 *     the instances</td></tr>
 * <tr><td>{@code chiron_batch_limit_bound_instances}</td><td>bound</td><td>instances by what bounds their limit</td></tr>
 * <tr><td>{@code chiron_local_backpressure_ratio}</td><td>term (itl, memory), stat</td><td>LBP over the instances; above 1 is past
 *     the limit</td></tr>
 * <tr><td>{@code chiron_interactive_backpressure_ratio}</td><td></td><td>IBP: wanted over ready capacity</td></tr>
 * <tr><td>{@code chiron_busy_backpressure_ratio}</td><td></td><td>IBP in the paper's sense: busy over all</td></tr>
 * <tr><td>{@code chiron_batch_backpressure_groups}</td><td></td><td>BBP: request groups that would start late</td></tr>
 * <tr><td>{@code chiron_infeasible_groups}</td><td></td><td>request groups that no launch can save</td></tr>
 * <tr><td>{@code chiron_interactive_want_instances}</td><td></td><td>what interactive demand wants, with headroom</td></tr>
 * <tr><td>{@code chiron_interactive_load_instances}</td><td></td><td>mean interactive demand</td></tr>
 * <tr><td>{@code chiron_headroom_ratio}</td><td></td><td>learned factor for growth within a lead time</td></tr>
 * <tr><td>{@code chiron_lead_time_seconds}</td><td></td><td>lead time planned with</td></tr>
 * <tr><td>{@code chiron_waiting_requests}</td><td>tier</td><td>requests queued at the router</td></tr>
 * <tr><td>{@code chiron_oldest_wait_seconds}</td><td>tier</td><td>how long the oldest of them has waited</td></tr>
 * <tr><td>{@code chiron_waiting_time_seconds}</td><td>tier, quantile (0.5, 0.9, 0.99)</td><td>predicted wait of a request that
 *     joins the queue now; +Inf where nothing is served</td></tr>
 * <tr><td>{@code chiron_snapshot_age_seconds}</td><td></td><td>age of the snapshot at the last tick</td></tr>
 * <tr><td>{@code chiron_sample_age_seconds}</td><td>stat</td><td>age of the samples of READY instances at the last tick</td></tr>
 * <tr><td>{@code chiron_last_tick_timestamp_seconds}</td><td></td><td>time of the last tick since 1970</td></tr>
 * <tr><td>{@code chiron_blind}</td><td>code (blind, stale)</td><td>1 while nothing new is learned, for this reason</td></tr>
 * <tr><td>{@code chiron_dry_run}</td><td></td><td>1 while decisions are not carried out</td></tr>
 * <tr><td>{@code chiron_ticks_total}</td><td></td><td>ticks</td></tr>
 * <tr><td>{@code chiron_decisions_total}</td><td>decision, code, outcome (taken, held)</td><td>decisions by their reason</td></tr>
 * <tr><td>{@code chiron_failures_total}</td><td>origin (source, actuator)</td><td>what sources threw and actuators refused</td></tr>
 * </table>
 *
 * <p>Thread-safe. Holds the last report; a scrape computes from it and never waits.
 */
public final class ChironMetrics implements MeterBinder {
    private static final Set<String> DECISIONS =
            Set.of("setBatchLimits", "launch", "reassign", "drain", "cancelDrain", "retire", "evict", "scale", "tick");

    private final ChironConfig config;
    private final Chiron chiron;
    private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();
    private volatile @Nullable TickReport last;

    /** Meters of {@code chiron}; of {@code config} only the fleet's name and tiers count, which no reconfiguration changes. */
    public ChironMetrics(ChironConfig config, Chiron chiron) {
        this.config = Objects.requireNonNull(config, "config");
        this.chiron = Objects.requireNonNull(chiron, "chiron");
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        registries.add(Objects.requireNonNull(registry, "registry"));
        Tags fleet = Tags.of("fleet", config.fleet());
        for (Figure figure : Figures.of(config.tiers(), chiron::waitingTime)) {
            Gauge.builder(figure.name(), this, metrics -> metrics.read(figure))
                    .description(figure.description())
                    .baseUnit(figure.unit())
                    .tags(fleet.and(figure.tags()))
                    .register(registry);
        }
        // A counter that is there from the start shows its first increase.
        ticks(registry);
        failures(registry, "source");
        failures(registry, "actuator");
    }

    /** Takes the figures of a tick. */
    public void record(TickReport report) {
        last = Objects.requireNonNull(report, "report");
        for (MeterRegistry registry : registries) {
            ticks(registry).increment();
            report.decisions().forEach(decision -> decisions(registry, decision).increment());
            for (String failure : report.failures()) {
                failures(registry, failure.startsWith("actuator") ? "actuator" : "source")
                        .increment();
            }
        }
    }

    private double read(Figure figure) {
        TickReport report = last;
        return report == null ? Double.NaN : figure.value().applyAsDouble(report);
    }

    private Counter ticks(MeterRegistry registry) {
        return Counter.builder("chiron.ticks")
                .description("Ticks")
                .tag("fleet", config.fleet())
                .register(registry);
    }

    private Counter decisions(MeterRegistry registry, Decision decision) {
        return Counter.builder("chiron.decisions")
                .description("Decisions by their reason")
                .tag("fleet", config.fleet())
                .tag("decision", DECISIONS.contains(decision.what()) ? decision.what() : "other")
                .tag("code", label(decision.reason().code()))
                .tag("outcome", decision.isHeld() ? "held" : "taken")
                .register(registry);
    }

    private Counter failures(MeterRegistry registry, String origin) {
        return Counter.builder("chiron.failures")
                .description("What sources threw and actuators refused")
                .tag("fleet", config.fleet())
                .tag("origin", origin)
                .register(registry);
    }

    static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
