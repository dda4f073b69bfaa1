package io.chiron.examples.simulator.engine;

import io.chiron.examples.simulator.engine.EngineRequest.State;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/** The admitted sequences of an engine, the KV cache they hold, and the composition of the next iteration. */
final class RunningSet {
    final DecodeSet decode;
    /** Prompts being computed, in order of admission. */
    private final ArrayDeque<EngineRequest> prefilling = new ArrayDeque<>();
    /** Sequences whose saved KV cache is on its way back, by the time it is there. */
    private final PriorityQueue<EngineRequest> restoring = new PriorityQueue<>(
            Comparator.comparingDouble((EngineRequest r) -> r.readySeconds).thenComparingLong(r -> r.admission));
    /** All of them per tier, in order of admission. */
    private final AdmissionList[] byTier = {new AdmissionList(), new AdmissionList()};

    private final Profile profile;
    private final int chunkTokens;
    private final int maxSequences;
    private final long watermarkTokens;
    private final Meter meter;
    /** KV tokens held, plus those that admitted prompts will need up to their first token. */
    private long kvReserved;

    private long kvUsed;
    private long admissions;
    private long prefillTokens;
    private double prefillWork;

    RunningSet(Profile profile, int chunkTokens, int maxSequences, Meter meter) {
        this.profile = profile;
        this.chunkTokens = chunkTokens;
        this.maxSequences = maxSequences;
        this.watermarkTokens = (long) (profile.kvCapacityTokens() * Engine.ADMISSION_WATERMARK);
        this.meter = meter;
        this.decode = new DecodeSet(chunkTokens);
    }

    int size() {
        return meter.totalRunning;
    }

    List<EngineRequest> ofTier(int tierIndex) {
        return byTier[tierIndex].toList();
    }

    void forEach(int tierIndex, Consumer<? super EngineRequest> action) {
        byTier[tierIndex].forEach(action);
    }

    long kvUsedTokens() {
        return kvUsed;
    }

    /** KV tokens that are neither reserved nor needed by the next step of the decode set; negative if it cannot step. */
    long kvSpareTokens() {
        return profile.kvCapacityTokens() - kvReserved - decode.size();
    }

    /** Steps that the KV cache has room for, at the present decode set. */
    long stepsToOverflow() {
        return (profile.kvCapacityTokens() - kvReserved) / decode.size();
    }

    /** When the next saved KV cache is back; infinite if none is on its way. */
    double nextRestoredSeconds() {
        EngineRequest first = restoring.peek();
        return first == null ? Double.POSITIVE_INFINITY : first.readySeconds;
    }

    /** The youngest sequence of the loosest tier. */
    EngineRequest preemptionVictim() {
        EngineRequest batch = byTier[EngineRequest.BATCH].last();
        return batch == null ? Objects.requireNonNull(byTier[EngineRequest.INTERACTIVE].last(), "running") : batch;
    }

    private void start(EngineRequest r, double nowSeconds) {
        r.prefillLength = r.promptTokens() + r.generated;
        r.prefilled = 0;
        r.chunk = 0;
        r.admission = ++admissions;
        byTier[r.tierIndex()].add(r);
        meter.running(r.tierIndex(), 1, nowSeconds);
        if (r.savedTokens > 0) {
            r.state = State.RESTORING;
            double bytes = (double) r.savedTokens * profile.kvBytesPerToken();
            r.readySeconds = nowSeconds + bytes / Engine.RESTORE_BYTES_PER_SECOND;
            restoring.add(r);
            kvUsed += r.savedTokens;
        } else {
            r.state = State.PREFILL;
            prefilling.add(r);
        }
        kvReserved += reservation(r);
    }

    /** Frees the KV cache of a sequence and forgets it; returns the tokens that it held. */
    int stop(EngineRequest r, double nowSeconds) {
        State state = r.state;
        if (state == State.RESTORING) {
            restoring.remove(r);
        } else if (state == State.PREFILL) {
            prefilling.remove(r);
        } else {
            decode.remove(r);
        }
        // After leaving the decode set, when the count of its tokens is settled.
        int held = state == State.RESTORING
                ? r.savedTokens
                : state == State.PREFILL ? r.prefilled : r.promptTokens() + r.generated;
        kvReserved -= state == State.RESTORING || state == State.PREFILL ? reservation(r) : held;
        kvUsed -= held;
        r.state = State.OUTSIDE;
        byTier[r.tierIndex()].remove(r);
        meter.running(r.tierIndex(), -1, nowSeconds);
        return held;
    }

    /** What a sequence that does not decode yet has reserved: up to its next token, unless it is restored to decode at once. */
    private static int reservation(EngineRequest r) {
        boolean decodesNext = r.state == State.RESTORING && r.savedTokens == r.prefillLength;
        return decodesNext ? r.prefillLength : r.prefillLength + 1;
    }

    /** Lets the next sequence, whose saved KV cache is back, go on where it stopped. */
    EngineRequest resumeRestored() {
        EngineRequest r = restoring.remove();
        r.prefilled = r.savedTokens;
        if (r.prefilled == r.prefillLength) {
            decode.add(r);
        } else {
            r.state = State.PREFILL;
            prefilling.add(r);
        }
        return r;
    }

    /** Composes the next iteration of what runs and of waiting requests for which there is room. */
    void compose(WaitingQueue waiting, double nowSeconds) {
        prefillTokens = 0;
        prefillWork = 0;
        for (EngineRequest r : prefilling) {
            scheduleChunk(r);
        }
        for (EngineRequest r = waiting.first(); r != null && hasRoom(r); r = waiting.first()) {
            waiting.remove(r);
            start(r, nowSeconds);
            if (r.state == State.PREFILL) {
                scheduleChunk(r);
            }
        }
    }

    private boolean hasRoom(EngineRequest r) {
        if (size() >= maxSequences || (r.savedTokens == 0 && budgetTokens() <= 0)) {
            return false;
        }
        long neededTokens = (long) r.promptTokens() + r.generated + 1;
        // Alone it fits in any case, see Engine.admit.
        return size() == 0 || neededTokens + watermarkTokens <= kvSpareTokens();
    }

    /** Tokens of the iteration's budget that are not taken. */
    private long budgetTokens() {
        return chunkTokens - decode.size() - prefillTokens;
    }

    private void scheduleChunk(EngineRequest r) {
        int chunk = (int) Math.min(budgetTokens(), r.prefillLength - r.prefilled);
        r.chunk = chunk;
        prefillTokens += chunk;
        prefillWork += chunk * (r.prefilled + 0.5 * chunk);
    }

    long prefillTokens() {
        return prefillTokens;
    }

    double iterationSeconds() {
        return profile.iterationSeconds(decode.size(), (double) prefillTokens, (double) decode.kvTokens(), prefillWork);
    }

    /** By how much each step of the decode set is longer than the one before. */
    double growthSeconds() {
        return profile.timing().c3() * decode.size();
    }

    /** Takes {@code iterations} steps of the decode set; prefill counts with {@link #finishChunk}. */
    void step(long iterations, double seconds) {
        meter.iterations(iterations, seconds, decode, prefillTokens);
        long tokens = iterations * decode.size();
        decode.step(iterations);
        kvReserved += tokens;
        kvUsed += tokens;
    }

    /** True if the iteration that ended computed a chunk that {@link #finishChunk} has not counted yet. */
    boolean hasChunk() {
        EngineRequest first = prefilling.peek();
        return first != null && first.chunk > 0;
    }

    /** Counts the chunk of the oldest prompt. If its prefill is complete, it has yielded a token and decodes from now on. */
    EngineRequest finishChunk() {
        EngineRequest r = prefilling.element();
        r.prefilled += r.chunk;
        kvUsed += r.chunk;
        r.chunk = 0;
        if (r.prefilled == r.prefillLength) {
            prefilling.remove();
            r.generated++;
            kvUsed++;
            meter.outputTokens[r.tierIndex()]++;
            decode.add(r);
        }
        return r;
    }
}
