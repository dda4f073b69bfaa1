package io.chiron.core;

import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.ScalingActuator;
import io.chiron.api.SloTier;
import io.chiron.api.Times;
import io.chiron.core.fleet.Capability;
import io.chiron.core.fleet.FleetInput;
import io.chiron.core.fleet.FleetPlan;
import io.chiron.core.fleet.FleetPlanner;
import io.chiron.core.fleet.FleetState;
import io.chiron.core.fleet.FleetStep;
import io.chiron.core.local.LocalDecision;
import io.chiron.core.local.LocalInput;
import io.chiron.core.local.LocalStep;
import io.chiron.core.local.TierProfile;
import io.chiron.core.routing.RoutingTable;
import io.chiron.core.waiting.WaitingTime;
import io.chiron.core.waiting.WaitingTimeEstimator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller of one fleet: observe, decide, act, once per {@link #tick}. Every decision is made by pure functions; this
 * shell keeps the state between ticks, calls the host, and logs.
 *
 * <p>Owns no thread and no clock. {@code tick} and {@code reconfigure} may be called from any thread, one at a time (a
 * second caller waits); the queries read the last published state and never wait. {@code tick} never throws for what a
 * source or an actuator does.
 */
public final class Chiron {
    private static final Logger LOG = LoggerFactory.getLogger(Chiron.class);

    private final MetricSource source;
    private final ScalingActuator actuator;
    private volatile ChironConfig config;
    private volatile State state;

    /** A controller that has seen nothing yet. */
    public Chiron(ChironConfig config, MetricSource source, ScalingActuator actuator) {
        this.config = Objects.requireNonNull(config, "config");
        this.source = Objects.requireNonNull(source, "source");
        this.actuator = Objects.requireNonNull(actuator, "actuator");
        this.state = State.initial(config);
    }

    /**
     * Looks at the fleet once and acts. The local loop runs in every tick, the fleet rule when its period has passed.
     *
     * @param now the host's time; may jump either way
     */
    public synchronized TickReport tick(Instant now) {
        Objects.requireNonNull(now, "now");
        ChironConfig current = config;
        State before = state;
        List<String> failures = new ArrayList<>();
        FleetSnapshot snapshot = Observation.of(source, current, now, failures);
        ReasonCode blindness = Observation.blindness(snapshot, before.lastListed(), current, now);
        if (snapshot == null || blindness != null) {
            ReasonCode code = blindness == null ? ReasonCode.BLIND : blindness;
            return holdEverything(before, current, snapshot, code, failures, now);
        }

        Learned learned = learn(before, snapshot, current, now);
        List<TierProfile> tiers = learned.profiles(current.tiers());
        LocalStep local =
                current.batchSizeRule().step(before.local(), new LocalInput(snapshot.instances(), tiers, now));
        List<@Nullable LocalDecision> limits = Observation.byPosition(snapshot, local.decisions());
        LimitNews news = LimitNews.of(current, before, snapshot, limits, now);
        List<Decision> decisions = new ArrayList<>(news.decisions());

        Map<String, Capability> capabilities = Observation.capabilities(snapshot, local.state(), limits, current);
        FleetState fleet = before.fleet().withRoomFor(before.outbox().refusedLaunches(), snapshot, current.limits());
        FleetPlan plan = before.plan();
        boolean planned = isDue(before.lastGlobal(), current, now);
        if (planned) {
            FleetStep step = FleetPlanner.step(
                    fleet,
                    new FleetInput(
                            snapshot,
                            tiers,
                            capabilities,
                            current.limits(),
                            current.fleetRule(),
                            Times.seconds(current.globalPeriod()),
                            now));
            fleet = step.state();
            plan = step.plan();
            decisions.addAll(step.decisions());
        }
        RoutingTable table = Tables.of(snapshot, limits, decisions, capabilities, tiers, learned, current);
        Outbox outbox = current.dryRun()
                ? before.outbox()
                : Delivery.act(actuator, before.outbox(), snapshot, fleet, decisions, failures, now);
        String trouble = logChange(before.trouble(), failures);
        state = new State(
                learned,
                local.state(),
                news.told(),
                fleet,
                plan,
                outbox,
                table,
                Observation.meanIterationSeconds(snapshot),
                now,
                snapshot.time(),
                snapshot.instances().isEmpty() ? before.lastListed() : now,
                planned ? now : before.lastGlobal(),
                trouble);
        return new TickReport(
                now, snapshot, null, local.decisions(), plan, planned, decisions, failures, current.dryRun());
    }

    /** Replaces the configuration from the next tick on. The tiers must stay: what was learned is kept per tier. */
    public synchronized void reconfigure(ChironConfig newConfig) {
        Objects.requireNonNull(newConfig, "config");
        if (!newConfig.tiers().equals(config.tiers()) || !newConfig.fleet().equals(config.fleet())) {
            throw new IllegalArgumentException("config.tiers and config.fleet = " + newConfig.tiers() + ", "
                    + newConfig.fleet() + " are not allowed; allowed: the present ones, or a new controller");
        }
        if (config.dryRun() && !newConfig.dryRun()) {
            // Nobody was told what the dry run decided.
            state = state.untold();
        }
        config = newConfig;
    }

    /** What a router needs of the last decisions. */
    public RoutingTable routingTable() {
        return state.table();
    }

    /** The newest plan of the fleet rule; null before its first run. */
    public @Nullable FleetPlan plan() {
        return state.plan();
    }

    /**
     * How long a request waits that joins the queue of a tier.
     *
     * @param tier name of the tier
     * @param position requests ahead of it, itself included; not negative
     * @throws IllegalArgumentException if the fleet has no such tier
     */
    public WaitingTime waitingTime(String tier, long position) {
        State now = state;
        List<SloTier> tiers = config.tiers();
        for (int i = 0; i < tiers.size(); i++) {
            if (tiers.get(i).name().equals(tier)) {
                return WaitingTimeEstimator.estimate(
                        position,
                        now.learned().stats(i),
                        now.learned().rates().get(i),
                        now.iterationSeconds(),
                        now.learned().bands().get(i));
            }
        }
        throw new IllegalArgumentException("tier = " + tier + " is not allowed; allowed: " + tiers);
    }

    private TickReport holdEverything(
            State before,
            ChironConfig current,
            @Nullable FleetSnapshot snapshot,
            ReasonCode code,
            List<String> failures,
            Instant now) {
        List<Decision> decisions = List.of(
                Decision.held(now, current.fleet(), "tick", Reason.of(code).rejecting("every change")));
        String trouble = logChange(before.trouble(), failures.isEmpty() ? List.of("source: " + code) : failures);
        state = new State(
                before.learned(),
                before.local(),
                before.told(),
                before.fleet(),
                before.plan(),
                before.outbox(),
                before.table(),
                before.iterationSeconds(),
                now,
                before.lastSnapshot(),
                before.lastListed(),
                before.lastGlobal(),
                trouble);
        return new TickReport(
                now, snapshot, code, Map.of(), before.plan(), false, decisions, failures, current.dryRun());
    }

    private static Learned learn(State before, FleetSnapshot snapshot, ChironConfig current, Instant now) {
        double since = before.lastSnapshot() == null
                ? 0
                : Math.min(60, Times.secondsBetween(before.lastSnapshot(), snapshot.time()));
        return before.learned()
                .observe(snapshot, current.tiers(), since, current.fleetRule().maxFlowAgeSeconds(), now);
    }

    /** A global period that began in the future of a clock that went back is over. */
    private static boolean isDue(@Nullable Instant last, ChironConfig current, Instant now) {
        return last == null || now.isBefore(last) || !now.isBefore(last.plus(current.globalPeriod()));
    }

    /** Logs trouble once when it comes, changes or goes. */
    private String logChange(String before, List<String> failures) {
        String trouble = failures.isEmpty() ? "" : failures.get(0);
        if (!trouble.equals(before)) {
            if (trouble.isEmpty()) {
                LOG.info("fleet {}: source and actuator work again", config.fleet());
            } else {
                LOG.warn("fleet {}: {} ({} failures in this tick)", config.fleet(), trouble, failures.size());
            }
        }
        return trouble;
    }
}
