package io.chiron.core.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Action;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestGroup;
import io.chiron.api.Times;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds in every tick of the fleet rule in closed loop with a host that is late, lossy and moody. */
class FleetPlannerProperties {
    private static final int TICKS = 16;

    @Property(edgeCases = EdgeCasesMode.NONE)
    void quotaMaximumAndPoolMaximumHoldAlsoInTransit(@ForAll("hosts") FakeHost host) {
        run(host, (tick, before) -> {
            assertThat(host.paid()).as("fleet").isLessThanOrEqualTo(host.limits.maxInstances());
            host.limits.accelerators().forEach((kind, accelerator) -> assertThat(host.paid(kind))
                    .as(kind)
                    .isLessThanOrEqualTo(accelerator.quota()));
            Map<Pool, Integer> roles = tick.roles();
            for (Action.Launch launch : tick.actions(Action.Launch.class)) {
                assertThat(roles.get(launch.pool()))
                        .as("pool %s", launch.pool())
                        .isLessThanOrEqualTo(host.limits.range(launch.pool()).max());
            }
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void retirementNeverUndercutsAMinimum(@ForAll("hosts") FakeHost host) {
        run(host, (tick, before) -> {
            Map<Pool, Integer> roles = tick.roles();
            int all = 0;
            for (int count : roles.values()) {
                all += count;
            }
            for (InstanceSnapshot gone : tick.retired()) {
                Pool pool = gone.pool();
                assertThat(roles.get(pool))
                        .as("pool %s", pool)
                        .isGreaterThanOrEqualTo(host.limits.range(pool).min());
                assertThat(all).as("fleet").isGreaterThanOrEqualTo(host.limits.minInstances());
            }
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void readyAndStartingAtMostDoubleAndAtFirstOnlyBacklogLaunches(@ForAll("hosts") FakeHost host) {
        run(host, (tick, before) -> {
            int launches = tick.actions(Action.Launch.class).size();
            if (launches == 0) {
                return;
            }
            Roster roster = tick.roster();
            int cancelled = tick.actions(Action.CancelDrain.class).size();
            int ready = roster.ready().size() + cancelled;
            int least = Math.max(1, host.limits.minInstances());
            assertThat(roster.counted() + cancelled + launches).isLessThanOrEqualTo(Math.max(least, 2 * ready));
            FleetSnapshot snapshot = tick.snapshot();
            boolean waiting =
                    snapshot.flow("chat") != null && snapshot.flow("chat").waitingRequests() > 0;
            boolean learned = host.config.interactiveRule() == FleetConfig.InteractiveRule.WORK;
            if (learned && host.age() - FakeHost.PERIOD_SECONDS < host.config.warmUpSeconds() && !waiting) {
                int minimum = Math.max(least, poolMinimum(host));
                assertThat(roster.counted() + cancelled + launches)
                        .as("warm-up")
                        .isLessThanOrEqualTo(minimum);
            }
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void downStepsFollowTheLargestWantOfTheHoldWindow(@ForAll("hosts") FakeHost host) {
        List<HostTick> past = new ArrayList<>();
        run(host, (tick, before) -> {
            double hold = tick.hold();
            // A role that is launched where roles are fixed takes the place of another.
            if (!tick.retired().isEmpty() && host.config.reassign()) {
                boolean queue = tick.snapshot().groups() != null
                        && !tick.snapshot().groups().isEmpty();
                for (int i = past.size() - 1; i >= 0; i--) {
                    HostTick earlier = past.get(i);
                    hold = Math.min(hold, earlier.hold());
                    if (Times.secondsBetween(earlier.input().now(), tick.input().now()) > hold) {
                        break;
                    }
                    List<Action.Launch> launches = earlier.actions(Action.Launch.class);
                    ReasonCode code = launches.isEmpty()
                            ? ReasonCode.STEADY
                            : launches.get(0).reason().code();
                    if (code == ReasonCode.INTERACTIVE_BACKPRESSURE || code == ReasonCode.BATCH_BACKPRESSURE && queue) {
                        int then = Math.min(
                                earlier.step().plan().wantedInstances(),
                                earlier.roster().counted() + launches.size());
                        // Of what was wanted for a load that falls on a line since, what is left of it.
                        double age = Times.secondsBetween(
                                earlier.input().now(), tick.input().now());
                        double left = code == ReasonCode.INTERACTIVE_BACKPRESSURE
                                ? trend(tick).decline(age)
                                : 1;
                        int least = (int) Math.floor(then * left);
                        assertThat(tick.step().plan().wantedInstances()).isGreaterThanOrEqualTo(least);
                    }
                    List<RequestGroup> groups = earlier.snapshot().groups();
                    queue = queue && (groups == null || !groups.isEmpty());
                }
            }
            past.add(tick);
        });
    }

    private static Trend trend(HostTick tick) {
        return tick.step().decisions().stream()
                .map(each -> each.reason().numbers())
                .filter(numbers -> numbers.containsKey("interactiveTrendPerSecond"))
                .map(numbers -> new Trend(numbers.get("interactiveLevel"), numbers.get("interactiveTrendPerSecond")))
                .findAny()
                .orElse(new Trend(0, 0));
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void nothingIsRetiredThatAGroupNeedsLateOnesToo(@ForAll("hosts") FakeHost host) {
        run(host, (tick, before) -> {
            List<RequestGroup> groups = tick.snapshot().groups();
            if (tick.retired().isEmpty() || groups == null || tick.makesRoom()) {
                return;
            }
            int left = tick.roster().counted() - tick.retired().size();
            double tokens = 0;
            for (RequestGroup group : DeadlineGroups.ordered(groups)) {
                tokens += 300.0 * group.count();
                double seconds = Math.max(0, Times.secondsBetween(tick.input().now(), group.deadline()));
                assertThat(left * Fleets.BATCH_RATE * seconds).isGreaterThanOrEqualTo(tokens);
            }
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void nothingIsRetiredOnAMissingOrStaleMeasurement(@ForAll("hosts") FakeHost host) {
        run(host, (tick, before) -> {
            FleetSnapshot snapshot = tick.snapshot();
            boolean blind = snapshot.groups() == null
                    || snapshot.flow("chat") == null
                    || !snapshot.flow("chat").time().equals(tick.input().now());
            assertThat(blind && !tick.retired().isEmpty()).isFalse();
            for (Action.Drain drain : tick.actions(Action.Drain.class)) {
                InstanceSnapshot instance = tick.instance(drain.instance());
                assertThat(instance.sample().time())
                        .as("sample")
                        .isEqualTo(tick.input().now());
            }
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void startingGoesBeforeReadyAndReadyLivesALeadTime(@ForAll("hosts") FakeHost host) {
        run(host, (tick, before) -> {
            List<Action.Drain> drains = tick.actions(Action.Drain.class);
            if (drains.isEmpty()) {
                return;
            }
            double lead = tick.step().plan().leadSeconds();
            for (Action.Drain drain : drains) {
                assertThat(Times.secondsBetween(
                                tick.instance(drain.instance()).readyAt(),
                                tick.input().now()))
                        .isGreaterThanOrEqualTo(lead);
            }
            if (host.config.reassign()) {
                Set<String> gone = new HashSet<>();
                tick.actions(Action.Retire.class).forEach(retire -> gone.add(retire.instance()));
                for (InstanceSnapshot starting : tick.roster().starting()) {
                    boolean poolNeedsIt = host.limits.range(starting.pool()).min() > 0;
                    assertThat(gone.contains(starting.id()) || poolNeedsIt)
                            .as(starting.id())
                            .isTrue();
                }
                assertThat(tick.roster().counted()
                                - tick.retired().size()
                                - tick.roster().unseen().size())
                        .as("launches that are not seen yet cannot stand in for what serves")
                        .isGreaterThanOrEqualTo(tick.step().plan().wantedInstances());
            }
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void rolesAreChangedAndDrainsTakenBackBeforeALaunch(@ForAll("hosts") FakeHost host) {
        run(host, (tick, before) -> {
            List<Action.Launch> launches = tick.actions(Action.Launch.class);
            if (launches.isEmpty()) {
                return;
            }
            Roster roster = tick.roster();
            int cancelled = tick.actions(Action.CancelDrain.class).size();
            if (host.config.reassign() && host.limits.pools().isEmpty()) {
                assertThat(cancelled)
                        .as("drains taken back")
                        .isEqualTo(roster.draining().size());
            }
            assertThat(roster.counted() + cancelled + launches.size())
                    .as("a role in surplus is no reason to launch")
                    .isLessThanOrEqualTo(tick.step().plan().wantedInstances());
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void savedWorkIsNotStrandedAndWithoutBatchWorkAllAreMixed(@ForAll("hosts") FakeHost host) {
        run(host, (tick, before) -> {
            for (Action.Reassign reassign : tick.actions(Action.Reassign.class)) {
                InstanceSnapshot instance = tick.instance(reassign.instance());
                boolean saved = instance.sample() != null && instance.sample().savedKvTokens() > 0;
                assertThat(saved && reassign.pool() == Pool.INTERACTIVE).isFalse();
            }
            boolean idle =
                    tick.snapshot().groups() != null && tick.snapshot().groups().isEmpty();
            for (InstanceSnapshot each : tick.snapshot().instances()) {
                idle = idle
                        && (each.sample() == null || each.sample().usage("jobs").runningNow() == 0);
            }
            if (idle && host.limits.pools().isEmpty()) {
                Map<Pool, Integer> pools = tick.step().plan().wantedPools();
                assertThat(pools.get(Pool.INTERACTIVE) + pools.get(Pool.BATCH)).isZero();
                if (host.config.reassign()) {
                    for (InstanceSnapshot each : tick.after()) {
                        boolean serves = each.phase() == Phase.READY
                                && tick.snapshot().instances().stream()
                                        .anyMatch(seen -> seen.id().equals(each.id()));
                        assertThat(serves && each.pool() != Pool.MIXED)
                                .as(each.id())
                                .isFalse();
                    }
                }
            }
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void stuckStartsAreReportedNotCountedAndReplaced(@ForAll("hosts") FakeHost host) {
        run(host, (tick, before) -> {
            double lead = tick.step().plan().leadSeconds();
            int stuck = 0;
            for (InstanceSnapshot instance : tick.snapshot().instances()) {
                LeadTimes.Pending launch = before.leads.pending().get(String.valueOf(instance.launchId()));
                if (instance.phase() == Phase.STARTING
                        && launch != null
                        && Times.secondsBetween(launch.askedAt(), tick.input().now()) > Math.max(30, 2 * lead)) {
                    stuck++;
                }
            }
            FleetPlan plan = tick.step().plan();
            assertThat(plan.stuckInstances()).isEqualTo(stuck);
            boolean said = tick.step().decisions().stream()
                    .anyMatch(decision -> decision.reason().code() == ReasonCode.STUCK);
            assertThat(said).isEqualTo(stuck > 0);
            int asked = tick.actions(Action.Launch.class).size()
                    + tick.actions(Action.CancelDrain.class).size();
            boolean limited = tick.step().decisions().stream()
                    .anyMatch(decision -> decision.reason().code() == ReasonCode.AT_LIMIT);
            assertThat(plan.readyInstances() + plan.startingInstances() + asked >= plan.wantedInstances() || limited)
                    .as("what is stuck is replaced, or the report says why not")
                    .isTrue();
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void everyLaunchHasItsOwnIdAndTheSameInputsGiveTheSameStep(@ForAll("hosts") FakeHost host) {
        Set<String> asked = new HashSet<>();
        run(host, (tick, before) -> {
            FleetStep again = FleetPlanner.step(before, tick.input());
            assertThat(again.decisions()).isEqualTo(tick.step().decisions());
            assertThat(again.plan()).isEqualTo(tick.step().plan());
            Set<String> overdue = tick.roster().overdue().keySet();
            for (Action.Launch launch : tick.actions(Action.Launch.class)) {
                assertThat(asked.add(launch.launchId()))
                        .as("an id of its own, or that of a launch that nobody saw")
                        .isNotEqualTo(overdue.contains(launch.launchId()));
            }
            assertThat(host.launched()).containsExactlyInAnyOrderElementsOf(asked);
            Set<String> unseen = new HashSet<>(tick.step().state().launchesUnseen());
            tick.actions(Action.Launch.class)
                    .forEach(launch -> assertThat(unseen).contains(launch.launchId()));
        });
    }

    private static void run(FakeHost host, BiConsumer<HostTick, FleetState> check) {
        for (int i = 0; i < TICKS; i++) {
            FleetState before = host.state();
            check.accept(host.tick(), before);
        }
    }

    @Provide
    Arbitrary<FakeHost> hosts() {
        return Arbitraries.randomValue(random -> new FakeHost(new Random(random.nextLong())));
    }

    private static int poolMinimum(FakeHost host) {
        int sum = 0;
        for (Pool pool : Pool.values()) {
            sum += host.limits.range(pool).min();
        }
        return sum;
    }
}
