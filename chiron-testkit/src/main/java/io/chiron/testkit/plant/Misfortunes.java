package io.chiron.testkit.plant;

import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.testkit.plant.Fault.OfInstances;
import java.util.EnumSet;
import java.util.Set;

/** What befalls the instances of a plant while a fault lasts. */
final class Misfortunes {
    private static final double PERIOD_SECONDS = 15;

    private final Plant plant;
    private final Set<OfInstances> present = EnumSet.noneOf(OfInstances.class);
    private double nextSeconds;

    Misfortunes(Plant plant) {
        this.plant = plant;
    }

    void begin(OfInstances fault) {
        present.add(fault);
        if (fault == OfInstances.HALF_DIE) {
            int index = 0;
            for (Machine machine : plant.machines()) {
                if (machine.phase == Phase.READY && index++ % 2 == 0) {
                    plant.remove(machine);
                }
            }
        }
    }

    void end(OfInstances fault) {
        present.remove(fault);
        if (fault == OfInstances.NEVER_READY) {
            for (Machine machine : plant.machines()) {
                machine.phase = machine.readySeconds == Double.POSITIVE_INFINITY ? Phase.FAILED : machine.phase;
            }
        }
        if (fault == OfInstances.FLAPS) {
            for (Machine machine : plant.machines()) {
                machine.phase = machine.phase == Phase.FAILED ? Phase.READY : machine.phase;
            }
        }
    }

    void launched(Machine machine) {
        if (present.contains(OfInstances.NEVER_READY)) {
            machine.readySeconds = Double.POSITIVE_INFINITY;
        }
    }

    void drained(Machine machine) {
        if (present.contains(OfInstances.VANISHES_WHILE_DRAINING)) {
            plant.remove(machine);
        }
    }

    void strike(double nowSeconds) {
        if (nowSeconds < nextSeconds) {
            return;
        }
        nextSeconds = nowSeconds + PERIOD_SECONDS;
        if (present.contains(OfInstances.NEW_POOL)) {
            for (Machine machine : plant.machines()) {
                machine.pool = other(machine.pool);
            }
        }
        if (present.contains(OfInstances.FLAPS)) {
            flap();
        }
    }

    private static Pool other(Pool pool) {
        return switch (pool) {
            case INTERACTIVE -> Pool.BATCH;
            case BATCH -> Pool.MIXED;
            case MIXED -> Pool.INTERACTIVE;
        };
    }

    /** The first instance that is ready or broken changes sides. */
    private void flap() {
        for (Machine machine : plant.machines()) {
            if (machine.phase == Phase.FAILED) {
                machine.phase = Phase.READY;
                return;
            }
            if (machine.phase == Phase.READY) {
                machine.phase = Phase.FAILED;
                plant.lose(machine);
                return;
            }
        }
    }
}
