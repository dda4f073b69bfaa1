package io.chiron.testkit.plant;

import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.SloTier;
import io.chiron.api.TierUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One instance: a continuously batched engine in fluid form. Between two events (a prompt is processed, a request ends)
 * every sequence decodes at the same speed; prompts are processed one after the other, as far as the KV cache has room.
 * Confined to the thread of the loop.
 */
final class Machine {
    /** Rounding must not leave a thousandth of a token. */
    private static final double NOTHING = 1e-6;

    final String id;
    final @Nullable String launchId;
    final String accelerator;
    final List<Job> jobs = new ArrayList<>();
    Pool pool;
    Phase phase = Phase.STARTING;
    double readySeconds;

    private final PlantConfig config;
    private final double[] sequenceSeconds;
    private final double[] tokens;
    private double windowStartSeconds;
    private double iterations;
    private double prefilledTokens;
    private double itlTokenSeconds;
    private double preemptions;
    private @Nullable InstanceSample sample;

    Machine(
            String id,
            @Nullable String launchId,
            String accelerator,
            Pool pool,
            double readySeconds,
            PlantConfig config,
            int tiers) {
        this.id = id;
        this.launchId = launchId;
        this.accelerator = accelerator;
        this.pool = pool;
        this.readySeconds = readySeconds;
        this.config = config;
        sequenceSeconds = new double[tiers];
        tokens = new double[tiers];
        windowStartSeconds = readySeconds;
    }

    boolean serves() {
        return phase == Phase.READY || phase == Phase.DRAINING;
    }

    void add(Job job) {
        if (job.home != null && job.home != this) {
            job.restart();
        }
        job.home = null;
        job.at = this;
        jobs.add(job);
    }

    /** Runs the engine; {@code started} and {@code ended} are told with the job's times set. */
    void advance(double fromSeconds, double toSeconds, Consumer<Job> started, Consumer<Job> ended) {
        if (!serves()) {
            return;
        }
        double now = fromSeconds;
        while (now < toSeconds && !jobs.isEmpty()) {
            Job head = prefillHead();
            int decoding = 0;
            double leastLeft = Double.POSITIVE_INFINITY;
            double waitingTokens = 0;
            for (Job job : jobs) {
                if (job.decodes()) {
                    decoding++;
                    leastLeft = Math.min(leastLeft, job.leftTokens());
                } else {
                    waitingTokens += job.prefillTokens;
                }
            }
            double prefill = head == null ? 0 : Math.min(config.chunkTokens(), waitingTokens);
            double itl = config.iteration().seconds(decoding, prefill);
            double step = Math.min(toSeconds - now, leastLeft * itl);
            if (head != null) {
                step = Math.min(step, head.prefillTokens / prefill * itl);
            }
            now += step;
            run(head, prefill, itl, step, now, started, ended);
        }
        preempt();
    }

    private void run(
            @Nullable Job head,
            double prefill,
            double itl,
            double step,
            double now,
            Consumer<Job> started,
            Consumer<Job> ended) {
        double produced = step / itl;
        iterations += produced;
        List<Job> done = new ArrayList<>(2);
        for (Job job : jobs) {
            if (job.decodes()) {
                job.producedTokens += produced;
                sequenceSeconds[job.tier] += step;
                tokens[job.tier] += produced;
                itlTokenSeconds += produced * itl;
                if (job.leftTokens() <= NOTHING) {
                    done.add(job);
                }
            }
        }
        if (head != null) {
            double processed = Math.min(head.prefillTokens, produced * prefill);
            head.prefillTokens -= processed;
            prefilledTokens += processed;
            if (head.prefillTokens <= NOTHING) {
                head.prefillTokens = 0;
                if (Double.isNaN(head.firstTokenSeconds)) {
                    head.firstTokenSeconds = now;
                    head.producedTokens = 1;
                }
                started.accept(head);
                if (head.leftTokens() <= NOTHING) {
                    done.add(head);
                }
            }
        }
        for (Job job : done) {
            job.endSeconds = now;
            jobs.remove(job);
            ended.accept(job);
        }
    }

    /** The first job whose prompt is not processed, if the KV cache has room for it. */
    private @Nullable Job prefillHead() {
        Job head = null;
        double used = 0;
        for (Job job : jobs) {
            if (job.decodes()) {
                used += job.kvTokens();
            } else if (head == null) {
                head = job;
            }
        }
        return head == null || (used > 0 && used + head.kvTokens() > config.kvCapacityTokens()) ? null : head;
    }

    /** The youngest sequences give way while the KV cache is too small, and begin anew. */
    private void preempt() {
        double used = kvUsedTokens();
        for (int i = jobs.size() - 1; i > 0 && used > config.kvCapacityTokens(); i--) {
            Job job = jobs.get(i);
            if (job.decodes()) {
                used -= job.kvTokens();
                job.restart();
                preemptions++;
            }
        }
    }

    private double kvUsedTokens() {
        double used = 0;
        for (Job job : jobs) {
            used += job.decodes() ? job.kvTokens() : 0;
        }
        return used;
    }

    /** Ends the window of the sample. */
    void measure(double nowSeconds, Instant now, List<SloTier> tiers, double savedKvTokens) {
        double window = nowSeconds - windowStartSeconds;
        if (!serves() || window <= 0) {
            return;
        }
        List<TierUsage> usage = new ArrayList<>();
        double allTokens = 0;
        long waiting = 0;
        int[] running = new int[tiers.size()];
        for (Job job : jobs) {
            running[job.tier] += job.decodes() ? 1 : 0;
            waiting += job.decodes() ? 0 : 1;
        }
        for (int i = 0; i < tiers.size(); i++) {
            usage.add(new TierUsage(tiers.get(i).name(), running[i], sequenceSeconds[i] / window, tokens[i]));
            allTokens += tokens[i];
            sequenceSeconds[i] = 0;
            tokens[i] = 0;
        }
        sample = InstanceSample.builder(now, window)
                .tiers(usage)
                .iterations(iterations)
                .prefillTokens(prefilledTokens)
                .meanItlSeconds(allTokens > 0 ? itlTokenSeconds / allTokens : Double.NaN)
                .kv(kvUsedTokens(), config.kvCapacityTokens())
                .preemptions(preemptions)
                .savedKvTokens(savedKvTokens)
                .waitingRequests(waiting)
                .build();
        windowStartSeconds = nowSeconds;
        iterations = 0;
        prefilledTokens = 0;
        itlTokenSeconds = 0;
        preemptions = 0;
    }

    InstanceSnapshot snapshot(Instant readyAt) {
        return new InstanceSnapshot(id, pool, phase, readyAt, launchId, accelerator, sample);
    }
}
