package io.chiron.testkit.plant;

import io.chiron.api.Action;
import io.chiron.api.ScalingActuator;
import io.chiron.testkit.plant.Fault.OfActuator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An actuator that does as another one does until a fault is inflicted on it. Confined to one thread. */
public final class FaultyActuator implements ScalingActuator {
    private static final double LATE_SECONDS = 60;

    private record Due(double atSeconds, Action action) {}

    private final ScalingActuator healthy;
    private final Deque<Due> late = new ArrayDeque<>();
    private @Nullable OfActuator fault;
    private double nowSeconds;
    private boolean odd;

    /** An actuator that is healthy for now. */
    public FaultyActuator(ScalingActuator healthy) {
        this.healthy = Objects.requireNonNull(healthy, "healthy");
    }

    /** From the next action on; null to be healthy again. What is late stays late. */
    public void inflict(@Nullable OfActuator newFault) {
        fault = newFault;
    }

    /** Does what is late and due. */
    public void advance(double seconds) {
        nowSeconds += seconds;
        while (!late.isEmpty() && late.peek().atSeconds() <= nowSeconds) {
            healthy.apply(late.remove().action());
        }
    }

    /** @throws IllegalStateException where the fault is to refuse */
    @Override
    public void apply(Action action) {
        odd = !odd;
        if (fault == OfActuator.THROWS || (fault == OfActuator.NO_QUOTA && action instanceof Action.Launch)) {
            throw new IllegalStateException(fault == OfActuator.THROWS ? "the actuator is down" : "no quota");
        } else if (fault == OfActuator.LATE) {
            late.add(new Due(nowSeconds + LATE_SECONDS, action));
        } else if (fault == OfActuator.TWICE) {
            healthy.apply(action);
            healthy.apply(action);
        } else if (fault != OfActuator.LOSES_HALF || odd) {
            healthy.apply(action);
        }
    }
}
