package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.ArrivalBins;
import io.chiron.api.LengthHistogram;
import io.chiron.api.Pool;
import io.chiron.api.RoutedRequest;
import io.chiron.api.TierFlow;
import io.chiron.api.WaitOutcome;
import io.chiron.core.local.BatchLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class RouterFlowProperties {

    /** One step of time, backwards too, and what happens then: an offer or a reading. */
    record Tick(int millis, boolean offer) {}

    /** A reader that puts bins where their time says counts each offer once, and never sees a closed bin change. */
    @Property
    void closedBinsCountEachOfferOnce(
            @ForAll("ticks") List<Tick> ticks, @ForAll @IntRange(min = 100, max = 250) int binMillis) {
        Router router = new Router(
                RouterModel.TIERS, RouterConfig.builder().binMillis(binMillis).build());
        TreeMap<Instant, Double> seen = new TreeMap<>();
        Instant now = RouterRun.START;
        int offers = 0;
        int tickCount = 0;
        for (Tick tick : ticks) {
            now = now.plusMillis(tick.millis);
            // At least every 20th tick, within what the ring remembers.
            if (tick.offer && ++tickCount % 20 > 0) {
                router.offer(new RoutedRequest("r" + offers++, "chat", 7, now, now), now);
            } else {
                read(router, now, seen);
            }
        }
        Instant end = now.plusSeconds(30);
        read(router, end, seen);
        assertThat(seen.keySet()).allMatch(start -> !start.plusMillis(binMillis).isAfter(end));
        assertThat(seen.values().stream().mapToDouble(count -> count).sum()).isEqualTo(offers);
    }

    private static void read(Router router, Instant now, TreeMap<Instant, Double> seen) {
        ArrivalBins bins = router.flows(now).get(0).arrivals();
        for (int i = 0; i < bins.size(); i++) {
            Instant start = bins.start().plus(bins.width().multipliedBy(i));
            assertThat(bins.promptTokens(i)).isEqualTo(7 * bins.requests(i));
            assertThat(seen.getOrDefault(start, bins.requests(i))).isEqualTo(bins.requests(i));
            seen.put(start, bins.requests(i));
        }
    }

    @Provide
    Arbitrary<List<Tick>> ticks() {
        Arbitrary<Integer> millis = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 900), Arbitraries.integers().between(-200, 0));
        return Combinators.combine(millis, Arbitraries.of(true, true, false))
                .as(Tick::new)
                .list()
                .ofMaxSize(120);
    }

    /** A queue of this length is taken one by one; the positions that are kept cover every octave of it. */
    @Property
    void waitOutcomesCoverAllOctavesOfTheQueue(
            @ForAll @IntRange(min = 1, max = 1200) int length, @ForAll @IntRange(min = 1, max = 50) int stepMillis) {
        Router router = new Router(
                RouterModel.TIERS, RouterConfig.builder().waitSampleLimit(64).build());
        router.publish(table(0.5));
        Instant start = RouterRun.START;
        for (int i = 0; i < length; i++) {
            router.offer(new RoutedRequest("r" + i, "batch", 1, start, start.plusSeconds(3600 + i)), start);
        }
        router.publish(new RoutingTable(
                List.of(new RoutingTable.Row("i0", Pool.BATCH, true, BatchLimits.fixed(4, 1_000_000), 0)),
                table(0.5).costs()));
        for (int i = 0; i < length; i++) {
            router.next("i0", start.plusMillis((long) stepMillis * (i + 1)));
        }
        List<WaitOutcome> waits =
                router.flows(start.plus(Duration.ofHours(1))).get(1).waits();
        assertThat(waits.size()).isBetween(Math.min(length, 16), 64);
        assertThat(waits).isSortedAccordingTo((a, b) -> a.dispatchedAt().compareTo(b.dispatchedAt()));
        for (int octave = 0; 1 << octave <= length / 2; octave++) {
            int low = 1 << octave;
            assertThat(waits).anyMatch(wait -> wait.position() >= low && wait.position() < 2L * low);
        }
        for (WaitOutcome wait : waits) {
            assertThat(wait.predictedSeconds()).isEqualTo(0.5 * wait.position());
            assertThat(wait.actualSeconds()).isCloseTo(stepMillis * wait.position() * 1e-3, within(1e-6));
        }
    }

    @Property
    void completedLengthsAddUp(@ForAll @Size(max = 60) List<@IntRange(max = 3000) Integer> outputs) {
        Router router = new Router(RouterModel.TIERS, RouterConfig.DEFAULTS);
        Instant now = RouterRun.START;
        for (int i = 0; i < outputs.size(); i++) {
            router.offer(new RoutedRequest("r" + i, "fast", 1 + i, now, now), now);
            router.finished("r" + i, outputs.get(i), now);
        }
        TierFlow flow = router.flows(now).get(2);
        int[] counted = IntStream.range(0, outputs.size())
                .filter(i -> outputs.get(i) > 0)
                .toArray();
        assertThat(flow.completed().count()).isEqualTo(counted.length);
        assertThat(flow.completed().promptTimesOutput())
                .isEqualTo(IntStream.of(counted)
                        .mapToDouble(i -> (1.0 + i) * outputs.get(i))
                        .sum());
        double[] expected = new double[LengthHistogram.BINS];
        double[] actual = new double[LengthHistogram.BINS];
        IntStream.of(counted).forEach(i -> expected[LengthHistogram.bin(outputs.get(i))]++);
        Arrays.setAll(actual, bin -> flow.completedOutputs().count(bin));
        assertThat(actual).isEqualTo(expected);
    }

    private static RoutingTable table(double waitSecondsPerPosition) {
        RoutingTable.TierCost cost = new RoutingTable.TierCost(0, 1, waitSecondsPerPosition);
        return new RoutingTable(List.of(), List.of(cost, cost, cost, cost));
    }
}
