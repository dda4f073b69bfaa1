package io.chiron.testkit.plant;

import io.chiron.api.Checks;
import io.chiron.api.MetricSource;
import io.chiron.api.Phase;
import io.chiron.api.RequestRouter;
import io.chiron.api.Times;
import io.chiron.core.Chiron;
import io.chiron.core.ChironConfig;
import io.chiron.core.TickReport;
import io.chiron.core.routing.Router;
import io.chiron.core.routing.RouterConfig;
import io.chiron.core.routing.RoutingTable;
import io.chiron.testkit.plant.Load.Arrival;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Chiron, a router and a plant in closed loop, deterministic. Say what is special, then {@link #run} once. Confined to one
 * thread.
 */
public final class ClosedLoop {
    /** When every run begins. */
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static final double STEP_SECONDS = 0.25;

    private record Event(double atSeconds, Consumer<Live> what) {}

    private final ChironConfig config;
    private final PlantConfig plantConfig;
    private final Load load;
    private final List<Event> events = new ArrayList<>();
    private @Nullable RequestRouter router;
    private Consumer<RoutingTable> publish = table -> {};
    private UnaryOperator<MetricSource> wrapper = UnaryOperator.identity();
    private int instances = 1;
    private double tickSeconds = 1;

    private ClosedLoop(ChironConfig config, PlantConfig plantConfig, Load load) {
        this.config = Objects.requireNonNull(config, "config");
        this.plantConfig = Objects.requireNonNull(plantConfig, "plantConfig");
        this.load = Objects.requireNonNull(load, "load");
    }

    /** A loop with Chiron's own router, one ready instance, and a tick per second. */
    public static ClosedLoop of(ChironConfig config, PlantConfig plantConfig, Load load) {
        return new ClosedLoop(config, plantConfig, load);
    }

    /** Another router, without any request, and how it is told of a new table. */
    public ClosedLoop router(RequestRouter value, Consumer<RoutingTable> tables) {
        router = Objects.requireNonNull(value, "router");
        publish = Objects.requireNonNull(tables, "tables");
        return this;
    }

    /** What stands between the plant's source, faults included, and Chiron, such as a polling source. */
    public ClosedLoop source(UnaryOperator<MetricSource> value) {
        wrapper = Objects.requireNonNull(value, "source");
        return this;
    }

    /** Instances that are ready at the start; not negative. */
    public ClosedLoop instances(int value) {
        instances = Checks.inRange("loop.instances", value, 0, 1_000_000);
        return this;
    }

    /** Time between two ticks, seconds; a quarter of a second at least. */
    public ClosedLoop tickSeconds(double value) {
        tickSeconds = Checks.inRange("loop.tickSeconds", value, STEP_SECONDS, 3600);
        return this;
    }

    /** Does something at a time, such as to replace the configuration. */
    public ClosedLoop at(double seconds, Consumer<Chiron> what) {
        events.add(new Event(seconds, live -> what.accept(live.chiron)));
        return this;
    }

    /** Inflicts a fault in [from, to). Of each part one at a time. */
    public ClosedLoop fault(Fault fault, double fromSeconds, double toSeconds) {
        events.add(new Event(fromSeconds, live -> live.set(fault, true)));
        events.add(new Event(toSeconds, live -> live.set(fault, false)));
        return this;
    }

    /** Runs for so long, from the start. */
    public Run run(double seconds) {
        return new Live().run(seconds);
    }

    private final class Live {
        private final Plant plant;
        private final Chiron chiron;
        private final FaultySource source;
        private final FaultyActuator actuator;
        private final List<Event> due = new ArrayList<>(events);
        private final List<Run.Moment> moments = new ArrayList<>();
        private final Consumer<RoutingTable> tables;
        private Duration clockError = Duration.ZERO;
        private double nowSeconds;

        Live() {
            RequestRouter routing = router;
            if (routing == null) {
                Router own = new Router(config.tiers(), RouterConfig.DEFAULTS);
                routing = own;
                tables = own::publish;
            } else {
                tables = publish;
            }
            plant = new Plant(plantConfig, config.tiers(), routing, this::instant);
            source = new FaultySource(plant);
            actuator = new FaultyActuator(plant);
            chiron = new Chiron(config, wrapper.apply(source), actuator);
            due.sort(Comparator.comparingDouble(Event::atSeconds));
            String accelerator =
                    config.limits().accelerators().keySet().iterator().next();
            for (int i = 0; i < instances; i++) {
                plant.addReady(accelerator);
            }
        }

        /** The host's time; it may be wrong. */
        private Instant instant(double seconds) {
            double clamped = Math.min(seconds, 1e9);
            return START.plus(Times.duration(clamped)).plus(clockError);
        }

        private void set(Fault fault, boolean present) {
            if (fault instanceof Fault.OfSource wrong) {
                source.inflict(present ? wrong : null);
            } else if (fault instanceof Fault.OfActuator wrong) {
                actuator.inflict(present ? wrong : null);
            } else if (fault instanceof Fault.OfInstances wrong) {
                plant.inflict(wrong, present);
            } else if (fault instanceof Fault.OfClock wrong) {
                Duration error = wrong == Fault.OfClock.AHEAD_A_DAY ? Duration.ofDays(1) : Duration.ofHours(-1);
                clockError = present ? error : Duration.ZERO;
            }
        }

        private Run run(double seconds) {
            int arrived = 0;
            double nextTick = 0;
            List<Arrival> arrivals = load.arrivals();
            while (nowSeconds <= seconds) {
                while (!due.isEmpty() && due.get(0).atSeconds() <= nowSeconds) {
                    due.remove(0).what().accept(this);
                }
                if (nowSeconds >= nextTick) {
                    tick();
                    nextTick += tickSeconds;
                }
                while (arrived < arrivals.size() && arrivals.get(arrived).atSeconds() < nowSeconds + STEP_SECONDS) {
                    plant.arrive(arrivals.get(arrived++));
                }
                nowSeconds += STEP_SECONDS;
                plant.advance(STEP_SECONDS);
                actuator.advance(STEP_SECONDS);
            }
            return new Run(moments, plant.outcomes(), plant.peakPaid());
        }

        private void tick() {
            plant.measure();
            TickReport report = chiron.tick(instant(nowSeconds));
            tables.accept(chiron.routingTable());
            plant.pull();
            moments.add(new Run.Moment(nowSeconds, plant.count(Phase.READY), plant.paid(), plant.inSystem(), report));
        }
    }
}
