package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.Placement;
import io.chiron.api.Pool;
import io.chiron.api.RequestGroup;
import io.chiron.api.RoutedRequest;
import io.chiron.core.local.BatchLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouterTest {
    private static final Instant NOW = RouterRun.START;
    /** Interactive limits 2 (soft) and 3 (hard), batch limits 6. */
    private static final BatchLimits LIMITS = limits(2, 3, 6);

    private final Router router = new Router(RouterModel.TIERS, RouterConfig.DEFAULTS);
    private int ids;

    @Test
    void interactiveWorkPushesBatchWorkBackUnderItsOwnLimit() {
        publish(row("a", Pool.MIXED));
        List<String> batch = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            batch.add(offerBatch(100 + i));
        }
        Placement placement = router.offer(request("chat", 10), NOW);
        // One batch request stays beside the interactive one; the others leave, latest deadline first.
        assertThat(placement.instance()).isEqualTo("a");
        assertThat(placement.evicted())
                .containsExactly(batch.get(5), batch.get(4), batch.get(3), batch.get(2), batch.get(1));
        assertThat(router.queued()).isEqualTo(5);
    }

    @Test
    void mixedInstancesThatRunInteractiveWorkComeBeforeThoseWithBatchWorkOnly() {
        publish(row("a", Pool.MIXED), row("b", Pool.MIXED));
        offerBatch(100);
        String chat = request("chat", 10).id();
        assertThat(router.offer(new RoutedRequest(chat, "chat", 10, NOW, NOW), NOW)
                        .instance())
                .isEqualTo("b");
        assertThat(router.offer(request("chat", 10), NOW).instance()).isEqualTo("b");
        assertThat(router.offer(request("chat", 10), NOW).instance()).isEqualTo("a");
    }

    @Test
    void aPlacementIsMadeOncePerInstance() {
        publish(row("a", Pool.MIXED));
        assertThat(router.offer(request("chat", 10), NOW)).isSameAs(router.offer(request("chat", 10), NOW));
    }

    @Test
    void anEvictedRequestWaitsForItsHomeUntilItMustGoOn() {
        publish(row("a", Pool.MIXED), row("b", Pool.INTERACTIVE));
        String id = offerBatch(3600);
        router.firstToken(id, NOW);
        router.progress(id, 20, NOW);
        assertThat(router.evict("a", "batch", 1, NOW)).containsExactly(id);
        publish(row("a", Pool.MIXED), row("b", Pool.BATCH));
        // 20 tokens at 2 s may take 40 s, less the 30 s that others are kept away from it.
        assertThat(router.next("b", NOW.plusMillis(9_999))).isNull();
        assertThat(router.next("b", NOW.plusSeconds(10))).isNotNull();
    }

    @Test
    void theHomeTakesItsRequestBeforeOneWithALaterDeadline() {
        publish(row("a", Pool.MIXED));
        String evicted = offerBatch(100);
        router.firstToken(evicted, NOW);
        router.evict("a", "batch", 1, NOW);
        String later = offerBatch(50);
        // Its first token has come: it must go on 2 s later, long before the other has to start.
        assertThat(router.next("a", NOW).id()).isEqualTo(evicted);
        assertThat(router.next("a", NOW).id()).isEqualTo(later);
    }

    @Test
    void aKeptCacheNeedsNoPrefillUntilItsHomeIsGone() {
        publish(row("a", Pool.MIXED));
        String id = offerBatch(100);
        router.progress(id, 30, NOW);
        router.evict("a", "batch", 1, NOW);
        RequestGroup kept = router.groups(NOW).get(0);
        assertThat(kept.promptTokens()).isZero();
        assertThat(kept.producedTokens()).isEqualTo(30);
        publish(row("b", Pool.MIXED));
        RequestGroup lost = router.groups(NOW).get(0);
        assertThat(lost.promptTokens()).isEqualTo(10 + 30);
        assertThat(lost.producedTokens()).isEqualTo(30);
        assertThat(router.next("b", NOW)).isNotNull();
    }

    @Test
    void aFailedInstanceTakesNothingUntilTheNextTable() {
        publish(row("a", Pool.MIXED));
        RoutedRequest chat = request("chat", 10);
        router.offer(chat, NOW);
        assertThat(router.failed("a", NOW)).containsExactly(chat);
        assertThat(router.offer(chat, NOW)).isEqualTo(Placement.OVERFLOW);
        assertThat(router.next("a", NOW)).isNull();
        publish(row("a", Pool.MIXED));
        assertThat(router.next("a", NOW)).isSameAs(chat);
    }

    @Test
    void anInstanceThatVanishedIsTrackedUntilItsWorkEnds() {
        publish(row("a", Pool.MIXED));
        RoutedRequest chat = request("chat", 10);
        router.offer(chat, NOW);
        publish(row("b", Pool.MIXED));
        assertThat(router.inFlight("a", "chat")).isEqualTo(1);
        assertThat(router.offer(request("chat", 10), NOW).instance()).isEqualTo("b");
        router.finished(chat.id(), 5, NOW);
        assertThat(router.inFlight("a")).isZero();
    }

    @Test
    void aRequestThatFinishedWhileItWasEvictedLeavesTheQueue() {
        publish(row("a", Pool.MIXED));
        String id = offerBatch(100);
        router.evict("a", "batch", 1, NOW);
        router.finished(id, 12, NOW);
        assertThat(router.queued()).isZero();
        assertThat(router.flows(NOW).get(1).completed().output()).isEqualTo(12);
    }

    @Test
    void theLastOfEqualRowsCounts() {
        publish(row("a", Pool.BATCH), row("a", Pool.INTERACTIVE));
        assertThat(router.offer(request("chat", 10), NOW).instance()).isEqualTo("a");
        assertThat(router.offer(request("batch", 10), NOW)).isEqualTo(Placement.QUEUED);
    }

    @Test
    void loadIsWorkAndNotRequests() {
        router.publish(new RoutingTable(
                List.of(row("a", Pool.MIXED), row("b", Pool.MIXED)),
                List.of(cost(0.01, 1), cost(0, 1), cost(0, 1), cost(0, 1))));
        assertThat(router.offer(request("chat", 1000), NOW).instance()).isEqualTo("a");
        assertThat(router.offer(request("chat", 10), NOW).instance()).isEqualTo("b");
        assertThat(router.offer(request("chat", 10), NOW).instance()).isEqualTo("b");
    }

    /** One with two batch requests and most of the load, one with six: fewer evictions count for more than less load. */
    @Test
    void theFewestEvictionsMakeRoom() {
        for (String loaded : List.of("a", "b")) {
            Router two = new Router(RouterModel.TIERS, RouterConfig.DEFAULTS);
            fillBut(two, loaded);
            Placement placement = two.offer(request("chat", 10), NOW);
            assertThat(placement.instance()).isEqualTo(loaded);
            assertThat(placement.evicted()).hasSize(1);
        }
    }

    @Test
    void ofAsManyEvictionsTheLeastLoadedMakesRoom() {
        for (String loaded : List.of("a", "b")) {
            Router two = new Router(RouterModel.TIERS, RouterConfig.DEFAULTS);
            fillBut(two, loaded).subList(0, 4).forEach(id -> two.finished(id, 5, NOW));
            Placement placement = two.offer(request("chat", 10), NOW);
            assertThat(placement.instance()).isNotEqualTo(loaded);
            assertThat(placement.evicted()).hasSize(1);
        }
    }

    /** Two batch requests at {@code loaded}, one of them longer than all others together; returns the six that fill the other one. */
    private List<String> fillBut(Router two, String loaded) {
        publish(two, cost(0.01, 1), row("a", Pool.MIXED), row("b", Pool.MIXED));
        List<String> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RoutedRequest batch = request("batch", i == (loaded.equals("a") ? 0 : 1) ? 1000 : 10);
            if (!loaded.equals(two.offer(batch, NOW).instance())) {
                others.add(batch.id());
            }
        }
        assertThat(others).hasSize(6);
        return others;
    }

    /** What leaves a group takes its tokens along, and leaves those of the others. */
    @Test
    void theTokensOfAGroupAreThoseOfItsRequests() {
        publish(row("a", Pool.MIXED));
        List<RoutedRequest> started = List.of(request("batch", 100), request("batch", 70));
        for (RoutedRequest request : started) {
            router.offer(request, NOW);
            router.firstToken(request.id(), NOW);
            router.progress(request.id(), 20, NOW);
        }
        assertThat(router.evict("a", "batch", 2, NOW)).hasSize(2);
        assertThat(tokens()).as("at home, nothing to prefill").containsExactly(2, 0, 40);
        router.cancelled(started.get(1).id(), NOW);
        assertThat(tokens()).containsExactly(1, 0, 20);
        router.failed("a", NOW);
        RoutedRequest waits = request("batch", 30);
        router.offer(waits, NOW);
        router.offer(request("batch", 5), NOW);
        assertThat(tokens()).as("its cache is lost").containsExactly(3, 100 + 20 + 30 + 5, 20);
        router.cancelled(waits.id(), NOW);
        assertThat(tokens()).containsExactly(2, 100 + 20 + 5, 20);
    }

    /** Of all groups: requests, prompt tokens, produced tokens. */
    private List<Integer> tokens() {
        List<RequestGroup> groups = router.groups(NOW);
        return List.of(
                groups.stream().mapToInt(group -> (int) group.count()).sum(),
                groups.stream().mapToInt(group -> (int) group.promptTokens()).sum(),
                groups.stream().mapToInt(group -> (int) group.producedTokens()).sum());
    }

    @Test
    void manyRequestsAtOnceMakeFewGroups() {
        for (int i = 0; i < 100_000; i++) {
            router.offer(new RoutedRequest("m" + i, "batch", 3, NOW, NOW.plusMillis(3_600_000 + 10L * i)), NOW);
        }
        List<RequestGroup> groups = router.groups(NOW);
        assertThat(groups.size()).isBetween(2, 64);
        assertThat(groups.stream().mapToLong(RequestGroup::count).sum()).isEqualTo(100_000);
        assertThat(router.flows(NOW.plusSeconds(9)).get(1).oldestWaitSeconds()).isCloseTo(9, within(1e-6));
    }

    @Test
    void deadlinesBeyondAllReasonAreOrderedToo() {
        publish(row("a", Pool.INTERACTIVE));
        RoutedRequest never = new RoutedRequest("never", "batch", 1, Instant.MIN, Instant.MAX);
        RoutedRequest always = new RoutedRequest("always", "batch", 1, Instant.MAX, Instant.MIN);
        router.offer(never, NOW);
        router.offer(always, NOW);
        assertThat(router.groups(NOW).stream().mapToLong(RequestGroup::count).sum())
                .isEqualTo(2);
        assertThat(router.flows(NOW).get(1).oldestWaitSeconds()).isGreaterThan(1e9);
        publish(row("a", Pool.BATCH));
        assertThat(router.next("a", NOW)).isSameAs(always);
        assertThat(router.next("a", NOW)).isSameAs(never);
        router.progress("never", Long.MAX_VALUE, NOW);
        assertThat(router.evict("a", "batch", 1, NOW)).hasSize(1);
    }

    @Test
    void callsThatCannotBeMeantAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> router.offer(request("gold", 1), NOW))
                .withMessageContaining("request.tier = \"gold\"");
        RoutedRequest twice = request("chat", 1);
        router.offer(twice, NOW);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> router.offer(twice, NOW))
                .withMessageContaining("request.id");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> router.publish(new RoutingTable(List.of(), List.of())))
                .withMessageContaining("table.costs.size = 0");
        RoutingTable.Row wrong = new RoutingTable.Row("a", Pool.MIXED, true, BatchLimits.fixed(2, 5), 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> publish(wrong))
                .withMessageContaining("row.limits.tiers = 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new Router(List.of(RouterModel.TIERS.get(0), RouterModel.TIERS.get(0)), RouterConfig.DEFAULTS))
                .withMessageContaining("\"chat\" twice");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> RouterConfig.builder().slackFraction(Double.NaN).build())
                .withMessageContaining("router.slackFraction = NaN");
    }

    private String offerBatch(int slackSeconds) {
        RoutedRequest request = new RoutedRequest("r" + ids++, "batch", 10, NOW, NOW.plusSeconds(slackSeconds));
        router.offer(request, NOW);
        return request.id();
    }

    private RoutedRequest request(String tier, int promptTokens) {
        return new RoutedRequest("r" + ids++, tier, promptTokens, NOW, NOW.plus(Duration.ofSeconds(10)));
    }

    private void publish(RoutingTable.Row... rows) {
        publish(router, cost(0, 1), rows);
    }

    private static void publish(Router to, RoutingTable.TierCost cost, RoutingTable.Row... rows) {
        to.publish(new RoutingTable(Arrays.asList(rows), List.of(cost, cost, cost, cost)));
    }

    private static RoutingTable.TierCost cost(double secondsPerPromptToken, double secondsPerRequest) {
        return new RoutingTable.TierCost(secondsPerPromptToken, secondsPerRequest, Double.NaN);
    }

    private static RoutingTable.Row row(String id, Pool pool) {
        return new RoutingTable.Row(id, pool, true, LIMITS, Double.POSITIVE_INFINITY);
    }

    private static BatchLimits limits(int interactiveSoft, int interactiveHard, int batch) {
        int[][] soft = new int[4][4];
        int[][] hard = new int[4][4];
        for (int binding = 0; binding < 4; binding++) {
            boolean interactive = RouterModel.TIERS.get(binding).interactive();
            Arrays.fill(soft[binding], interactive ? interactiveSoft : batch);
            Arrays.fill(hard[binding], interactive ? interactiveHard : batch);
        }
        return BatchLimits.of(soft, hard);
    }
}
