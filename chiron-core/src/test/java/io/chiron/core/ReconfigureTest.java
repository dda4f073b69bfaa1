package io.chiron.core;

import static io.chiron.core.Hosts.CHAT;
import static io.chiron.core.Hosts.JOBS;
import static io.chiron.core.Hosts.START;
import static io.chiron.core.Hosts.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiron.api.Action;
import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A configuration is replaced as a whole or not at all. */
class ReconfigureTest {
    private FleetSnapshot next;

    @Test
    void otherTiersOrAnotherFleetAreRefusedAndChangeNothing() {
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = new Chiron(Hosts.config(2, 9).build(), (fleet, now) -> next, actuator);
        ChironConfig lessTiers =
                ChironConfig.builder("f", List.of(CHAT), FleetLimits.of(5, 9)).build();
        ChironConfig otherFleet = ChironConfig.builder("g", List.of(CHAT, JOBS), FleetLimits.of(5, 9))
                .build();
        assertThatThrownBy(() -> chiron.reconfigure(lessTiers)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> chiron.reconfigure(otherFleet)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> chiron.reconfigure(null)).isInstanceOf(NullPointerException.class);
        next = Hosts.healthy(START, 0, 0, 0, List.of());
        assertThat(chiron.tick(START).plan().wantedInstances()).isEqualTo(2);
    }

    @Property
    void newLimitsHoldFromTheNextRunOn(
            @ForAll @IntRange(min = 1, max = 8) int first, @ForAll @IntRange(min = 1, max = 8) int second) {
        Hosts.Actuator actuator = new Hosts.Actuator();
        Chiron chiron = new Chiron(Hosts.config(first, first).build(), (fleet, now) -> next, actuator);
        next = Hosts.healthy(START, first, 0, 0, List.of());
        chiron.tick(START);
        chiron.reconfigure(Hosts.config(second, second).build());
        actuator.applied.clear();
        next = Hosts.healthy(at(5), first, 0, 0, List.of());
        TickReport report = chiron.tick(at(5));
        assertThat(report.plan().wantedInstances()).isEqualTo(second);
        long launches = actuator.applied.stream()
                .filter(each -> each instanceof Action.Launch)
                .count();
        long drains = actuator.applied.stream()
                .filter(each -> each instanceof Action.Drain)
                .count();
        assertThat(launches - drains).isEqualTo(second - first);
    }

    @Test
    void aTierNobodyDeclaredHasNoWaitingTime() {
        Chiron chiron = new Chiron(Hosts.config(), (fleet, now) -> next, new Hosts.Actuator());
        assertThatThrownBy(() -> chiron.waitingTime("stranger", 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
