package io.chiron.examples.simulator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.ArrivalBins;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.RequestGroup;
import io.chiron.api.TierFlow;
import io.chiron.api.TierUsage;
import io.chiron.examples.simulator.run.SimClock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What rivals see of a fleet, and how old it is. */
final class ObservedTest {
    private static final Instant NOW = SimClock.instant(100);

    private static InstanceSnapshot instance(String id, Phase phase, int interactive, int batch, int waiting) {
        InstanceSample sample = InstanceSample.builder(NOW, 1)
                .tiers(List.of(
                        new TierUsage("interactive", interactive, interactive, 1),
                        new TierUsage("batch", batch, batch, 1)))
                .kv(2000, 8000)
                .waitingRequests(waiting)
                .build();
        return InstanceSnapshot.of(id, Pool.MIXED, phase, NOW).withSample(sample);
    }

    private static TierFlow flow(String tier, long waiting, LengthMoments completed) {
        return new TierFlow(
                tier,
                NOW,
                ArrivalBins.none(NOW),
                waiting,
                100 * waiting,
                0,
                completed,
                LengthHistogram.EMPTY,
                LengthHistogram.EMPTY,
                List.of());
    }

    @Test
    void readsASnapshot() {
        FleetSnapshot snapshot = new FleetSnapshot(
                "fleet",
                NOW,
                List.of(
                        instance("a", Phase.READY, 3, 2, 1),
                        instance("b", Phase.READY, 1, 0, 0),
                        instance("c", Phase.DRAINING, 4, 0, 0),
                        InstanceSnapshot.of("new", Pool.MIXED, Phase.READY, NOW),
                        InstanceSnapshot.of("starting", Pool.MIXED, Phase.STARTING, NOW),
                        instance("dead", Phase.FAILED, 0, 0, 0)),
                List.of(
                        flow("interactive", 7, LengthMoments.ZERO.plus(10, 20)),
                        flow("batch", 5, LengthMoments.ZERO.plus(30, 40).plus(50, 60))),
                List.of(new RequestGroup("batch", 5, SimClock.instant(400), NOW, 500, 0)));
        Observed seen = Observed.of(snapshot, Rules.scenario().tiers(), SimClock.instant(0));
        assertThat(seen.seconds()).isEqualTo(100);
        assertThat(seen.replicas()).extracting(Observed.Replica::id).containsExactly("a", "b");
        assertThat(seen.replicas().get(0).running()).isEqualTo(5);
        assertThat(seen.replicas().get(0).kvUse()).isEqualTo(0.25);
        // ready without metrics counts as starting, draining as neither
        assertThat(seen.starting()).isEqualTo(2);
        assertThat(seen.draining()).isEqualTo(1);
        assertThat(seen.current()).isEqualTo(4);
        assertThat(seen.inFlight()).isEqualTo(12 + 7);
        assertThat(seen.queuedPerReplica()).isEqualTo(6);
        assertThat(seen.queuedPromptTokensPerReplica()).isEqualTo(600);
        // done, running anywhere, waiting anywhere
        assertThat(seen.arrived()).containsExactly(1 + 8 + 7.0, 2 + 3 + 5.0);
        assertThat(seen.completed().output()).isEqualTo(120);
        assertThat(seen.groups()).containsExactly(new Observed.Deadline(400, 5));
    }

    @Test
    void nothingReadyIsNoDivisionByZero() {
        Observed seen = Fleet.of(0, 0, 0).queued(9, 900).at(0);
        assertThat(seen.queuedPerReplica()).isZero();
        assertThat(seen.queuedPromptTokensPerReplica()).isZero();
        assertThat(seen.meanKvUse()).isZero();
    }

    @Test
    void seriesForgetWhatIsTooOld() {
        Series series = new Series(10);
        assertThat(series.mean(0)).isNaN();
        assertThat(series.growth(0)).isZero();
        for (int now = 0; now <= 30; now++) {
            series.add(now, now * now);
        }
        assertThat(series.mean(27)).isEqualTo((784 + 841 + 900) / 3.0);
        assertThat(series.max(25)).isEqualTo(900);
        assertThat(series.min(25)).isEqualTo(676);
        assertThat(series.growth(20)).isEqualTo(900 - 400);
        assertThat(series.rate(20)).isEqualTo(50);
        assertThat(series.min(Double.NEGATIVE_INFINITY)).isEqualTo(400);
    }

    @Test
    void aScrapeIsHalfAPeriodOutOfStep() {
        Scrape scrape = new Scrape(15);
        double[] times = {0, 7, 8, 15, 22, 23, 30, 90, 97, 98};
        double[] seen = {0, 0, 8, 8, 8, 23, 23, 90, 90, 98};
        for (int i = 0; i < times.length; i++) {
            assertThat(scrape.of(Fleet.of(1, 0, 0).at(times[i])).seconds()).isEqualTo(seen[i]);
        }
    }

    @Test
    void aLoopComesRoundOncePerPeriod() {
        Every every = new Every(10);
        assertThat(every.due(0)).isTrue();
        assertThat(every.due(9)).isFalse();
        assertThat(every.due(10)).isTrue();
        assertThat(every.due(33)).isTrue();
        assertThat(every.due(40)).isFalse();
        assertThat(every.due(43)).isTrue();
    }
}
