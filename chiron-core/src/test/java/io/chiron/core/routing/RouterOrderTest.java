package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.ArrivalBins;
import io.chiron.api.Pool;
import io.chiron.api.RequestClass;
import io.chiron.api.RoutedRequest;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.api.Times;
import io.chiron.core.local.BatchLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What comes out of order: calls between two of another thread, and times that are ahead. */
class RouterOrderTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final SloTier CHAT =
            new SloTier("chat", RequestClass.INTERACTIVE, new Slo(Duration.ofSeconds(10), Duration.ofMillis(200)));

    /** Who arrives before the host has asked for the new instance waits behind those who waited before. */
    @Test
    void nobodyOvertakesTheOverflowQueue() {
        Router router = new Router(List.of(CHAT), RouterConfig.DEFAULTS);
        router.publish(table("i0"));
        assertThat(router.offer(request("a"), START).placed()).isTrue();
        assertThat(router.offer(request("b"), START).placed()).isFalse();
        router.publish(table("i0", "i1"));
        // Before the host comes round to ask for the new instance.
        assertThat(router.offer(request("c"), START.plusMillis(1)).placed())
                .as("c, while b waits")
                .isFalse();
        assertThat(router.next("i1", START.plusMillis(2)).id()).isEqualTo("b");
        assertThat(router.next("i0", START.plusMillis(2))).as("room at i0").isNull();
        router.finished("a", 1, START.plusMillis(3));
        assertThat(router.next("i0", START.plusMillis(3)).id()).isEqualTo("c");
    }

    /** One call with a time 40 s ahead, less than the ring keeps. */
    @Test
    void oneTimeThatIsAheadHidesNoArrivals() {
        Router router = new Router(List.of(CHAT), RouterConfig.DEFAULTS);
        router.publish(table("i0"));
        int count = 0;
        for (int tenth = 0; tenth < 950; tenth++) {
            Instant now = START.plusMillis(100L * tenth);
            router.offer(request("r" + count++), now);
            if (tenth == 600) {
                router.flows(now.plusSeconds(40));
            }
        }
        Instant now = START.plusSeconds(95);
        ArrivalBins bins = router.flows(now).get(0).arrivals();
        double newest = 0;
        for (int i = 0; i < bins.size(); i++) {
            Instant start = bins.start().plus(bins.width().multipliedBy(i));
            if (Times.secondsBetween(START.plusSeconds(65), start) >= 0 && start.isBefore(now)) {
                newest += bins.requests(i);
            }
        }
        assertThat(newest).as("arrivals of the last half minute, of 300").isGreaterThan(250);
    }

    private static RoutingTable table(String... ids) {
        List<RoutingTable.Row> rows = new ArrayList<>();
        for (String id : ids) {
            rows.add(new RoutingTable.Row(id, Pool.MIXED, true, BatchLimits.fixed(1, 1), Double.POSITIVE_INFINITY));
        }
        return new RoutingTable(rows, List.of(new RoutingTable.TierCost(0, 1, Double.NaN)));
    }

    private static RoutedRequest request(String id) {
        return new RoutedRequest(id, "chat", 100, START, START.plusSeconds(10));
    }
}
