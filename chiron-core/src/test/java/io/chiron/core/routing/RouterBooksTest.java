package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.LengthHistogram;
import io.chiron.api.Pool;
import io.chiron.api.RequestGroup;
import io.chiron.api.RoutedRequest;
import io.chiron.api.TierFlow;
import io.chiron.core.local.BatchLimits;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One job on one instance, through the calls that may reach it in an unusual order. */
class RouterBooksTest {
    private static final Instant NOW = RouterRun.START;
    private static final int BATCH = 1;

    private final Router router = new Router(RouterModel.TIERS, RouterConfig.DEFAULTS);

    RouterBooksTest() {
        RoutingTable.TierCost cost = new RoutingTable.TierCost(0.001, 0.1, 0.01);
        router.publish(new RoutingTable(
                List.of(new RoutingTable.Row("i", Pool.MIXED, true, BatchLimits.fixed(4, 4), 1000)),
                List.of(cost, cost, cost, cost)));
        router.offer(new RoutedRequest("job", "batch", 100, NOW, NOW.plusSeconds(10)), NOW);
    }

    /** Tokens that came while it was pushed off count: it is due when its ITL asks for the next, and nothing is prefilled. */
    @Test
    void progressOfARequestThatWasEvictedMeanwhileCounts() {
        assertThat(router.inFlight("i")).isEqualTo(1);
        assertThat(router.evict("i", "batch", 1, NOW)).containsExactly("job");
        assertThat(group().deadline()).isEqualTo(NOW.plusSeconds(10));
        assertThat(group().promptTokens()).isEqualTo(100);
        router.progress("job", 50, NOW);
        assertThat(group().producedTokens()).isEqualTo(50);
        assertThat(group().promptTokens()).isZero();
        assertThat(group().deadline()).as("50 tokens at two seconds each").isEqualTo(NOW.plusSeconds(100));
        assertThat(router.flows(NOW).get(BATCH).runningOutputs().total()).isZero();
        assertThat(router.next("i", NOW).id()).isEqualTo("job");
        assertThat(router.queued()).isZero();
        assertThat(running(50)).isEqualTo(1);
    }

    @Test
    void aRequestMayEndWhileItIsQueuedAgain() {
        router.progress("job", 7, NOW);
        router.evict("i", "batch", 1, NOW);
        router.finished("job", 9, NOW);
        assertThat(router.queued()).isZero();
        assertThat(router.groups(NOW)).isEmpty();
        assertThat(router.inFlight("i")).isZero();
        TierFlow flow = router.flows(NOW).get(BATCH);
        assertThat(flow.completed().count()).isEqualTo(1);
        assertThat(flow.completed().output()).isEqualTo(9);
        assertThat(flow.waitingRequests()).isZero();
        assertThat(flow.waitingPromptTokens()).isZero();
    }

    @Test
    void progressIsCountedByItsLatestFigure() {
        router.firstToken("job", NOW);
        assertThat(running(1)).isEqualTo(1);
        router.progress("job", 200, NOW);
        router.firstToken("job", NOW);
        assertThat(running(1)).isZero();
        assertThat(running(200)).isEqualTo(1);
        router.progress("job", 0, NOW);
        router.progress("stranger", 5, NOW);
        assertThat(running(200)).isEqualTo(1);
        router.finished("job", 0, NOW);
        assertThat(running(200)).isZero();
        assertThat(router.flows(NOW).get(BATCH).completed().count())
                .as("without output it is not completed")
                .isZero();
    }

    @Test
    void whatADeadInstanceHeldIsQueuedWithAllItsPrompt() {
        router.progress("job", 50, NOW);
        assertThat(router.failed("i", NOW)).isEmpty();
        assertThat(group().promptTokens()).isEqualTo(150);
        assertThat(router.next("i", NOW)).isNull();
        assertThat(router.failed("stranger", NOW)).isEmpty();
    }

    private RequestGroup group() {
        List<RequestGroup> groups = router.groups(NOW);
        assertThat(groups).hasSize(1);
        return groups.get(0);
    }

    /** Running jobs with about so many tokens so far. */
    private double running(int tokens) {
        return router.flows(NOW).get(BATCH).runningOutputs().count(LengthHistogram.bin(tokens));
    }
}
