package io.chiron.core;

import static io.chiron.core.Hosts.START;
import static io.chiron.core.Hosts.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestGroup;
import io.chiron.api.TierFlow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The shell before hosts of every kind. */
class ChironProperties {
    private FleetSnapshot next;
    private RuntimeException thrown;

    private Chiron chiron(ChironConfig config, Hosts.Actuator actuator) {
        return new Chiron(
                config,
                (fleet, now) -> {
                    if (thrown != null) {
                        throw thrown;
                    }
                    return next;
                },
                actuator);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void nothingThatASourceSaysOrAnActuatorDoesMakesATickThrow(@ForAll long seed) {
        Random random = new Random(seed);
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = chiron(Hosts.config(random.nextInt(3), 8).build(), actuator);
        double second = 0;
        for (int i = 0; i < 16; i++) {
            second += random.nextInt(10) == 0 ? random.nextInt(200_000) - 100_000 : random.nextInt(6);
            thrown = random.nextInt(10) == 0 ? new IllegalStateException("down") : null;
            actuator.refuses = random.nextInt(4) == 0;
            next = random.nextBoolean()
                    ? Hosts.any(random, at(second))
                    : Hosts.healthy(
                            at(second), 1 + random.nextInt(4), random.nextInt(30), random.nextInt(5), List.of());
            TickReport report = chiron.tick(at(second));
            assertThat(report.time()).isEqualTo(at(second));
            assertThat(report.snapshot() != null)
                    .isEqualTo(thrown == null && next.fleet().equals("f"));
            for (Decision decision : report.decisions()) {
                assertThat(decision.reason()).isNotNull();
            }
            chiron.waitingTime("jobs", random.nextInt(1000)).quantileSeconds(0.9);
            assertThat(chiron.routingTable().costs()).isNotNull();
        }
    }

    /** Launches in this run are at most what quota allows, whatever comes. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    void whatCannotBeTrueStartsNoMoreThanTheMaximum(@ForAll long seed) {
        Random random = new Random(seed);
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = chiron(Hosts.config(random.nextBoolean() ? 6 : 0, 6).build(), actuator);
        for (int i = 0; i < 12; i++) {
            thrown = null;
            next = Hosts.any(random, at(5 * i));
            actuator.applied.clear();
            chiron.tick(at(5 * i));
            long launches = actuator.applied.stream()
                    .filter(action -> action instanceof Action.Launch)
                    .count();
            long paid = next.instances().stream()
                    .map(InstanceSnapshot::id)
                    .distinct()
                    .count();
            assertThat(launches).isLessThanOrEqualTo(6);
            assertThat(launches > 0 && launches + paid > 6 + failed(next)).isFalse();
        }
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void blindAndStaleHoldEverything(
            @ForAll @IntRange(max = 5) int trouble, @ForAll @IntRange(min = 1, max = 6) int ready) {
        thrown = null;
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = chiron(Hosts.config(3, 20).build(), actuator);
        if (trouble % 2 == 0) {
            next = Hosts.healthy(START, ready, 3, 0, List.of());
            chiron.tick(START);
        }
        actuator.applied.clear();
        var table = chiron.routingTable();
        var plan = chiron.plan();
        for (int second = 60; second < 70; second++) {
            Instant now = at(second);
            FleetSnapshot healthy = Hosts.healthy(now, 0, 100, 1000, List.of());
            next = switch (trouble) {
                case 0 -> null;
                case 1 -> new FleetSnapshot("other", now, healthy.instances(), healthy.flows(), List.of());
                case 2 -> Hosts.healthy(now.minusSeconds(46), 0, 100, 1000, List.of());
                case 3 -> Hosts.healthy(now.plusSeconds(6), 0, 100, 1000, List.of());
                default -> healthy;
            };
            thrown = trouble > 3 ? new IllegalStateException("down") : null;
            TickReport report = chiron.tick(now);
            assertThat(report.blindness())
                    .isEqualTo(trouble == 2 || trouble == 3 ? ReasonCode.STALE : ReasonCode.BLIND);
            assertThat(report.decisions()).hasSize(1).allMatch(Decision::isHeld);
            assertThat(report.failures()).hasSize(trouble == 1 || trouble > 3 ? 1 : 0);
        }
        assertThat(actuator.applied).isEmpty();
        assertThat(chiron.routingTable()).isSameAs(table);
        assertThat(chiron.plan()).isSameAs(plan);
    }

    /** Instances were there, and now no list, no traffic: the source is broken. For ten minutes; then the fleet is lost. */
    @Property(tries = 20)
    void aSourceThatTellsNothingAnyMoreIsBrokenAndAFleetThatNeverWasIsStarted(
            @ForAll @IntRange(max = 3) int ready, @ForAll boolean stale) {
        thrown = null;
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = chiron(Hosts.config(3, 20).build(), actuator);
        next = Hosts.healthy(START, ready, 3, 0, List.of());
        chiron.tick(START);
        var table = chiron.routingTable();
        actuator.applied.clear();
        for (int second = 5; second <= 700; second += 5) {
            Instant now = at(second);
            List<TierFlow> flows = stale ? List.of(Hosts.flow("chat", now.minusSeconds(50), 3, 0)) : List.of();
            next = new FleetSnapshot("f", now, List.of(), flows, List.of());
            boolean broken = ready > 0 && second <= 600;
            assertThat(chiron.tick(now).blindness()).isEqualTo(broken ? ReasonCode.BLIND : null);
            assertThat(!broken || chiron.routingTable() == table).isTrue();
            assertThat(broken && actuator.scaled()).isFalse();
        }
        assertThat(actuator.scaled()).isEqualTo(true);
        next = Hosts.healthy(at(705), ready, 3, 0, List.of());
        assertThat(chiron.tick(at(705)).blindness()).isNull();
    }

    /** Traffic that is known is a sign that the list is too: whoever is gone is replaced at once. */
    @Test
    void anEmptyListBesideFreshTrafficIsALostFleet() {
        thrown = null;
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = chiron(Hosts.config(1, 20).build(), actuator);
        next = Hosts.healthy(START, 1, 3, 0, List.of());
        chiron.tick(START);
        actuator.applied.clear();
        next = Hosts.healthy(at(5), 0, 3, 5, List.of());
        chiron.tick(at(5));
        assertThat(actuator.applied).anyMatch(action -> action instanceof Action.Launch);
    }

    /** Through the shell: an idle fleet shrinks, one whose traffic is unknown does not. */
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void noTrafficAndNoDataAreDifferent(@ForAll @IntRange(min = 2, max = 8) int ready, @ForAll boolean known) {
        thrown = null;
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = chiron(Hosts.config(1, 20).build(), actuator);
        for (int second = 0; second < 100; second++) {
            FleetSnapshot idle = Hosts.healthy(at(second), ready, 0, 0, List.of());
            next = known ? idle : new FleetSnapshot("f", idle.time(), idle.instances(), List.of(), List.of());
            chiron.tick(at(second));
            if (second < 30) {
                assertThat(actuator.scaled()).isFalse();
            }
        }
        assertThat(actuator.applied.stream().anyMatch(action -> action instanceof Action.Drain))
                .isEqualTo(known);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void duplicateIdsAndStrangeGroupsAreNamedAndLeftOut(
            @ForAll @IntRange(min = 1, max = 5) int ready, @ForAll @IntRange(max = 3) int twice) {
        thrown = null;
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = chiron(Hosts.config(), actuator);
        FleetSnapshot clean = Hosts.healthy(START, ready, 1, 0, List.of());
        List<InstanceSnapshot> instances = new ArrayList<>(clean.instances());
        for (int i = 0; i < twice; i++) {
            instances.add(clean.instances().get(i % ready));
        }
        next = new FleetSnapshot(
                "f", START, instances, clean.flows(), List.of(new RequestGroup("stranger", 1, START, START, 1, 0)));
        TickReport report = chiron.tick(START);
        assertThat(report.failures()).hasSize(twice + 1).allMatch(text -> text.startsWith("source: "));
        assertThat(report.local()).hasSize(ready);
        assertThat(report.plan().readyInstances()).isEqualTo(ready);
        assertThat(report.plan().batchBackpressure() + report.plan().infeasibleGroups())
                .isZero();
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void clockThatJumpsNeitherThrowsNorBurstsAndGoesOn(
            @ForAll @IntRange(min = 2, max = 6) int ready, @ForAll @IntRange(max = 2) int jump) {
        thrown = null;
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = chiron(Hosts.config(1, 20).build(), actuator);
        for (int second = 0; second < 40; second++) {
            next = Hosts.healthy(at(second), ready, 3 * ready, 0, List.of());
            chiron.tick(at(second));
        }
        actuator.applied.clear();
        int offset = new int[] {-3600, 86_400, -40}[jump];
        for (int second = 40; second < 65; second++) {
            next = Hosts.healthy(at(second + offset), ready, 1, 0, List.of());
            TickReport report = chiron.tick(at(second + offset));
            assertThat(report.blindness()).isNull();
            assertThat(actuator.scaled()).isFalse();
        }
        for (int second = 65; second < 130; second++) {
            next = Hosts.healthy(at(second + offset), ready, 0, 0, List.of());
            chiron.tick(at(second + offset));
        }
        assertThat(actuator.scaled()).as("it goes on").isTrue();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void sameInputsGiveTheSameReports(@ForAll long seed) {
        List<List<TickReport>> runs = new ArrayList<>();
        List<List<Action>> applied = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            Random random = new Random(seed);
            Hosts.Actuator actuator = new Hosts.Actuator();
            Chiron chiron = chiron(Hosts.config(), actuator);
            List<TickReport> reports = new ArrayList<>();
            thrown = null;
            for (int i = 0; i < 12; i++) {
                next = random.nextInt(3) == 0
                        ? Hosts.any(random, at(3 * i))
                        : Hosts.healthy(at(3 * i), 1 + random.nextInt(3), random.nextInt(50), 0, List.of());
                reports.add(withoutInput(chiron.tick(at(3 * i))));
            }
            runs.add(reports);
            applied.add(actuator.applied);
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1));
        assertThat(applied.get(0)).isEqualTo(applied.get(1));
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void dryRunDecidesTheSameAndTellsNobodyUntilItEnds(
            @ForAll @IntRange(max = 6) int ready, @ForAll @IntRange(max = 40) int rate) {
        thrown = null;
        Hosts.Actuator dryActuator = new Hosts.Actuator();
        Hosts.Actuator wetActuator = new Hosts.Actuator();
        Chiron dry = chiron(Hosts.config(2, 9).dryRun(true).build(), dryActuator);
        Chiron wet = chiron(Hosts.config(2, 9).build(), wetActuator);
        next = Hosts.healthy(START, ready, rate, 3, List.of());
        TickReport dryReport = dry.tick(START);
        TickReport wetReport = wet.tick(START);
        assertThat(dryReport.decisions()).isEqualTo(wetReport.decisions());
        assertThat(dryReport.dryRun()).isTrue();
        assertThat(dryActuator.applied).isEmpty();
        List<Action> taken = new ArrayList<>();
        wetReport.decisions().stream().filter(each -> !each.isHeld()).forEach(each -> taken.add(each.action()));
        assertThat(wetActuator.applied).isEqualTo(taken);
        dry.reconfigure(Hosts.config(2, 9).build());
        next = Hosts.healthy(at(5), ready, rate, 3, List.of());
        dry.tick(at(5));
        assertThat(dryActuator.applied.stream()
                        .filter(each -> each instanceof Action.SetBatchLimits)
                        .count())
                .as("limits that a dry run decided are told when it ends")
                .isEqualTo(ready);
        assertThat(dryActuator.applied.stream()
                        .filter(each -> each instanceof Action.Launch)
                        .count())
                .as("and its launches are made")
                .isGreaterThanOrEqualTo(Math.max(0, 2 - ready));
    }

    private static long failed(FleetSnapshot snapshot) {
        return snapshot.instances().stream()
                .filter(each -> each.phase() == Phase.FAILED)
                .count();
    }

    /** Arrival bins have no equality: what went in is the same by construction. */
    private static TickReport withoutInput(TickReport report) {
        return new TickReport(
                report.time(),
                null,
                report.blindness(),
                report.local(),
                report.plan(),
                report.planned(),
                report.decisions(),
                report.failures(),
                report.dryRun());
    }
}
