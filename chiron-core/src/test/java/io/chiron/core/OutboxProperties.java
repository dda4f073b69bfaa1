package io.chiron.core;

import static io.chiron.core.Hosts.START;
import static io.chiron.core.Hosts.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.ScalingActuator;
import io.chiron.api.TierLimit;
import io.chiron.core.fleet.FleetState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Refused actions: counted, tried again later and later, the newest form only. */
class OutboxProperties {
    private static final Reason WHY = Reason.of(ReasonCode.STEADY);

    @Property(edgeCases = EdgeCasesMode.NONE)
    void aRefusedActionWaitsTwiceAsLongEachTimeUpToAMinute(
            @ForAll("actions") Action action, @ForAll @IntRange(min = 1, max = 12) int times) {
        Outbox outbox = Outbox.empty();
        assertThat(outbox.mayTry(action, START)).isTrue();
        double second = 0;
        for (int attempt = 1; attempt <= times; attempt++) {
            Instant now = at(second);
            outbox = after(outbox, draft -> draft.refused(action, now));
            double wait = Math.min(60, StrictMath.pow(2, attempt));
            assertThat(outbox.mayTry(action, at(second + wait - 0.001)))
                    .as("attempt %d", attempt)
                    .isFalse();
            second += wait;
            assertThat(outbox.mayTry(action, at(second))).isTrue();
            // It goes on where it was if it is only looked at, and if it is decided again.
            outbox = after(outbox.relevant(Set.of("i1"), Set.of("l1"), at(second)), draft -> draft.waiting(action));
        }
        assertThat(outbox.mayTry(action, at(second - 3600)))
                .as("clock back an hour")
                .isTrue();
        assertThat(after(outbox, draft -> draft.taken(action)).entries()).isEmpty();
        assertThat(outbox.relevant(Set.of(), Set.of(), at(second)).entries())
                .as("nobody wants it")
                .isEmpty();
        assertThat(outbox.retries())
                .hasSize(action instanceof Action.Launch || action instanceof Action.SetBatchLimits ? 1 : 0);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void theNewestLimitsWin(
            @ForAll @IntRange(min = 1, max = 100) int first, @ForAll @IntRange(min = 1, max = 100) int second) {
        Outbox outbox = after(Outbox.empty(), draft -> {
            draft.refused(limits(first), START);
            draft.waiting(limits(second));
        });
        assertThat(outbox.retries()).containsExactly(limits(second));
        assertThat(after(outbox, draft -> draft.refused(limits(second), at(2))).retries())
                .containsExactly(limits(second));
        assertThat(after(outbox, draft -> draft.taken(limits(second))).retries())
                .isEmpty();
    }

    /** A host that is down refuses the limits of all instances at once. */
    @Example
    void twentyThousandRefusalsDoNotHoldUpATick() {
        List<Decision> decisions = new ArrayList<>();
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            decisions.add(Decision.taken(START, limits("i" + i, 3)));
            instances.add(Hosts.instance("i" + i, Phase.READY, null));
        }
        FleetSnapshot snapshot = new FleetSnapshot("f", START, instances, List.of(), List.of());
        ScalingActuator down = action -> {
            throw new IllegalStateException("down");
        };
        Outbox refused = assertTimeout(
                Duration.ofSeconds(5),
                () -> Delivery.act(
                        down, Outbox.empty(), snapshot, FleetState.initial(), decisions, new ArrayList<>(), START));
        assertThat(refused.entries()).hasSize(20_000);
        // Decided again while all of them have to wait.
        Outbox waiting = assertTimeout(
                Duration.ofSeconds(5),
                () -> Delivery.act(down, refused, snapshot, FleetState.initial(), decisions, new ArrayList<>(), at(1)));
        assertThat(waiting).isEqualTo(refused);
    }

    private static Outbox after(Outbox before, Consumer<Outbox.Draft> what) {
        Outbox.Draft draft = new Outbox.Draft(before);
        what.accept(draft);
        return draft.done();
    }

    /** Through the shell: nothing is lost, nothing comes twice, each refusal is a failure in the report. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    void launchesAreTriedAgainUnderTheirIdUntilTaken(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int outage) {
        Random random = new Random(seed);
        Hosts.Actuator actuator = new Hosts.Actuator();
        FleetSnapshot[] next = new FleetSnapshot[1];
        int minimum = 1 + random.nextInt(3);
        Chiron chiron = new Chiron(Hosts.config(minimum, 9).build(), (fleet, now) -> next[0], actuator);
        List<Integer> tried = new ArrayList<>();
        for (int second = 0; second < 39; second++) {
            next[0] = Hosts.healthy(at(second), 0, 0, 0, List.of());
            actuator.refuses = second < outage;
            int before = actuator.refused.size();
            int applied = actuator.applied.size();
            TickReport report = chiron.tick(at(second));
            assertThat(report.failures()).hasSize(actuator.refused.size() - before);
            if (actuator.refused.size() > before || actuator.applied.size() > applied) {
                tried.add(second);
            }
        }
        Set<Action> all = new HashSet<>(actuator.applied);
        assertThat(actuator.applied).hasSize(minimum);
        assertThat(all).hasSize(minimum).containsAll(actuator.refused);
        List<Integer> expected = new ArrayList<>();
        for (int time = 0, wait = 2;
                expected.isEmpty() || expected.get(expected.size() - 1) < outage;
                time += wait, wait *= 2) {
            expected.add(time);
        }
        assertThat(tried).isEqualTo(expected);
    }

    /** What is decided again by itself still waits its time. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    void retirementsAreNotHammeredAtARefusingHost(@ForAll @IntRange(min = 1, max = 5) int failed) {
        Hosts.Actuator actuator = new Hosts.Actuator();
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (int i = 0; i < failed; i++) {
            instances.add(Hosts.instance("i" + i, Phase.FAILED, null));
        }
        FleetSnapshot[] next = new FleetSnapshot[1];
        Chiron chiron = new Chiron(
                Hosts.config(0, 9).globalPeriod(Duration.ofSeconds(1)).build(), (fleet, now) -> next[0], actuator);
        actuator.refuses = true;
        for (int second = 0; second < 62; second++) {
            next[0] = new FleetSnapshot("f", at(second), instances, List.of(), List.of());
            chiron.tick(at(second));
        }
        long retired = actuator.refused.stream()
                .filter(each -> each instanceof Action.Retire)
                .count();
        // After 0, 2, 6, 14 and 30 seconds.
        assertThat(retired).isEqualTo(5L * failed);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void limitsReachTheHostOnceItWorksAgain(
            @ForAll @IntRange(min = 1, max = 30) int outage, @ForAll @IntRange(min = 1, max = 4) int ready) {
        Hosts.Actuator actuator = new Hosts.Actuator();
        FleetSnapshot[] next = new FleetSnapshot[1];
        Chiron chiron = new Chiron(Hosts.config(0, 9).build(), (fleet, now) -> next[0], actuator);
        TickReport report = null;
        for (int second = 0; second < 70; second++) {
            next[0] = Hosts.healthy(at(second), ready, 1, 0, List.of());
            actuator.refuses = second < outage;
            report = chiron.tick(at(second));
        }
        for (int i = 0; i < ready; i++) {
            String id = "i" + i;
            List<Action> told = actuator.applied.stream()
                    .filter(each -> each instanceof Action.SetBatchLimits limits
                            && limits.instance().equals(id))
                    .toList();
            assertThat(told).isNotEmpty();
            int last = ((Action.SetBatchLimits) told.get(told.size() - 1))
                    .limits()
                    .get(0)
                    .hard();
            int now = report.local().get(id).limits().hard(0, 0);
            assertThat(Math.abs(last - now)).isLessThanOrEqualTo((int) Math.ceil(0.05 * now));
        }
    }

    @Provide
    Arbitrary<Action> actions() {
        return Arbitraries.of(
                limits(3),
                new Action.Launch("f", "l1", Pool.MIXED, "default", WHY),
                new Action.Reassign("f", "i1", Pool.BATCH, WHY),
                new Action.Drain("f", "i1", WHY),
                new Action.CancelDrain("f", "i1", WHY),
                new Action.Retire("f", "i1", WHY),
                new Action.Evict("f", "i1", "jobs", 2, WHY));
    }

    private static Action limits(int hard) {
        return limits("i1", hard);
    }

    private static Action limits(String instance, int hard) {
        return new Action.SetBatchLimits("f", instance, List.of(new TierLimit("chat", 1, hard)), "chat", WHY);
    }
}
