package io.chiron.core.local;

import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.core.local.LocalDecision.Bound;
import io.chiron.core.local.LocalState.Kind;
import io.chiron.core.local.LocalState.Memory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rule in the paper's form: {@code LBP = max(itl/SLO, kvUse/kvHigh)}. Above 1 the limit shrinks at once by 1/LBP, below
 * 1 it grows towards that, but only where the batch is filled. One limit per instance and tier, soft and hard alike.
 * Immutable.
 *
 * <p>The paper's term previous/present throughput is left out: on windows of a second it exceeds 1 half the time, and the
 * limit collapses by noise alone.
 *
 * <p>In context: docs/rules.md, Batch size.
 */
public final class RatioRule implements BatchSizeRule {
    private final LocalConfig config;

    public RatioRule(LocalConfig config) {
        this.config = Objects.requireNonNull(config, "config");
    }

    @Override
    public LocalStep step(LocalState state, LocalInput input) {
        Map<String, Kind> kinds = state.kinds();
        Roll roll = state.roll().next(input.instances());
        List<LocalDecision> decisions = new ArrayList<>(roll.size());
        List<Memory> memories = new ArrayList<>(roll.size());
        Map<String, List<Observation>> seen = new TreeMap<>();
        int tiers = input.tiers().size();
        for (InstanceSnapshot instance : roll.firsts(input.instances())) {
            kinds.putIfAbsent(instance.accelerator(), unseen(tiers));
            Memory memory = state.memory(roll, memories.size(), tiers);
            Reading reading = Reading.of(instance, memory == null ? null : memory.used(), input.now(), config, false);
            observe(reading.sample(), seen.computeIfAbsent(instance.accelerator(), kind -> new ArrayList<>()));
            Memory next = decide(instance.id(), reading, memory, input.tiers());
            memories.add(next);
            decisions.add(next.decision());
        }
        // The limits do not use the curve; the fleet rule does, to know what an instance can do.
        seen.forEach((name, observations) -> kinds.computeIfPresent(
                name, (same, kind) -> kind.with(kind.curve().observe(observations))));
        return new LocalStep(
                new LocalState(kinds, new ByInstance<>(roll, memories)), new ByInstance<>(roll, decisions));
    }

    private static void observe(@Nullable InstanceSample sample, List<Observation> seen) {
        if (sample == null || !Reading.active(sample)) {
            return;
        }
        double prefill = Reading.prefillPerIteration(sample);
        if (prefill >= 0) {
            seen.add(new Observation(sample.meanRunning(), prefill, sample.meanItlSeconds(), sample.time()));
        }
    }

    private Memory decide(String instance, Reading reading, @Nullable Memory memory, List<TierProfile> tiers) {
        LocalDecision last = memory == null ? null : memory.decision();
        List<Double> before = memory != null && memory.ratioLimits().size() == tiers.size()
                ? memory.ratioLimits()
                : Collections.nCopies(tiers.size(), (double) config.startBatch());
        InstanceSample sample = reading.sample();
        if (sample == null) {
            Reason reason = Reason.of(reading.hold()).rejecting(reading.detail());
            BatchLimits limits = last == null ? limits(before) : last.limits();
            return new Memory(
                    memory == null ? null : memory.used(),
                    1,
                    Double.NaN,
                    Double.NaN,
                    before,
                    new LocalDecision(
                            instance,
                            limits,
                            last == null ? Usage.loosestTier(tiers) : last.bindingTier(),
                            last == null,
                            true,
                            last == null ? Bound.TRUST_REGION : last.bound(),
                            last == null ? Backpressure.UNKNOWN : last.backpressure(),
                            reason));
        }
        int binding = Usage.bindingTier(sample, tiers);
        double sloSeconds = Usage.sloSeconds(tiers, binding);
        Backpressure terms = Usage.backpressure(sample, sloSeconds, config.kvHigh());
        double backpressure = terms.worst();
        List<Double> after = before;
        if (Reading.active(sample)) {
            after = new ArrayList<>(before);
            after.set(binding, next(before.get(binding), backpressure, sample.meanRunning()));
            after = Collections.unmodifiableList(after);
        }
        BatchLimits limits = after.equals(before) && last != null ? last.limits() : limits(after);
        LocalDecision decision = new LocalDecision(
                instance,
                limits,
                binding,
                last == null || binding != last.bindingTier() || !last.limits().equals(limits),
                false,
                bound(after.get(binding), sample, sloSeconds),
                terms,
                reason(sample, sloSeconds, backpressure, after.get(binding)));
        return new Memory(sample.time(), 1, Double.NaN, Double.NaN, after, decision);
    }

    /** The limit after one sample. */
    private double next(double limit, double backpressure, double running) {
        double next = limit;
        if (backpressure > 1) {
            next = limit * Math.max(config.shrinkFloor(), 1 / backpressure);
        } else if (running >= config.filled() * Math.floor(limit)) {
            // An idle engine's backpressure of 0 asks for the cap.
            next = (1 - config.alpha()) * limit + config.alpha() * limit * Math.min(config.growCap(), 1 / backpressure);
        }
        return Math.min(config.maxBatch(), Math.max(config.minBatch(), next));
    }

    private Bound bound(double limit, InstanceSample sample, double sloSeconds) {
        if (limit <= config.minBatch()) {
            return Bound.MINIMUM;
        }
        if (limit >= config.maxBatch()) {
            return Bound.MAXIMUM;
        }
        if (!Reading.active(sample)) {
            return Bound.TRUST_REGION;
        }
        return Usage.memoryPressure(sample, config.kvHigh()) > sample.meanItlSeconds() / sloSeconds
                ? Bound.MEMORY
                : Bound.ITL;
    }

    private Kind unseen(int tiers) {
        return new Kind(
                IterationCurve.empty(config.curveHalfLifeSeconds()),
                0,
                Double.NaN,
                Double.NaN,
                BatchLimits.fixed(tiers, config.startBatch()),
                null);
    }

    private static BatchLimits limits(List<Double> perTier) {
        int count = perTier.size();
        int[][] limits = new int[count][count];
        for (int binding = 0; binding < count; binding++) {
            for (int lengths = 0; lengths < count; lengths++) {
                limits[binding][lengths] = (int) Math.floor(perTier.get(binding));
            }
        }
        return BatchLimits.of(limits, limits);
    }

    private static Reason reason(InstanceSample sample, double sloSeconds, double backpressure, double limit) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("sloSeconds", sloSeconds);
        putMeasured(numbers, "itlSeconds", sample.meanItlSeconds());
        putMeasured(numbers, "kvUse", sample.kvUse());
        numbers.put("runningSequences", sample.meanRunning());
        numbers.put("backpressure", backpressure);
        numbers.put("limitSequences", limit);
        return new Reason(ReasonCode.LOCAL_BACKPRESSURE, numbers, "");
    }

    private static void putMeasured(Map<String, Double> numbers, String name, double value) {
        if (value < Double.POSITIVE_INFINITY) {
            numbers.put(name, value);
        }
    }
}
