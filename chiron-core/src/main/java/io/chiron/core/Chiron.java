package io.chiron.core;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.Phase;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.ScalingActuator;
import io.chiron.api.SloTier;
import io.chiron.api.TierLimit;
import io.chiron.api.Times;
import io.chiron.core.fleet.Capability;
import io.chiron.core.fleet.FleetInput;
import io.chiron.core.fleet.FleetPlan;
import io.chiron.core.fleet.FleetPlanner;
import io.chiron.core.fleet.FleetState;
import io.chiron.core.fleet.FleetStep;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.IterationCurve;
import io.chiron.core.local.LocalDecision;
import io.chiron.core.local.LocalInput;
import io.chiron.core.local.LocalStep;
import io.chiron.core.local.TierProfile;
import io.chiron.core.routing.RoutingTable;
import io.chiron.core.waiting.WaitingTime;
import io.chiron.core.waiting.WaitingTimeEstimator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
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

    /** A snapshot from further ahead than this comes from another clock. */
    private static final double MAX_AHEAD_SECONDS = 5;

    /** Smaller changes of a limit are not worth a call to the host; the routing table has them anyway. */
    private static final double TOLD_SHARE = 0.02;

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
        FleetSnapshot snapshot = observe(current, now, failures);
        ReasonCode blindness = blindness(snapshot, current, now);
        if (snapshot == null || blindness != null) {
            ReasonCode code = blindness == null ? ReasonCode.BLIND : blindness;
            return holdEverything(before, current, snapshot, code, failures, now);
        }

        Learned learned = learn(before, snapshot, current, now);
        List<TierProfile> tiers = learned.profiles(current.tiers());
        LocalStep local =
                current.batchSizeRule().step(before.local(), new LocalInput(snapshot.instances(), tiers, now));
        Map<String, State.Told> told = new LinkedHashMap<>();
        List<Decision> decisions = localDecisions(current, before, snapshot, local, told, now);

        Map<String, Capability> capabilities = capabilities(snapshot, local, current);
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
        RoutingTable table = Tables.of(snapshot, local, decisions, capabilities, tiers, learned, current);
        Outbox outbox = act(current, before.outbox(), snapshot, fleet, decisions, failures, now);
        String trouble = logChange(before.trouble(), failures);
        state = new State(
                learned,
                local.state(),
                told,
                fleet,
                plan,
                outbox,
                table,
                meanIterationSeconds(snapshot),
                now,
                snapshot.time(),
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

    private @Nullable FleetSnapshot observe(ChironConfig current, Instant now, List<String> failures) {
        try {
            FleetSnapshot snapshot = source.observe(current.fleet(), now);
            if (snapshot != null && !snapshot.fleet().equals(current.fleet())) {
                failures.add("source: snapshot of fleet " + snapshot.fleet() + " instead of " + current.fleet());
                return null;
            }
            return snapshot == null ? null : Snapshots.mended(snapshot, current.tiers(), failures);
        } catch (RuntimeException thrown) {
            failures.add("source: " + thrown);
            return null;
        }
    }

    private static @Nullable ReasonCode blindness(@Nullable FleetSnapshot snapshot, ChironConfig current, Instant now) {
        if (snapshot == null) {
            return ReasonCode.BLIND;
        }
        double age = Times.secondsBetween(snapshot.time(), now);
        return age > current.fleetRule().maxFlowAgeSeconds() || age < -MAX_AHEAD_SECONDS ? ReasonCode.STALE : null;
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

    /** Mean ITL of the instances that produce tokens; 0 if none does. */
    private static double meanIterationSeconds(FleetSnapshot snapshot) {
        double sum = 0;
        int count = 0;
        for (InstanceSnapshot instance : snapshot.instances()) {
            double itl =
                    instance.sample() == null ? Double.NaN : instance.sample().meanItlSeconds();
            if (itl > 0 && itl < Double.POSITIVE_INFINITY) {
                sum += itl;
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }

    /** A global period that began in the future of a clock that went back is over. */
    private static boolean isDue(@Nullable Instant last, ChironConfig current, Instant now) {
        return last == null || now.isBefore(last) || !now.isBefore(last.plus(current.globalPeriod()));
    }

    /** New limits as actions, and what was held where that was not so before. */
    private static List<Decision> localDecisions(
            ChironConfig current,
            State before,
            FleetSnapshot snapshot,
            LocalStep step,
            Map<String, State.Told> told,
            Instant now) {
        List<Decision> decisions = new ArrayList<>();
        for (InstanceSnapshot instance : snapshot.instances()) {
            LocalDecision decision = step.decisions().get(instance.id());
            if (decision == null) {
                continue;
            }
            State.Told last = before.told().get(decision.instance());
            LocalDecision previous = before.local().decision(decision.instance());
            boolean tell =
                    last == null || startedSince(last.time(), instance, now) || differs(last.decision(), decision);
            told.put(decision.instance(), tell || last == null ? new State.Told(decision, now) : last);
            if (tell) {
                decisions.add(Decision.taken(
                        now,
                        new Action.SetBatchLimits(
                                current.fleet(),
                                decision.instance(),
                                tierLimits(current.tiers(), decision.limits()),
                                current.tiers().get(decision.bindingTier()).name(),
                                decision.reason())));
            } else if (decision.held()
                    && (previous == null
                            || previous.reason().code() != decision.reason().code())) {
                decisions.add(Decision.held(now, current.fleet(), "setBatchLimits", decision.reason()));
            }
        }
        return decisions;
    }

    /** True if an engine came up under an id that was told of limits before: it does not know them. */
    private static boolean startedSince(Instant told, InstanceSnapshot instance, Instant now) {
        Instant readyAt = instance.readyAt();
        return instance.phase() == Phase.READY && readyAt != null && readyAt.isAfter(told) && !readyAt.isAfter(now);
    }

    /** Worth a call to the host: another tier binds, or a limit has moved by more than rounding. */
    private static boolean differs(LocalDecision last, LocalDecision next) {
        if (last.bindingTier() != next.bindingTier()) {
            return true;
        }
        for (int i = 0; i < next.limits().tiers(); i++) {
            if (moved(last.limits().soft(i, i), next.limits().soft(i, i))
                    || moved(last.limits().hard(i, i), next.limits().hard(i, i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean moved(int from, int to) {
        return Math.abs(to - from) > TOLD_SHARE * from;
    }

    private static List<TierLimit> tierLimits(List<SloTier> tiers, BatchLimits limits) {
        List<TierLimit> all = new ArrayList<>();
        for (int i = 0; i < tiers.size(); i++) {
            all.add(new TierLimit(tiers.get(i).name(), limits.soft(i, i), limits.hard(i, i)));
        }
        return all;
    }

    /**
     * What one instance of each kind can do: its learned curve and the widest limits of a ready instance; those of a new one
     * where none serves, so that a fleet at zero knows what it will need.
     */
    private static Map<String, Capability> capabilities(FleetSnapshot snapshot, LocalStep local, ChironConfig current) {
        Map<String, Capability> known = new TreeMap<>();
        for (InstanceSnapshot instance : snapshot.instances()) {
            IterationCurve curve = local.state().curve(instance.accelerator());
            LocalDecision decision = local.decisions().get(instance.id());
            if (instance.phase() == Phase.READY && curve != null && curve.known() && decision != null) {
                Capability last = known.get(instance.accelerator());
                if (last == null || last.limits().hard(0, 0) < decision.limits().hard(0, 0)) {
                    BatchLimits reachable = local.state().reachable(instance.accelerator());
                    known.put(
                            instance.accelerator(),
                            new Capability(curve.coefficients(), reachable == null ? decision.limits() : reachable));
                }
            }
        }
        for (String kind : current.limits().accelerators().keySet()) {
            IterationCurve curve = local.state().curve(kind);
            BatchLimits limits = local.state().limits(kind);
            if (curve != null && curve.known() && limits != null) {
                known.putIfAbsent(kind, new Capability(curve.coefficients(), limits));
            }
        }
        return known;
    }

    private Outbox act(
            ChironConfig current,
            Outbox before,
            FleetSnapshot snapshot,
            FleetState fleet,
            List<Decision> decisions,
            List<String> failures,
            Instant now) {
        if (current.dryRun()) {
            return before;
        }
        Set<String> instances = new HashSet<>();
        snapshot.instances().forEach(instance -> instances.add(instance.id()));
        Outbox outbox = before.relevant(instances, fleet.launchesUnseen(), now);
        Map<String, Action> due = new LinkedHashMap<>();
        outbox.retries().forEach(action -> due.put(Outbox.key(action), action));
        for (Decision decision : decisions) {
            if (decision.action() != null) {
                due.put(Outbox.key(decision.action()), decision.action());
            }
        }
        for (Action action : due.values()) {
            if (!outbox.mayTry(action, now)) {
                outbox = outbox.waiting(action);
                continue;
            }
            try {
                actuator.apply(action);
                outbox = outbox.taken(action);
                LOG.debug("applied {}", action);
            } catch (RuntimeException thrown) {
                outbox = outbox.refused(action, now);
                failures.add("actuator: " + action.getClass().getSimpleName() + ": " + thrown);
            }
        }
        return outbox;
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
