package io.chiron.core.local;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link BatchSizeRule} remembers from one step to the next. Immutable.
 *
 * <p>Curves and the trust region belong to an accelerator kind and are shared by the fleet; a new instance inherits them.
 * An instance that is not listed any more is forgotten.
 */
public final class LocalState {
    private static final LocalState INITIAL = new LocalState(Map.of(), new ByInstance<>(Roll.EMPTY, List.of()));

    private final Map<String, Kind> kinds;
    private final ByInstance<Memory> instances;

    /** Takes the map over; it is not changed afterwards. */
    LocalState(Map<String, Kind> kinds, ByInstance<Memory> instances) {
        this.kinds = kinds;
        this.instances = instances;
    }

    /**
     * What is shared by the instances of an accelerator kind.
     *
     * @param curve their iteration curve
     * @param largestFilled most sequences that filled one of them
     * @param kvCapacityTokens capacity that one of them reported last; NaN if none did
     * @param budgetTokens budget of an iteration that one of them reported last; NaN if none did
     * @param limits limits of a new instance
     * @param reachable limits that an instance comes to once it is filled; null if the rule does not know them
     */
    record Kind(
            IterationCurve curve,
            double largestFilled,
            double kvCapacityTokens,
            double budgetTokens,
            BatchLimits limits,
            @Nullable BatchLimits reachable) {

        Kind with(IterationCurve newCurve) {
            return new Kind(newCurve, largestFilled, kvCapacityTokens, budgetTokens, limits, reachable);
        }
    }

    /**
     * What is remembered of one instance.
     *
     * @param used time of the sample that was used last; null if none was
     * @param memoryFactor share of the memory bound that preemptions left; (0, 1]
     * @param kvCapacityTokens capacity that it reported last; NaN if it never did
     * @param budgetTokens budget of an iteration that it reported last; NaN if it never did
     * @param ratioLimits limit per tier of the ratio rule, with fractions; empty under the curve rule
     * @param decision the last decision
     */
    record Memory(
            @Nullable Instant used,
            double memoryFactor,
            double kvCapacityTokens,
            double budgetTokens,
            List<Double> ratioLimits,
            LocalDecision decision) {}

    /** The state before the first step. */
    public static LocalState initial() {
        return INITIAL;
    }

    /** The iteration curve of an accelerator kind, by its name; null if no instance of it was listed yet. */
    public @Nullable IterationCurve curve(String accelerator) {
        Kind kind = kinds.get(accelerator);
        return kind == null ? null : kind.curve();
    }

    /** The limits of a new instance of an accelerator kind; null if no instance of it was listed yet. */
    public @Nullable BatchLimits limits(String accelerator) {
        Kind kind = kinds.get(accelerator);
        return kind == null ? null : kind.limits();
    }

    /**
     * The limits that an instance of an accelerator kind comes to once it is filled, which are what it is worth; null if none
     * was listed yet, or the rule does not know them.
     */
    public @Nullable BatchLimits reachable(String accelerator) {
        Kind kind = kinds.get(accelerator);
        return kind == null ? null : kind.reachable();
    }

    /** The last decision for an instance; null if it was not listed in the last step. */
    public @Nullable LocalDecision decision(String instance) {
        Memory memory = instances.get(instance);
        return memory == null ? null : memory.decision();
    }

    @Nullable
    Kind kind(String accelerator) {
        return kinds.get(accelerator);
    }

    /** A copy of the kinds to be changed. */
    Map<String, Kind> kinds() {
        return new TreeMap<>(kinds);
    }

    /** The instances that are remembered. */
    Roll roll() {
        return instances.roll();
    }

    /** What is remembered of the instance at a position of {@code roll}, if it still fits the number of tiers. */
    @Nullable
    Memory memory(Roll roll, int position, int tiers) {
        Memory memory = roll == roll() ? instances.at(position) : instances.get(roll.id(position));
        return memory != null && memory.decision().limits().tiers() == tiers ? memory : null;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LocalState that && kinds.equals(that.kinds) && instances.equals(that.instances);
    }

    @Override
    public int hashCode() {
        return 31 * kinds.hashCode() + instances.hashCode();
    }

    @Override
    public String toString() {
        return "LocalState[kinds=" + kinds + ", instances=" + instances.size() + "]";
    }
}
