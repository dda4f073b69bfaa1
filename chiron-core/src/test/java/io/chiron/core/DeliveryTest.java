package io.chiron.core;

import static io.chiron.core.Hosts.CHAT;
import static io.chiron.core.Hosts.START;
import static io.chiron.core.Hosts.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Action;
import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.RequestClass;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.api.TierUsage;
import io.chiron.core.fleet.FleetConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What reaches the host is what was decided, and nothing that has become wrong since. */
class DeliveryTest {
    private static final SloTier NIGHT =
            new SloTier("night", RequestClass.BATCH, new Slo(Duration.ofHours(8), Duration.ofSeconds(2)));

    private FleetSnapshot next;

    @Test
    void drainingEvictsEveryBatchTier() {
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = new Chiron(threeTiers(3), (fleet, now) -> next, actuator);
        for (int second = 0; second < 55; second += 5) {
            next = busy(second);
            chiron.tick(at(second));
        }
        chiron.reconfigure(threeTiers(1));
        next = busy(55);
        actuator.applied.clear();
        TickReport report = chiron.tick(at(55));
        List<String> decided = new ArrayList<>();
        report.decisions().forEach(each -> {
            if (each.action() instanceof Action.Evict evict) {
                decided.add(evict.tier());
            }
        });
        List<String> applied = new ArrayList<>();
        actuator.applied.forEach(each -> {
            if (each instanceof Action.Evict evict) {
                applied.add(evict.tier());
            }
        });
        assertThat(decided).containsExactlyInAnyOrder("jobs", "night");
        assertThat(applied).isEqualTo(decided);
    }

    private static ChironConfig threeTiers(int most) {
        return ChironConfig.builder("f", List.of(CHAT, Hosts.JOBS, NIGHT), FleetLimits.of(1, most))
                .fleetRule(FleetConfig.builder()
                        .warmUpSeconds(0)
                        .holdSeconds(10)
                        .initialLeadSeconds(5)
                        .build())
                .build();
    }

    /** Two instances that run requests of all three tiers. */
    private static FleetSnapshot busy(int second) {
        Instant now = at(second);
        InstanceSample sample = InstanceSample.builder(now, 1)
                .tiers(List.of(
                        new TierUsage("chat", 2, 2, 100),
                        new TierUsage("jobs", 5, 5, 100),
                        new TierUsage("night", 7, 7, 100)))
                .iterations(50)
                .prefillTokens(100)
                .meanItlSeconds(0.02)
                .kv(1000, 1_000_000)
                .preemptions(0)
                .savedKvTokens(0)
                .waitingRequests(0)
                .build();
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            instances.add(Hosts.instance("i" + i, Phase.READY, START.minusSeconds(3600))
                    .withSample(sample));
        }
        return new FleetSnapshot("f", now, instances, List.of(Hosts.flow("chat", now, 1, 0)), List.of());
    }

    @Test
    void takingBackADrainAndChangingTheRoleAreBothApplied() {
        Map<String, Pool> pools = new HashMap<>(Map.of("i0", Pool.MIXED, "i1", Pool.BATCH));
        Map<String, Phase> phases = new HashMap<>(Map.of("i0", Phase.READY, "i1", Phase.DRAINING));
        List<Action> applied = new ArrayList<>();
        Chiron chiron = new Chiron(Hosts.config(2, 4).build(), (fleet, now) -> next, action -> {
            applied.add(action);
            if (action instanceof Action.CancelDrain cancel) {
                phases.put(cancel.instance(), Phase.READY);
            } else if (action instanceof Action.Reassign reassign) {
                pools.put(reassign.instance(), reassign.pool());
            }
        });
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (String id : List.of("i0", "i1")) {
            instances.add(InstanceSnapshot.of(id, pools.get(id), phases.get(id), START.minusSeconds(3600))
                    .withSample(Hosts.sample(START, 20)));
        }
        next = new FleetSnapshot("f", START, instances, List.of(Hosts.flow("chat", START, 1, 0)), List.of());
        TickReport report = chiron.tick(START);
        assertThat(report.decisions()).anyMatch(each -> each.action() instanceof Action.CancelDrain);
        assertThat(report.decisions()).anyMatch(each -> each.action() instanceof Action.Reassign);
        assertThat(chiron.routingTable().rows()).anyMatch(row -> row.instance().equals("i1") && row.accepting());
        assertThat(phases).as("what the router is told is what the host does").containsEntry("i1", Phase.READY);
    }

    /** A host with fixed roles refuses each change of one; that says nothing of other actions. */
    @Test
    void aRefusedReassignmentDoesNotHoldBackTheEndOfAFailedInstance() {
        List<Action> applied = new ArrayList<>();
        Chiron chiron = new Chiron(Hosts.config(1, 4).build(), (fleet, now) -> next, action -> {
            if (action instanceof Action.Reassign) {
                throw new IllegalStateException("roles are fixed here");
            }
            applied.add(action);
        });
        for (int t = 0; t <= 60; t += 5) {
            Instant now = at(t);
            Phase phase = t == 60 ? Phase.FAILED : Phase.READY;
            next = new FleetSnapshot(
                    "f",
                    now,
                    List.of(
                            Hosts.instance("i0", Phase.READY, START).withSample(Hosts.sample(now, 20)),
                            InstanceSnapshot.of("i1", Pool.BATCH, phase, START).withSample(Hosts.sample(now, 20))),
                    List.of(Hosts.flow("chat", now, 1, 0)),
                    List.of());
            chiron.tick(now);
        }
        assertThat(applied)
                .anyMatch(each -> each instanceof Action.Retire retire
                        && retire.instance().equals("i1"));
    }

    @Test
    void aRefusedLaunchIsNotTriedAgainBeyondTheMaximum() {
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = new Chiron(Hosts.config(4, 4).build(), (fleet, now) -> next, actuator);
        next = Hosts.healthy(START, 3, 1, 0, List.of());
        actuator.refuses = true;
        chiron.tick(START);
        assertThat(actuator.refused).anyMatch(each -> each instanceof Action.Launch);
        chiron.reconfigure(Hosts.config(1, 3).build());
        actuator.refuses = false;
        for (int t = 1; t < 60; t++) {
            next = Hosts.healthy(at(t), 3, 1, 0, List.of());
            chiron.tick(at(t));
        }
        assertThat(actuator.applied).noneMatch(each -> each instanceof Action.Launch);
    }

    /** The launched instance is not listed for some seconds, as in any cluster. */
    @Test
    void aClockThatStepsBackLaunchesNothingTwice() {
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = new Chiron(Hosts.config(3, 3).build(), (fleet, now) -> next, actuator);
        for (double t : new double[] {0, 1, 2, 1.5, -0.5, 0.5, 1.5}) {
            // The launched instance is not listed yet, as after a few seconds in any cluster.
            next = Hosts.healthy(at(t), 2, 1, 0, List.of());
            chiron.tick(at(t));
        }
        long launches = actuator.applied.stream()
                .filter(each -> each instanceof Action.Launch)
                .count();
        assertThat(2 + launches).as("instances").isLessThanOrEqualTo(3);
    }

    /** A second launch in a millisecond that the clock shows twice is another launch. */
    @Test
    void launchesOfTheSameMillisecondDiffer() {
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = new Chiron(Hosts.config(2, 4).build(), (fleet, now) -> next, actuator);
        next = Hosts.healthy(START, 1, 1, 0, List.of());
        chiron.tick(START);
        next = Hosts.healthy(at(-6), 1, 1, 0, List.of());
        chiron.tick(at(-6));
        chiron.reconfigure(Hosts.config(3, 4).build());
        next = Hosts.healthy(START, 1, 1, 0, List.of());
        chiron.tick(START);
        List<String> ids = new ArrayList<>();
        actuator.applied.forEach(each -> {
            if (each instanceof Action.Launch launch) {
                ids.add(launch.launchId());
            }
        });
        assertThat(ids).hasSize(2).doesNotHaveDuplicates();
    }

    /** The engine behind an id is another one after a restart. */
    @Test
    void anEngineThatStartedAgainIsToldItsLimitsAgain() {
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = new Chiron(Hosts.config(), (fleet, now) -> next, actuator);
        for (int second = 0; second < 60; second++) {
            Instant readyAt = second < 50 ? START.minusSeconds(10) : at(50);
            next = new FleetSnapshot(
                    "f",
                    at(second),
                    List.of(Hosts.instance("i0", Phase.READY, readyAt).withSample(Hosts.sample(at(second), 20))),
                    List.of(Hosts.flow("chat", at(second), 1, 0)),
                    List.of());
            actuator.applied.clear();
            chiron.tick(at(second));
            assertThat(second < 45 || second == 50 == !actuator.applied.isEmpty())
                    .as("at %d: %s", second, actuator.applied)
                    .isTrue();
        }
    }

    /** What was learned before the last instance went is not forgotten: a fleet at zero knows what a queue needs. */
    @Test
    void aFleetThatComesBackFromZeroPlansWithTheCurveItHadLearned() {
        Chiron chiron = new Chiron(Hosts.config(0, 20).build(), (fleet, now) -> next, new Hosts.Actuator());
        for (int second = 0; second < 60; second++) {
            next = Hosts.healthy(at(second), second < 40 ? 2 : 0, 1, 0, List.of());
            chiron.tick(at(second));
        }
        next = Hosts.healthy(at(60), 0, 30, 500, List.of());
        assertThat(chiron.tick(at(60)).plan().wantedInstances()).isGreaterThan(2);
    }
}
