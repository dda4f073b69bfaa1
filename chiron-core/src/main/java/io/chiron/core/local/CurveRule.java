package io.chiron.core.local;

import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Reason;
import io.chiron.api.Times;
import io.chiron.core.local.LocalState.Kind;
import io.chiron.core.local.LocalState.Memory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The default rule (ours): learns {@link IterationCurve} per accelerator kind and judges it at the steady state,
 * {@code B = ((1-margin)·SLO - a) / (b + g·E[prompt]/E[output])} for the soft limit and without the margin for the hard one.
 * Memory, token budget and a trust region around what was filled cap it. Immutable.
 *
 * <p>In context: docs/rules.md, Batch size.
 */
public final class CurveRule implements BatchSizeRule {
    /** What a preemption leaves of the batch at which it came. */
    private static final double AFTER_PREEMPTION = 0.9;

    /** A mean that leaves less than this of a slot free was at the limit for some of the time. */
    private static final double LAST_SLOT = 0.95;

    private static final double LEAST_MEMORY_FACTOR = 0.2;
    /** The lesson of a preemption fades: it may have come of unusual lengths. */
    private static final double PREEMPTION_HALF_LIFE_SECONDS = 300;
    /** Memory factors are used in steps, so that the fleet shares few sets of limits. */
    private static final double FACTOR_STEPS = 64;

    private final LocalConfig config;

    public CurveRule(LocalConfig config) {
        this.config = Objects.requireNonNull(config, "config");
    }

    @Override
    public LocalStep step(LocalState state, LocalInput input) {
        Roll roll = state.roll().next(input.instances());
        List<Judged> all = new ArrayList<>(roll.size());
        Map<String, Fold> folds = new TreeMap<>();
        Fold fold = null;
        for (InstanceSnapshot instance : roll.firsts(input.instances())) {
            Memory memory = state.memory(roll, all.size(), input.tiers().size());
            Reading reading = Reading.of(instance, memory == null ? null : memory.used(), input.now(), config, true);
            // Neighbours are mostly of one kind.
            if (fold == null || !fold.kind.equals(instance.accelerator())) {
                fold = folds.computeIfAbsent(
                        instance.accelerator(), kind -> new Fold(kind, state.kind(kind), config, input.tiers()));
            }
            fold.learn(reading.sample(), memory);
            all.add(new Judged(instance.id(), reading, memory, fold));
        }
        Map<String, Kind> kinds = state.kinds();
        folds.forEach((name, each) -> kinds.put(name, each.finish()));

        List<LocalDecision> decisions = new ArrayList<>(roll.size());
        List<Memory> memories = new ArrayList<>(roll.size());
        for (Judged each : all) {
            Memory next = decide(each.instance(), each.reading(), each.memory(), each.fold(), input.tiers());
            memories.add(next);
            decisions.add(next.decision());
        }
        return new LocalStep(
                new LocalState(kinds, new ByInstance<>(roll, memories)), new ByInstance<>(roll, decisions));
    }

    /** An instance between the two passes of a step. */
    private record Judged(
            String instance, Reading reading, @Nullable Memory memory, Fold fold) {}

    private Memory decide(
            String instance, Reading reading, @Nullable Memory memory, Fold fold, List<TierProfile> tiers) {
        InstanceSample sample = reading.sample();
        if (sample == null) {
            return hold(instance, reading, memory, fold, tiers);
        }
        LocalDecision last = memory == null ? null : memory.decision();
        int binding = Usage.bindingTier(sample, tiers);
        double factor = memoryFactor(sample, memory, binding, tiers);
        double kv = known(sample.kvCapacityTokens(), memory == null ? Double.NaN : memory.kvCapacityTokens());
        double budget = known(sample.iterationBudgetTokens(), memory == null ? Double.NaN : memory.budgetTokens());
        CurveLimits limits = fold.limits(kv, budget, factor);
        LocalDecision decision = new LocalDecision(
                instance,
                limits.limits(),
                binding,
                last == null || binding != last.bindingTier() || !last.limits().equals(limits.limits()),
                false,
                limits.bound(binding),
                Usage.backpressure(sample, Usage.sloSeconds(tiers, binding), config.kvHigh()),
                limits.reason(binding));
        return new Memory(sample.time(), factor, kv, budget, List.of(), decision);
    }

    /** The decision before; for a new instance what the fleet knows. */
    private static Memory hold(
            String instance, Reading reading, @Nullable Memory memory, Fold fold, List<TierProfile> tiers) {
        Reason reason = Reason.of(reading.hold()).rejecting(reading.detail());
        if (memory != null) {
            LocalDecision last = memory.decision();
            return new Memory(
                    memory.used(),
                    memory.memoryFactor(),
                    memory.kvCapacityTokens(),
                    memory.budgetTokens(),
                    List.of(),
                    new LocalDecision(
                            instance,
                            last.limits(),
                            last.bindingTier(),
                            false,
                            true,
                            last.bound(),
                            last.backpressure(),
                            reason));
        }
        int binding = Usage.loosestTier(tiers);
        CurveLimits limits = fold.limits(Double.NaN, Double.NaN, 1);
        return new Memory(
                null,
                1,
                Double.NaN,
                Double.NaN,
                List.of(),
                new LocalDecision(
                        instance,
                        limits.limits(),
                        binding,
                        true,
                        true,
                        limits.bound(binding),
                        Backpressure.UNKNOWN,
                        reason));
    }

    /** Share of the memory bound that is left: below what the last preemption came at, and back to 1 within minutes. */
    private double memoryFactor(InstanceSample sample, @Nullable Memory memory, int binding, List<TierProfile> tiers) {
        double factor = 1;
        if (memory != null && memory.memoryFactor() < 1 && memory.used() != null) {
            double elapsedSeconds = Math.max(0, Times.secondsBetween(memory.used(), sample.time()));
            factor = 1
                    - (1 - memory.memoryFactor()) * StrictMath.pow(0.5, elapsedSeconds / PREEMPTION_HALF_LIFE_SECONDS);
        }
        if (sample.preemptions() > 0 && sample.kvCapacityTokens() > 0) {
            double bound = config.kvHigh() * sample.kvCapacityTokens();
            double share = Usage.residentTokens(sample, tiers, binding) / bound;
            factor = Math.max(LEAST_MEMORY_FACTOR, Math.min(factor, AFTER_PREEMPTION * share));
        }
        return factor > 0.99 ? 1 : factor;
    }

    private static double known(double measured, double before) {
        return measured > 0 ? measured : before;
    }

    /** One accelerator kind within one step: first everything is learned, then limits are shared. */
    private static final class Fold {
        private final String kind;
        private final LocalConfig config;
        private final List<TierProfile> tiers;
        private final List<Observation> observations = new ArrayList<>();
        private final Map<CurveLimits.Caps, CurveLimits> shared = new HashMap<>();
        private @Nullable CurveLimits latest;
        private IterationCurve curve;
        private double largestFilled;
        private double kvCapacityTokens = Double.NaN;
        private double budgetTokens = Double.NaN;

        Fold(String kind, @Nullable Kind known, LocalConfig config, List<TierProfile> tiers) {
            this.kind = kind;
            this.config = config;
            this.tiers = tiers;
            if (known == null) {
                curve = IterationCurve.empty(config.curveHalfLifeSeconds());
            } else {
                curve = known.curve();
                largestFilled = known.largestFilled();
                kvCapacityTokens = known.kvCapacityTokens();
                budgetTokens = known.budgetTokens();
            }
        }

        void learn(@Nullable InstanceSample sample, @Nullable Memory memory) {
            if (sample == null) {
                return;
            }
            kvCapacityTokens = known(sample.kvCapacityTokens(), kvCapacityTokens);
            budgetTokens = known(sample.iterationBudgetTokens(), budgetTokens);
            if (!Reading.active(sample)) {
                return;
            }
            double running = sample.meanRunning();
            observations.add(new Observation(
                    running, Reading.prefillPerIteration(sample), sample.meanItlSeconds(), sample.time()));
            // At the first sight of an instance, say after a restart, what it runs is measured by the start batch.
            double slot = memory == null ? 1.0 / config.startBatch() : Usage.slot(memory.decision());
            double occupancy = memory == null ? running * slot : Usage.occupancy(sample, tiers, memory.decision());
            if (occupancy >= config.filled()) {
                largestFilled = Math.max(largestFilled, running);
            } else if (occupancy > 1 - LAST_SLOT * slot) {
                // Few slots are taken again too slowly for a mean near the limit: that the last one was taken will do.
                largestFilled = Math.max(largestFilled, Math.ceil(running));
            }
        }

        Kind finish() {
            curve = curve.observe(observations);
            CurveLimits ofNew = limits(Double.NaN, Double.NaN, 1);
            return new Kind(curve, largestFilled, kvCapacityTokens, budgetTokens, ofNew.limits(), ofNew.reachable());
        }

        CurveLimits limits(double ownKvTokens, double ownBudgetTokens, double memoryFactor) {
            double factor = memoryFactor < 1 ? Math.floor(memoryFactor * FACTOR_STEPS) / FACTOR_STEPS : 1;
            CurveLimits.Caps caps = new CurveLimits.Caps(
                    known(ownKvTokens, kvCapacityTokens), known(ownBudgetTokens, budgetTokens), factor, largestFilled);
            // Neighbours mostly have the same caps, and equals is cheaper than a hash of four doubles.
            if (latest == null || !latest.caps().equals(caps)) {
                latest = shared.computeIfAbsent(caps, key -> new CurveLimits(curve, key, tiers, config));
            }
            return latest;
        }
    }
}
