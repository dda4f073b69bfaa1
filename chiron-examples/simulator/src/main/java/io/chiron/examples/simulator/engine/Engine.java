package io.chiron.examples.simulator.engine;

import io.chiron.examples.simulator.engine.EngineRequest.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One instance: iteration-level continuous batching with chunked prefill over a finite KV cache. It has no clock; the host
 * {@linkplain #advance advances} it to each time at which it then calls another method. Not thread-safe.
 *
 * <p>In every iteration each decode sequence yields one token; what is left of the token budget prefills admitted prompts
 * in order of admission. A prompt yields its first token at the end of the iteration that completes its prefill. Changes
 * take effect between iterations. Waiting requests are admitted first in, first out, interactive ones first, and none
 * overtakes one that lacks room.
 */
public final class Engine {
    /** Number of tiers: {@link EngineRequest#INTERACTIVE} and {@link EngineRequest#BATCH}. */
    public static final int TIERS = 2;
    /** Transfer rate at which a saved KV cache comes back from host memory. */
    public static final double RESTORE_BYTES_PER_SECOND = 25e9;
    /** Share of the KV cache that an admission leaves free for the running sequences to grow. */
    public static final double ADMISSION_WATERMARK = 0.01;

    private final Profile profile;
    private final boolean coalesce;

    private final WaitingQueue waiting = new WaitingQueue();
    /** Sequences whose eviction or cancellation waits for the end of the iteration. */
    private final ArrayList<EngineRequest> leaving = new ArrayList<>();

    private final Meter meter = new Meter();
    private final RunningSet running;
    private final IterationRun run = new IterationRun();

    /** End of the last finished run of iterations, or where the next one starts. */
    private double boundarySeconds;
    /** True while {@link #run} is in progress. */
    private boolean planned;
    /** True if the composition of the next iteration is yet to be decided, at the boundary. */
    private boolean dirty;

    private boolean failed;
    private long savedKv;

    /**
     * An idle engine.
     *
     * @param chunkTokens token budget of an iteration; {@link Integer#MAX_VALUE} for none
     * @param maxSequences cap on running sequences; {@link Integer#MAX_VALUE} for none
     */
    public Engine(Profile profile, int chunkTokens, int maxSequences) {
        this(profile, chunkTokens, maxSequences, true);
    }

    /** With {@code coalesce} false every iteration is stepped by itself: the same results, slower. */
    Engine(Profile profile, int chunkTokens, int maxSequences, boolean coalesce) {
        if (chunkTokens < 1 || maxSequences < 1) {
            throw new IllegalArgumentException(
                    "chunkTokens is " + chunkTokens + ", maxSequences is " + maxSequences + ", must be at least 1");
        }
        this.profile = profile;
        this.coalesce = coalesce;
        this.running = new RunningSet(profile, chunkTokens, maxSequences, meter);
    }

    public Profile profile() {
        return profile;
    }

    /** True if the request's prompt and output fit into the KV cache of an engine that runs nothing else. */
    public boolean fits(EngineRequest r) {
        return (long) r.promptTokens() + r.outputTokens() <= profile.kvCapacityTokens();
    }

    /**
     * Queues a request. If its KV cache was saved here it is restored, otherwise its prompt and what it has generated so far are
     * computed again.
     *
     * @throws IllegalArgumentException if it does not {@linkplain #fits fit}
     */
    public void admit(EngineRequest r, double nowSeconds) {
        if (failed || r.engine != null || r.generated >= r.outputTokens()) {
            throw new IllegalStateException(
                    r + (failed ? ": engine has failed" : ": already in an engine or finished"));
        }
        if (!fits(r)) {
            throw new IllegalArgumentException(r + " needs " + ((long) r.promptTokens() + r.outputTokens())
                    + " KV tokens, the engine holds " + profile.kvCapacityTokens());
        }
        touch(nowSeconds);
        if (r.savedOn != this) {
            dropSaved(r);
        }
        r.engine = this;
        r.state = State.WAITING;
        waiting.addLast(r);
    }

    /** Takes a request out, keeping its KV cache in the host memory of this instance. */
    public EvictResult evict(EngineRequest r, double nowSeconds) {
        return remove(r, nowSeconds, true);
    }

    /** True once {@link #fail} was called. */
    public boolean hasFailed() {
        return failed;
    }

    /** Drops a request, at the end of the iteration if it runs, and what is saved of it here. The listener is not told. */
    public void cancel(EngineRequest r, double nowSeconds) {
        if (r.engine == null && r.savedOn == this) {
            dropSaved(r);
        }
        remove(r, nowSeconds, false);
    }

    private EvictResult remove(EngineRequest r, double nowSeconds, boolean keepKv) {
        if (r.engine != this) {
            return EvictResult.NOT_HERE;
        }
        touch(nowSeconds);
        if (r.state == State.WAITING) {
            waiting.remove(r);
            r.state = State.OUTSIDE;
            r.engine = null;
            if (!keepKv) {
                dropSaved(r);
            }
            return EvictResult.IMMEDIATE;
        }
        // A cancellation overrides an eviction of the same request, not the other way round.
        r.keepKv = keepKv && (!r.leaving || r.keepKv);
        if (!r.leaving) {
            r.leaving = true;
            leaving.add(r);
        }
        return EvictResult.AT_ITERATION_END;
    }

    /**
     * The instance is lost with all that it runs and has saved; it cannot be used again.
     *
     * @return the requests that were in it, in order of admission, interactive ones first; each keeps the tokens that it
     *     has yielded
     */
    public List<EngineRequest> fail(double nowSeconds) {
        touch(nowSeconds);
        meter.integrate(nowSeconds);
        List<EngineRequest> lost = new ArrayList<>();
        for (int tier = 0; tier < TIERS; tier++) {
            lost.addAll(running.ofTier(tier));
        }
        for (EngineRequest r : lost) {
            running.stop(r, nowSeconds);
            r.leaving = false;
        }
        waiting.drainTo(lost);
        for (EngineRequest r : lost) {
            r.state = State.OUTSIDE;
            r.engine = null;
            dropSaved(r);
        }
        leaving.clear();
        failed = true;
        planned = false;
        dirty = false;
        savedKv = 0;
        return lost;
    }

    /** The next time at which something may change, to which the host should advance; infinite when idle. */
    public double nextEventSeconds() {
        return planned ? run.endSeconds(run.limit()) : nextStartSeconds();
    }

    /** Processes the iterations that end at {@code toSeconds} or before. */
    public void advance(double toSeconds, EngineListener listener) {
        while (true) {
            if (planned) {
                long target = run.endingBy(toSeconds);
                if (target > run.done()) {
                    step(target);
                }
                if (target < run.limit()) {
                    return;
                }
                endRun(listener);
            }
            double startSeconds = nextStartSeconds();
            if (startSeconds > toSeconds) {
                return;
            }
            boundarySeconds = startSeconds;
            plan(listener);
        }
    }

    /** The figures since the last call, or since time 0, which start anew. */
    public Window takeWindow(double nowSeconds) {
        return meter.take(nowSeconds, running, waiting, profile.kvCapacityTokens(), savedKv);
    }

    public int runningSequences() {
        return running.size();
    }

    public int runningSequences(int tierIndex) {
        return meter.running[tierIndex];
    }

    public int waitingRequests() {
        return waiting.size();
    }

    public long kvUsedTokens() {
        return running.kvUsedTokens();
    }

    public long savedKvTokens() {
        return savedKv;
    }

    /** The running sequences of a tier, oldest admission first. */
    public List<EngineRequest> running(int tierIndex) {
        return running.ofTier(tierIndex);
    }

    /** Tells the running sequences of a tier, oldest admission first; the action changes nothing here. */
    public void forEachRunning(int tierIndex, Consumer<? super EngineRequest> action) {
        running.forEach(tierIndex, action);
    }

    int generatedTokens(EngineRequest r) {
        return running.decode.generatedTokens(r);
    }

    /** Lets the iteration in progress be the last of its run, so that a change takes effect at its end. */
    private void touch(double nowSeconds) {
        if (!planned) {
            boundarySeconds = Math.max(boundarySeconds, nowSeconds);
        } else if (nowSeconds <= run.endSeconds(run.done())) {
            // No time has passed in it: it is composed anew.
            boundarySeconds = run.endSeconds(run.done());
            planned = false;
        } else if (nowSeconds >= run.endSeconds(run.done() + 1)) {
            throw new IllegalStateException("advance to " + nowSeconds + " s first");
        } else {
            run.limit(run.done() + 1);
        }
        dirty = true;
    }

    private double nextStartSeconds() {
        return dirty ? boundarySeconds : Math.max(boundarySeconds, running.nextRestoredSeconds());
    }

    private void step(long target) {
        running.step(target - run.done(), run.seconds(target) - run.seconds(run.done()));
        run.advanceTo(target);
    }

    private void endRun(EngineListener listener) {
        boundarySeconds = run.endSeconds(run.limit());
        planned = false;
        dirty = true;
        while (running.decode.stepsToFinish() == 0) {
            finish(running.decode.finished(), listener);
        }
        while (running.hasChunk()) {
            EngineRequest r = running.finishChunk();
            boolean yielded = r.state != State.PREFILL;
            if (yielded && r.generated == 1) {
                listener.firstToken(r, boundarySeconds);
            }
            if (r.generated == r.outputTokens()) {
                finish(r, listener);
            }
        }
    }

    private void finish(EngineRequest r, EngineListener listener) {
        running.stop(r, boundarySeconds);
        r.engine = null;
        r.leaving = false;
        listener.finished(r, boundarySeconds);
    }

    /** Decides at the boundary what the next iteration, or run of iterations, consists of. */
    private void plan(EngineListener listener) {
        removeLeaving(listener);
        while (running.nextRestoredSeconds() <= boundarySeconds) {
            dropSaved(running.resumeRestored());
        }
        while (running.kvSpareTokens() < 0) {
            preempt(running.preemptionVictim(), listener);
        }
        dirty = false;
        running.compose(waiting, boundarySeconds);
        DecodeSet decode = running.decode;
        if (decode.size() == 0 && running.prefillTokens() == 0) {
            return;
        }
        planned = true;
        run.start(boundarySeconds, running.iterationSeconds(), running.growthSeconds());
        if (coalesce && running.prefillTokens() == 0 && leaving.isEmpty()) {
            // What waits now lacks room, and gets none before the first sequence ends.
            run.limit(Math.min(decode.stepsToFinish(), running.stepsToOverflow()));
            run.limit(run.endingAtOrAfter(running.nextRestoredSeconds()));
        }
    }

    private void removeLeaving(EngineListener listener) {
        // By index: the listener may add to it.
        for (int i = 0; i < leaving.size(); i++) {
            EngineRequest r = leaving.get(i);
            if (!r.leaving) {
                continue; // finished first
            }
            boolean wasSaved = r.state == State.RESTORING;
            int held = running.stop(r, boundarySeconds);
            r.leaving = false;
            r.engine = null;
            if (!r.keepKv) {
                dropSaved(r);
                continue;
            }
            if (!wasSaved && held > 0) {
                r.savedOn = this;
                r.savedTokens = held;
                savedKv += held;
            }
            listener.evicted(r, boundarySeconds);
        }
        leaving.clear();
    }

    private void preempt(EngineRequest r, EngineListener listener) {
        running.stop(r, boundarySeconds);
        r.state = State.WAITING;
        r.preemptions++;
        meter.preemptions++;
        waiting.addFirst(r);
        listener.preempted(r, boundarySeconds);
    }

    private static void dropSaved(EngineRequest r) {
        if (r.savedOn != null) {
            r.savedOn.savedKv -= r.savedTokens;
        }
        r.savedOn = null;
        r.savedTokens = 0;
    }
}
