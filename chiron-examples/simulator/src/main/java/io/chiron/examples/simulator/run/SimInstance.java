package io.chiron.examples.simulator.run;

import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.SloTier;
import io.chiron.api.TierUsage;
import io.chiron.examples.simulator.engine.Engine;
import io.chiron.examples.simulator.engine.Window;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One instance that is paid for. */
final class SimInstance {
    final String id;
    final @Nullable String launchId;
    final double launchSeconds;
    final double readySeconds;
    /** When it is said to become ready. */
    private final double expectedReadySeconds;
    /** When it is lost. */
    final double failSeconds;

    final Engine engine;
    Pool pool;
    Phase phase;
    double endSeconds = Double.NaN;
    double nextEventSeconds = Double.POSITIVE_INFINITY;

    private @Nullable InstanceSample sample;

    SimInstance(
            String id,
            @Nullable String launchId,
            Pool pool,
            double launchSeconds,
            double expectedReadySeconds,
            double readySeconds,
            double failSeconds,
            Engine engine) {
        this.id = id;
        this.launchId = launchId;
        this.pool = pool;
        this.launchSeconds = launchSeconds;
        this.expectedReadySeconds = expectedReadySeconds;
        this.readySeconds = readySeconds;
        this.failSeconds = failSeconds;
        this.engine = engine;
        this.phase = readySeconds <= launchSeconds ? Phase.READY : Phase.STARTING;
    }

    boolean isEmpty() {
        return engine.runningSequences() == 0 && engine.waitingRequests() == 0;
    }

    /** Closes the sample window; returns the iterations that ended in it. */
    long measure(double nowSeconds, int chunkTokens, List<SloTier> tiers) {
        Window window = engine.takeWindow(nowSeconds);
        if (phase == Phase.STARTING || !(window.seconds() > 0)) {
            return window.iterations();
        }
        List<TierUsage> usage = new ArrayList<>(tiers.size());
        for (int i = 0; i < tiers.size(); i++) {
            Window.Tier tier = window.tiers().get(i);
            usage.add(new TierUsage(tiers.get(i).name(), tier.running(), tier.meanRunning(), tier.outputTokens()));
        }
        sample = InstanceSample.builder(SimClock.instant(nowSeconds), window.seconds())
                .tiers(usage)
                .iterations(window.iterations())
                .prefillTokens(window.prefillTokens())
                .meanItlSeconds(window.meanItlSeconds())
                .kv(window.kvUsedTokens(), window.kvCapacityTokens())
                .iterationBudgetTokens(chunkTokens)
                .preemptions(window.preemptions())
                .savedKvTokens(window.savedKvTokens())
                .waitingRequests(window.waiting())
                .build();
        return window.iterations();
    }

    InstanceSnapshot snapshot() {
        return new InstanceSnapshot(
                id,
                pool,
                phase,
                SimClock.instant(phase == Phase.STARTING ? expectedReadySeconds : readySeconds),
                launchId,
                InstanceSnapshot.DEFAULT_ACCELERATOR,
                sample);
    }
}
