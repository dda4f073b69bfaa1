package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.chiron.api.Pool;
import io.chiron.api.RequestClass;
import io.chiron.api.RoutedRequest;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.routing.RoutingTable.TierCost;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SparesTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000L);

    @Test
    void aRecordOfAnEndedRequestIsLikeNew() {
        Spares spares = new Spares();
        Tracked ended = spares.request(request(1), 2, 3);
        Tracked.Run run = spares.run();
        ended.run = run;
        ended.queued = true;
        ended.bucket = new DeadlineGrouping.Bucket(1);
        ended.probe = new WaitSample.Probe(NOW, 1, 1);
        run.placement = 1;
        run.firstTokenNanos = 1;
        run.producedTokens = 1;
        run.evictions = 1;
        run.costSeconds = 1;
        run.prefillTokens = 1;
        run.slot = 1;
        spares.give(ended);

        Tracked reused = spares.request(request(2), 1, 9);
        assertThat(reused).isSameAs(ended).usingRecursiveComparison().isEqualTo(new Tracked(request(2), 1, 9));
        assertThat(spares.run()).isSameAs(run).usingRecursiveComparison().isEqualTo(new Tracked.Run());
        assertThat(spares.request(request(3), 1, 10)).isNotSameAs(ended);
    }

    @Test
    void placingAndEndingRequestsAllocatesNothing() {
        SloTier chat =
                new SloTier("chat", RequestClass.INTERACTIVE, new Slo(Duration.ofSeconds(10), Duration.ofMillis(200)));
        Router router = new Router(List.of(chat), RouterConfig.DEFAULTS);
        router.publish(new RoutingTable(
                IntStream.range(0, 10)
                        .mapToObj(i -> new RoutingTable.Row(
                                "i" + i, Pool.MIXED, true, BatchLimits.fixed(1, 64), Double.POSITIVE_INFINITY))
                        .toList(),
                List.of(new TierCost(1e-5, 0.1, Double.NaN))));
        RoutedRequest[] requests =
                IntStream.range(0, 500).mapToObj(SparesTest::request).toArray(RoutedRequest[]::new);
        placeAndEnd(router, requests);

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        placeAndEnd(router, requests);
        // The smallest object has 16 bytes, so none per request: what is left is the measurement.
        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / requests.length)
                .isLessThan(16);
    }

    private static void placeAndEnd(Router router, RoutedRequest[] requests) {
        for (RoutedRequest request : requests) {
            if (!router.offer(request, NOW).placed()) {
                throw new AssertionError("there is room for all");
            }
        }
        for (RoutedRequest request : requests) {
            router.firstToken(request.id(), NOW);
            router.finished(request.id(), 10, NOW);
        }
    }

    private static RoutedRequest request(int number) {
        return new RoutedRequest("r" + number, "chat", 100, NOW, NOW.plusSeconds(10));
    }
}
