package io.chiron.core;

import static io.chiron.core.Hosts.START;
import static io.chiron.core.Hosts.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiron.api.FleetSnapshot;
import io.chiron.api.MetricSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A source that blocks, polled on an executor whose tasks run when the test says so. */
class PollingSourceTest {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private FleetSnapshot current;
    private RuntimeException failure;
    private int polls;

    private final MetricSource blocking = (fleet, now) -> {
        polls++;
        if (failure != null) {
            throw failure;
        }
        return current;
    };

    private static FleetSnapshot snapshot(double second) {
        return new FleetSnapshot("f", at(second), List.of(), List.of(), null);
    }

    @Test
    void nothingIsKnownBeforeTheFirstPollHasEnded() {
        PollingSource source = new PollingSource(blocking, tasks::add);
        current = snapshot(0);
        assertThat(source.observe("f", START)).isNull();
        assertThat(source.observe("f", START)).isNull();
        tasks.remove().run();
        assertThat(source.observe("f", START)).isEqualTo(current);
    }

    @Property
    void aPollThatHangsKeepsTheLastValueAndStartsNoSecondOne(@ForAll @IntRange(min = 1, max = 50) int ticks) {
        PollingSource source = new PollingSource(blocking, tasks::add);
        polls = 0;
        tasks.clear();
        failure = null;
        current = snapshot(0);
        source.observe("f", START);
        tasks.remove().run();
        for (int i = 1; i <= ticks; i++) {
            assertThat(source.observe("f", at(i))).isEqualTo(snapshot(0));
            assertThat(tasks).hasSize(1);
        }
        assertThat(polls).isEqualTo(1);
        current = snapshot(ticks);
        tasks.remove().run();
        assertThat(source.observe("f", at(ticks))).isEqualTo(snapshot(ticks));
        assertThat(source.observe("g", at(ticks))).as("another fleet").isNull();
        assertThat(tasks).as("has a poll of its own").hasSize(2);
    }

    @Test
    void whatAPollThrowsIsThrownOnceAndTheLastValueStays() {
        PollingSource source = new PollingSource(blocking, tasks::add);
        current = snapshot(0);
        source.observe("f", START);
        tasks.remove().run();
        source.observe("f", at(1));
        failure = new IllegalStateException("down");
        tasks.remove().run();
        assertThatThrownBy(() -> source.observe("f", at(2))).isSameAs(failure);
        assertThat(source.observe("f", at(3))).isEqualTo(current);
        failure = null;
        current = null;
        tasks.remove().run();
        assertThat(source.observe("f", at(4)))
                .as("an empty poll leaves the last value")
                .isEqualTo(snapshot(0));
    }

    @Test
    void anExecutorThatRefusesIsAskedAgain() {
        boolean[] refuses = {true};
        Executor executor = task -> {
            if (refuses[0]) {
                throw new RejectedExecutionException();
            }
            task.run();
        };
        PollingSource source = new PollingSource(blocking, executor);
        current = snapshot(0);
        assertThatThrownBy(() -> source.observe("f", START)).isInstanceOf(RejectedExecutionException.class);
        refuses[0] = false;
        assertThat(source.observe("f", at(1))).isEqualTo(current);
    }

    /** Behind a controller: the value ages, turns stale, and nothing is decided on it. */
    @Property
    void aHangMakesTheControllerHoldAndComeBack(@ForAll long seed) {
        Random random = new Random(seed);
        tasks.clear();
        failure = null;
        PollingSource source = new PollingSource(blocking, tasks::add);
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = new Chiron(Hosts.config(), source, actuator);
        current = Hosts.healthy(START, 2, 1, 0, List.of());
        chiron.tick(START);
        tasks.remove().run();
        chiron.tick(at(1));
        int hang = 47 + random.nextInt(100);
        actuator.applied.clear();
        for (int second = 47; second < hang; second++) {
            assertThat(chiron.tick(at(second)).blindness()).isEqualTo(io.chiron.api.ReasonCode.STALE);
        }
        assertThat(actuator.applied).isEmpty();
        current = Hosts.healthy(at(hang), 2, 1, 0, List.of());
        tasks.remove().run();
        assertThat(chiron.tick(at(hang)).blindness()).isNull();
    }
}
