package io.chiron.adapters.enginemetrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.InstanceSample;
import io.chiron.api.TierUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCases;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class ReadingWindowProperties {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> COUNTERS = List.of(
            "vllm:generation_tokens_total",
            "vllm:prompt_tokens_total",
            "vllm:iteration_tokens_total_count",
            "vllm:num_preemptions_total",
            "vllm:inter_token_latency_seconds_sum",
            "vllm:inter_token_latency_seconds_count");

    /** The state of one vLLM engine. */
    record Engine(int running, List<Integer> counters) {
        Engine plus(Engine more) {
            List<Integer> sum = new ArrayList<>();
            for (int i = 0; i < counters.size(); i++) {
                sum.add(counters.get(i) + more.counters.get(i));
            }
            return new Engine(more.running, sum);
        }
    }

    private static String page(List<Engine> engines) {
        StringBuilder page = new StringBuilder();
        for (int e = 0; e < engines.size(); e++) {
            String labels = "{engine=\"" + e + "\"} ";
            page.append("vllm:num_requests_running")
                    .append(labels)
                    .append(engines.get(e).running())
                    .append('\n');
            for (int i = 0; i < COUNTERS.size(); i++) {
                page.append(COUNTERS.get(i))
                        .append(labels)
                        .append(engines.get(e).counters().get(i))
                        .append('\n');
            }
        }
        return page.toString();
    }

    private static InstanceSample sample(ReadingWindow window) {
        return window.sample(T, Map.of("chat", 1L), Map.of("chat", 1L));
    }

    /** What two neighbouring windows count is what the whole counts. */
    @Property
    void windowsAddUp(@ForAll("engine") Engine first, @ForAll("engine") Engine second, @ForAll("engine") Engine third) {
        String a = page(List.of(first));
        String b = page(List.of(first.plus(second)));
        String c = page(List.of(first.plus(second).plus(third)));

        for (Quantity quantity : List.of(Quantity.OUTPUT_TOKENS, Quantity.PROMPT_TOKENS, Quantity.ITL_SECONDS)) {
            assertThat(Pages.window(a, b, 1).delta(quantity)
                            + Pages.window(b, c, 1).delta(quantity))
                    .isEqualTo(Pages.window(a, c, 2).delta(quantity));
        }
        assertThat(Pages.window(a, b, 1).delta(Quantity.OUTPUT_TOKENS))
                .isEqualTo((double) second.counters().get(0));
    }

    /** If any counter of any engine fell, nothing that is counted is known; gauges are, and nothing is a fault. */
    @Property
    void aRestartSkipsTheWindow(
            @ForAll("engines") List<Engine> before,
            @ForAll("engine") Engine more,
            @ForAll @IntRange(max = 5) int counter,
            @ForAll @IntRange(min = 1, max = 1000) int less,
            @ForAll @IntRange(max = 2) int which) {
        int engine = which % before.size();
        List<Engine> after = new ArrayList<>();
        before.forEach(one -> after.add(one.plus(more)));
        List<Integer> fallen = new ArrayList<>(after.get(engine).counters());
        fallen.set(counter, before.get(engine).counters().get(counter) - less);
        after.set(engine, new Engine(more.running(), fallen));

        ReadingWindow window = Pages.window(page(before), page(after), 1);
        InstanceSample sample = sample(window);

        assertThat(window.restarted()).isTrue();
        assertThat(new double[] {
                    sample.outputTokens(), sample.prefillTokens(), sample.iterations(),
                    sample.preemptions(), sample.meanItlSeconds(), sample.meanRunning()
                })
                .containsOnly(Double.NaN);
        assertThat(sample.runningNow()).isEqualTo((long) after.size() * more.running());
        assertThat(sample.fault()).isNull();
    }

    /** A page of k equal engines is k times one of them, but for its iterations and its ITL, which are one's. */
    @Property
    void equalEnginesOfOnePageAreOneInstance(
            @ForAll("engine") Engine start, @ForAll("engine") Engine more, @ForAll @IntRange(min = 1, max = 5) int k) {
        List<Engine> before = new ArrayList<>();
        List<Engine> after = new ArrayList<>();
        for (int i = 0; i < k; i++) {
            before.add(start);
            after.add(start.plus(more));
        }
        InstanceSample one = sample(Pages.window(page(List.of(start)), page(List.of(start.plus(more))), 1));
        InstanceSample all = sample(Pages.window(page(before), page(after), 1));

        assertThat(all.outputTokens()).isEqualTo(k * one.outputTokens());
        assertThat(all.prefillTokens()).isEqualTo(k * one.prefillTokens());
        assertThat(all.meanRunning()).isEqualTo(k * one.meanRunning());
        assertThat(all.iterations()).isEqualTo(one.iterations());
        if (Double.isNaN(one.meanItlSeconds())) {
            assertThat(all.meanItlSeconds()).isNaN();
        } else {
            assertThat(all.meanItlSeconds()).isEqualTo(one.meanItlSeconds(), within(1e-12));
        }
    }

    /** Tiers together have what the engine has, each in proportion to what the router runs. */
    @Property
    void tiersShareTheEngine(
            @ForAll("engine") Engine start,
            @ForAll("engine") Engine more,
            @ForAll @Size(min = 1, max = 5) List<@LongRange(min = -1, max = 40) Long> before,
            @ForAll @Size(min = 1, max = 5) List<@LongRange(min = -1, max = 40) Long> now) {
        ReadingWindow window = Pages.window(page(List.of(start)), page(List.of(start.plus(more))), 1);
        Map<String, Long> sharesNow = shares(now);
        InstanceSample sample = window.sample(T, shares(before), sharesNow);

        assertThat(sample.tiers()).extracting(TierUsage::tier).containsExactlyElementsOf(sharesNow.keySet());
        assertThat(sample.runningNow()).isEqualTo(more.running());
        assertThat(sample.outputTokens()).isEqualTo(more.counters().get(0), within(1e-6));
        assertThat(sample.meanRunning()).isEqualTo(window.meanRunning(), within(1e-9));
        double claimed = now.stream().mapToLong(count -> Math.max(0, count)).sum();
        for (TierUsage usage : sample.tiers()) {
            long count = Math.max(0, sharesNow.get(usage.tier()));
            if (claimed > 0) {
                assertThat((double) usage.runningNow()).isEqualTo(more.running() * count / claimed, within(1.0));
            }
        }
        assertThat(sample.fault()).isNull();
    }

    private static Map<String, Long> shares(List<Long> counts) {
        Map<String, Long> shares = new TreeMap<>();
        for (int i = 0; i < counts.size(); i++) {
            shares.put("tier" + i, counts.get(i));
        }
        return shares;
    }

    /** An engine that is always busy with n sequences: the estimate finds the iterations that it did not count. */
    @Property
    void iterationsAreFoundWhereNoneAreCounted(
            @ForAll @IntRange(min = 1, max = 300) int n,
            @ForAll @IntRange(min = 1, max = 500) int iterations,
            @ForAll @DoubleRange(min = 0.01, max = 0.2) double itlSeconds) {
        String before = sglang(n, 0, 0);
        String after = sglang(n, (double) n * iterations, n * iterations * itlSeconds);

        double estimate = Pages.window(before, after, iterations * itlSeconds).iterations();
        double idle = Pages.window(before, after, 10 * iterations * itlSeconds).iterations();

        assertThat(estimate).isEqualTo(iterations, within(1e-6 * iterations));
        assertThat(idle).isLessThanOrEqualTo((double) n * iterations).isGreaterThanOrEqualTo(iterations * (1 - 1e-9));
    }

    private static String sglang(int running, double tokens, double seconds) {
        return "sglang:num_running_reqs " + running + "\nsglang:generation_tokens_total " + tokens
                + "\nsglang:inter_token_latency_seconds_sum " + seconds
                + "\nsglang:inter_token_latency_seconds_count " + tokens + "\n";
    }

    /** A quantile grows with p and lies in the bucket of the true one. */
    @Property
    void quantilesLieInTheBucketOfTheTrueOne(
            @ForAll @Size(min = 1, max = 60) List<@DoubleRange(min = 0, max = 9.99) Double> values,
            @ForAll @DoubleRange(min = 0, max = 1) double p,
            @ForAll @DoubleRange(min = 0, max = 1) double q) {
        double[] bounds = {0.5, 1, 2, 4, 10};
        TreeMap<Double, Double> cumulative = new TreeMap<>();
        for (double bound : bounds) {
            cumulative.put(
                    bound, (double) values.stream().filter(v -> v <= bound).count());
        }
        cumulative.put(Double.POSITIVE_INFINITY, (double) values.size());
        HistogramWindow histogram = new HistogramWindow(
                cumulative, values.stream().mapToDouble(v -> v).sum(), values.size());
        List<Double> sorted = values.stream().sorted().toList();
        double truth = sorted.get(Math.max(0, (int) Math.ceil(p * values.size()) - 1));
        int bucket = 0;
        while (bounds[bucket] < truth) {
            bucket++;
        }

        double found = histogram.quantile(p);

        assertThat(found).isBetween(bucket == 0 ? 0 : bounds[bucket - 1], bounds[bucket]);
        assertThat(histogram.quantile(Math.min(p, q))).isLessThanOrEqualTo(histogram.quantile(Math.max(p, q)));
    }

    /** Another process start is a restart, even if its counters have passed the old ones; a rounded one is not. */
    @Property
    void anotherProcessIsARestart(
            @ForAll("engine") Engine start,
            @ForAll("engine") Engine more,
            @ForAll @DoubleRange(min = -1e6, max = 1e6) double later) {
        Assume.that(Math.abs(Math.abs(later) - 1) > 1e-3);
        String before = "process_start_time_seconds 1.7e9\n" + page(List.of(start));
        String after = "process_start_time_seconds " + (1.7e9 + later) + "\n" + page(List.of(start.plus(more)));

        assertThat(Pages.window(before, after, 1).restarted()).isEqualTo(Math.abs(later) > 1);
    }

    @Provide
    Arbitrary<Engine> engine() {
        Arbitrary<List<Integer>> counters =
                Arbitraries.integers().between(0, 100_000).list().ofSize(COUNTERS.size());
        return Combinators.combine(Arbitraries.integers().between(0, 500), counters)
                .as(Engine::new)
                .edgeCases(EdgeCases.Config::none); // thousands of combinations, which tell nothing here
    }

    @Provide
    Arbitrary<List<Engine>> engines() {
        return engine().list().ofMinSize(1).ofMaxSize(3);
    }
}
