package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.ArrivalBins;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.WaitOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the router counts, with numbers: arrivals in bins, waits beside their prediction, lengths. */
class FlowFiguresTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Tiers TIERS = new Tiers(RouterModel.TIERS);

    private static final RouterConfig SECONDS =
            RouterConfig.builder().binMillis(250).binMemorySeconds(60).build();

    @Test
    void aBinIsToldOnceItIsClosedAndOfItsTierOnly() {
        ArrivalRing ring = new ArrivalRing(4, SECONDS);
        ring.add(0, 10, NOW);
        ring.add(0, 20, NOW.plusMillis(249));
        ring.add(0, 40, NOW.plusMillis(250));
        ring.add(1, 7, NOW.plusMillis(250));
        assertThat(ring.read(0, NOW.plusMillis(499)).size()).isEqualTo(1);
        ArrivalBins bins = ring.read(0, NOW.plusMillis(500));
        assertThat(bins.start()).isEqualTo(NOW);
        assertThat(bins.width()).isEqualTo(Duration.ofMillis(250));
        assertThat(requests(bins)).containsExactly(2.0, 1.0);
        assertThat(bins.promptTokens(0)).isEqualTo(30);
        assertThat(bins.promptTokens(1)).isEqualTo(40);
        assertThat(requests(ring.read(1, NOW.plusMillis(500)))).containsExactly(0.0, 1.0);
    }

    @Test
    void theRingKeepsItsTimeAndNoMore() {
        ArrivalRing ring = new ArrivalRing(4, SECONDS);
        ring.add(0, 10, NOW);
        assertThat(sum(ring.read(0, NOW.plusSeconds(60)))).isEqualTo(1);
        assertThat(ring.read(0, NOW.plusSeconds(60)).size()).isEqualTo(240);
        assertThat(sum(ring.read(0, NOW.plusMillis(60_250)))).isZero();
        assertThat(ring.read(0, NOW.plusMillis(60_250)).size()).isEqualTo(240);
        ring.add(0, 10, NOW.plusSeconds(1000));
        ArrivalBins later = ring.read(0, NOW.plusSeconds(1001));
        assertThat(sum(later)).isEqualTo(1);
        assertThat(later.size()).isEqualTo(240);
    }

    /** Calls of several threads may come late: they count in the open bin, and nothing that was told changes. */
    @Test
    void aLateArrivalCountsInTheOpenBin() {
        ArrivalRing ring = new ArrivalRing(4, SECONDS);
        ring.add(0, 10, NOW);
        ring.add(0, 10, NOW.plusSeconds(5));
        ring.add(0, 10, NOW);
        ArrivalBins bins = ring.read(0, NOW.plusMillis(5250));
        assertThat(bins.requests(0)).isEqualTo(1);
        assertThat(bins.requests(20)).isEqualTo(2);
    }

    @Test
    void aTimeThatWasAheadIsForgottenAndAClockThatFallsFarBackBeginsAnew() {
        ArrivalRing ring = new ArrivalRing(4, SECONDS);
        ring.add(0, 10, NOW);
        ring.add(0, 10, NOW.plusMillis(5250));
        ring.add(0, 10, NOW);
        ArrivalBins bins = ring.read(0, NOW.plusSeconds(6));
        assertThat(bins.requests(0)).as("the bin is open again").isEqualTo(2);
        assertThat(sum(bins)).isEqualTo(2);
        ring.add(0, 10, NOW.minusSeconds(1000));
        ArrivalBins anew = ring.read(0, NOW.minusSeconds(999));
        assertThat(anew.start()).isEqualTo(NOW.minusSeconds(1000));
        assertThat(requests(anew)).containsExactly(1.0, 0.0, 0.0, 0.0);
    }

    /** 241 bins of a quarter of a second: what was counted a round ago is gone, however the time got there. */
    @Test
    void aPlaceInTheRingIsEmptyWhenItsTurnComes() {
        Duration round = Duration.ofMillis(241 * 250);
        ArrivalRing steps = new ArrivalRing(4, SECONDS);
        steps.add(0, 10, NOW);
        steps.add(0, 10, NOW.plusSeconds(30));
        assertOneInItsLastBin(steps, NOW.plus(round));
        ArrivalRing leap = new ArrivalRing(4, SECONDS);
        leap.add(0, 10, NOW);
        assertOneInItsLastBin(leap, NOW.plus(round.multipliedBy(2)));
        ArrivalRing back = new ArrivalRing(4, SECONDS);
        back.add(0, 10, NOW);
        assertOneInItsLastBin(back, NOW.minus(round.multipliedBy(2)));
    }

    private static void assertOneInItsLastBin(ArrivalRing ring, Instant time) {
        ring.add(0, 10, time);
        ArrivalBins bins = ring.read(0, time.plusMillis(250));
        assertThat(bins.requests(bins.size() - 1)).isEqualTo(1);
        assertThat(bins.promptTokens(bins.size() - 1)).isEqualTo(10);
    }

    @Test
    void fewerAreFollowedTheDeeperTheQueue() {
        assertThat(followed(1, 10)).isEqualTo(10);
        assertThat(followed(31, 10)).isEqualTo(10);
        assertThat(followed(32, 10)).isEqualTo(5);
        assertThat(followed(64, 10)).isEqualTo(3);
        assertThat(followed(1 << 20, 10)).isEqualTo(1);
        assertThat(followed(Long.MAX_VALUE, 1)).isEqualTo(1);
    }

    @Test
    void theOldestOfTheFullestOctaveGoes() {
        WaitSample sample = new WaitSample(4);
        sample.dispatched(null, NOW);
        sample.dispatched(new WaitSample.Probe(NOW, 1, 2), NOW.plusSeconds(9));
        sample.dispatched(new WaitSample.Probe(NOW, 100, 2), NOW.plusSeconds(1));
        sample.dispatched(new WaitSample.Probe(NOW, 101, 2), NOW.plusSeconds(2));
        sample.dispatched(new WaitSample.Probe(NOW, 3, 2), NOW.minusSeconds(3));
        assertThat(sample.read())
                .containsExactly(
                        new WaitOutcome(NOW.minusSeconds(3), 3, 2, 0),
                        new WaitOutcome(NOW.plusSeconds(1), 100, 2, 1),
                        new WaitOutcome(NOW.plusSeconds(2), 101, 2, 2),
                        new WaitOutcome(NOW.plusSeconds(9), 1, 2, 9));
        sample.dispatched(new WaitSample.Probe(NOW, 1000, 2), NOW.plusSeconds(10));
        assertThat(sample.read()).extracting(WaitOutcome::position).containsExactly(3L, 101L, 1L, 1000L);
    }

    @Test
    void lengthsAreCountedAsTheyComeAndGo() {
        FlowRecorder flow = new FlowRecorder(RouterConfig.DEFAULTS);
        flow.completed(10, 20);
        flow.completed(5, 100);
        assertThat(flow.completed()).isEqualTo(new LengthMoments(2, 15, 120, 125, 10_400, 700));
        assertThat(flow.completedOutputs().count(LengthHistogram.bin(20))).isEqualTo(1);
        assertThat(flow.completedOutputs().total()).isEqualTo(2);
        flow.outputs(0, 1);
        flow.outputs(1, 200);
        assertThat(flow.runningOutputs().total()).isEqualTo(1);
        assertThat(flow.runningOutputs().count(LengthHistogram.bin(200))).isEqualTo(1);
        flow.outputs(200, 0);
        assertThat(flow.runningOutputs().total()).isZero();
    }

    @Test
    void timesBeyondALongAreItsEnds() {
        assertThat(Tiers.nanos(NOW.plusNanos(7))).isEqualTo(NOW.getEpochSecond() * 1_000_000_000L + 7);
        assertThat(Tiers.nanos(Instant.MAX)).isEqualTo(Long.MAX_VALUE);
        assertThat(Tiers.nanos(Instant.ofEpochSecond(9_223_372_036L))).isEqualTo(Long.MAX_VALUE);
        assertThat(Tiers.nanos(Instant.ofEpochSecond(9_223_372_035L))).isEqualTo(9_223_372_035_000_000_000L);
        assertThat(Tiers.nanos(Instant.MIN)).isEqualTo(Long.MIN_VALUE + 1);
        assertThat(Tiers.nanos(Instant.ofEpochSecond(-9_223_372_036L))).isEqualTo(Long.MIN_VALUE + 1);
        assertThat(Tiers.nanos(Instant.ofEpochSecond(-9_223_372_035L))).isEqualTo(-9_223_372_035_000_000_000L);
        assertThat(Tiers.instant(-1)).isEqualTo(Instant.ofEpochSecond(-1, 999_999_999));
        assertThat(Tiers.instant(Tiers.nanos(NOW))).isEqualTo(NOW);
    }

    @Test
    void theTightestTierThatRunsOrWouldBinds() {
        assertThat(TIERS.tightestInteractive()).isEqualTo(2);
        assertThat(TIERS.binding(new int[] {0, 0, 0, 0}, 1)).isEqualTo(1);
        assertThat(TIERS.binding(new int[] {1, 0, 0, 0}, 1)).isEqualTo(0);
        assertThat(TIERS.binding(new int[] {1, 0, 0, 1}, 1)).isEqualTo(3);
        assertThat(TIERS.binding(new int[] {0, 5, 0, 0}, 2)).isEqualTo(2);
        assertThat(TIERS.index("bulk")).isEqualTo(3);
        assertThat(TIERS.index("stranger")).isEqualTo(Tiers.UNKNOWN);
        assertThat(new Tiers(List.of(RouterModel.TIERS.get(1))).tightestInteractive())
                .isEqualTo(Tiers.UNKNOWN);
    }

    private static long followed(long position, int times) {
        WaitSample sample = new WaitSample(16);
        long count = 0;
        for (int i = 0; i < times; i++) {
            count += sample.follows(position) ? 1 : 0;
        }
        return count;
    }

    private static List<Double> requests(ArrivalBins bins) {
        List<Double> requests = new ArrayList<>();
        for (int i = 0; i < bins.size(); i++) {
            requests.add(bins.requests(i));
        }
        return requests;
    }

    private static double sum(ArrivalBins bins) {
        return requests(bins).stream().mapToDouble(each -> each).sum();
    }
}
