package io.chiron.adapters.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.ArrivalBins;
import io.chiron.api.Decision;
import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestClass;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.api.TierUsage;
import io.chiron.core.Chiron;
import io.chiron.core.ChironConfig;
import io.chiron.core.TickReport;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a scrape shows, in Prometheus text. */
class ChironMetricsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<SloTier> TIERS = List.of(
            new SloTier("chat", RequestClass.INTERACTIVE, new Slo(Duration.ofSeconds(10), Duration.ofMillis(200))),
            new SloTier("jobs", RequestClass.BATCH, new Slo(Duration.ofHours(1), Duration.ofSeconds(2))));

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ChironConfig config =
            ChironConfig.builder("m", TIERS, FleetLimits.of(1, 20)).build();
    private @Nullable FleetSnapshot next;
    private boolean refuses;
    private final Chiron chiron = new Chiron(config, (fleet, now) -> next, action -> {
        if (refuses) {
            throw new IllegalStateException("no");
        }
    });
    private final ChironMetrics metrics = new ChironMetrics(config, chiron);

    ChironMetricsTest() {
        metrics.bindTo(registry);
    }

    @Test
    void aScrapeShowsWhatATickSawAndWants() {
        tick(0, 2);
        TickReport report = tick(5, 2);

        Map<String, Double> page = page();
        assertThat(page)
                .containsEntry("chiron_present_instances{fleet=\"m\",phase=\"ready\",pool=\"mixed\"}", 2.0)
                .containsEntry("chiron_present_instances{fleet=\"m\",phase=\"starting\",pool=\"mixed\"}", 1.0)
                .containsEntry("chiron_present_instances{fleet=\"m\",phase=\"ready\",pool=\"batch\"}", 0.0)
                .containsEntry("chiron_wanted_total_instances{fleet=\"m\"}", (double)
                        report.plan().wantedInstances())
                .containsEntry(
                        "chiron_interactive_load_instances{fleet=\"m\"}",
                        report.plan().interactiveLoad())
                .containsEntry("chiron_batch_backpressure_groups{fleet=\"m\"}", 0.0)
                .containsEntry("chiron_local_backpressure_ratio{fleet=\"m\",stat=\"max\",term=\"itl\"}", 0.5)
                .containsEntry("chiron_local_backpressure_ratio{fleet=\"m\",stat=\"mean\",term=\"itl\"}", 0.375)
                .containsEntry("chiron_local_backpressure_ratio{fleet=\"m\",stat=\"min\",term=\"itl\"}", 0.25)
                .containsEntry("chiron_waiting_requests{fleet=\"m\",tier=\"jobs\"}", 30.0)
                .containsEntry("chiron_oldest_wait_seconds{fleet=\"m\",tier=\"jobs\"}", 12.0)
                .containsEntry("chiron_sample_age_seconds{fleet=\"m\",stat=\"max\"}", 1.0)
                .containsEntry("chiron_snapshot_age_seconds{fleet=\"m\"}", 0.5)
                .containsEntry("chiron_last_tick_timestamp_seconds{fleet=\"m\"}", START.getEpochSecond() + 5.0)
                .containsEntry("chiron_blind{code=\"blind\",fleet=\"m\"}", 0.0)
                .containsEntry("chiron_dry_run{fleet=\"m\"}", 0.0)
                .containsEntry("chiron_ticks_total{fleet=\"m\"}", 2.0);
        // KV half full of the 0.9 that may be: by another formula than that of the rule.
        assertThat(page.get("chiron_local_backpressure_ratio{fleet=\"m\",stat=\"mean\",term=\"memory\"}"))
                .isCloseTo(0.5556, within(0.001));
        int soft = report.local().get("i0").limits().soft(0, 0);
        assertThat(page)
                .containsEntry(
                        "chiron_batch_limit_sequences{fleet=\"m\",limit=\"soft\",stat=\"min\",tier=\"chat\"}",
                        (double) soft);
        double median = page.get("chiron_waiting_time_seconds{fleet=\"m\",quantile=\"0.5\",tier=\"jobs\"}");
        assertThat(page.get("chiron_waiting_time_seconds{fleet=\"m\",quantile=\"0.99\",tier=\"jobs\"}"))
                .isGreaterThanOrEqualTo(median);
    }

    @Test
    void decisionsAreCountedByCodeAndOutcome() {
        tick(0, 2);
        Reason reason = Reason.of(ReasonCode.AT_LIMIT);
        metrics.record(new TickReport(
                START,
                null,
                null,
                Map.of(),
                null,
                true,
                List.of(Decision.held(START, "m", "launch", reason), Decision.held(START, "m", "pod-7f9c", reason)),
                List.of("actuator: Launch: refused", "source: down", "source: down"),
                true));

        assertThat(page())
                .containsEntry(
                        "chiron_decisions_total{code=\"at_limit\",decision=\"launch\",fleet=\"m\",outcome=\"held\"}",
                        1.0)
                // A word that is no decision's name opens no series of its own.
                .containsEntry(
                        "chiron_decisions_total{code=\"at_limit\",decision=\"other\",fleet=\"m\",outcome=\"held\"}",
                        1.0)
                .containsEntry("chiron_failures_total{fleet=\"m\",origin=\"actuator\"}", 1.0)
                .containsEntry("chiron_failures_total{fleet=\"m\",origin=\"source\"}", 2.0)
                .containsEntry("chiron_dry_run{fleet=\"m\"}", 1.0);
    }

    @Test
    void whatIsNotKnownIsNotANumberAndBlindnessShows() {
        Map<String, Double> before = page();
        assertThat(before.get("chiron_wanted_total_instances{fleet=\"m\"}")).isNaN();

        next = null;
        metrics.record(chiron.tick(START));

        Map<String, Double> page = page();
        assertThat(page)
                .containsEntry("chiron_blind{code=\"blind\",fleet=\"m\"}", 1.0)
                .containsEntry("chiron_blind{code=\"stale\",fleet=\"m\"}", 0.0);
        assertThat(page.get("chiron_present_instances{fleet=\"m\",phase=\"ready\",pool=\"mixed\"}"))
                .isNaN();
        assertThat(page.get("chiron_waiting_requests{fleet=\"m\",tier=\"jobs\"}"))
                .isNaN();
        assertThat(page.get("chiron_waiting_time_seconds{fleet=\"m\",quantile=\"0.9\",tier=\"jobs\"}"))
                .isNaN();
        assertThat(page.get("chiron_decisions_total{code=\"blind\",decision=\"tick\",fleet=\"m\",outcome=\"held\"}"))
                .isEqualTo(1);
    }

    @Test
    void aStaleSnapshotShowsItsAge() {
        next = snapshot(START, 1);
        metrics.record(chiron.tick(START.plusSeconds(600)));

        assertThat(page())
                .containsEntry("chiron_blind{code=\"stale\",fleet=\"m\"}", 1.0)
                .containsEntry("chiron_snapshot_age_seconds{fleet=\"m\"}", 600.0);
    }

    @Test
    void instancesThatComeAndGoOpenNoSeries() {
        tick(0, 2);
        Set<String> gauges = gauges();
        for (int i = 1; i < 40; i++) {
            tick(5 * i, 1 + i % 20, "pod-" + i + "-");
        }
        assertThat(gauges()).isEqualTo(gauges).hasSizeLessThan(100);
    }

    @Test
    void twoFleetsShareARegistry() {
        ChironConfig other =
                ChironConfig.builder("n", TIERS, FleetLimits.of(1, 20)).build();
        ChironMetrics second = new ChironMetrics(other, new Chiron(other, (fleet, now) -> null, action -> {}));
        second.bindTo(registry);
        tick(0, 2);
        second.record(
                new TickReport(START, null, ReasonCode.BLIND, Map.of(), null, false, List.of(), List.of(), false));

        assertThat(page())
                .containsEntry("chiron_blind{code=\"blind\",fleet=\"m\"}", 0.0)
                .containsEntry("chiron_blind{code=\"blind\",fleet=\"n\"}", 1.0);
    }

    @Test
    void theTableNamesEveryMeterAndNoOther() throws IOException {
        tick(0, 2);
        Set<String> shown = new TreeSet<>();
        page().keySet().forEach(key -> shown.add(key.substring(0, key.indexOf('{'))));
        Set<String> documented = new TreeSet<>();
        Matcher names = Pattern.compile("<td>\\{@code (chiron_[a-z_]+)\\}")
                .matcher(Files.readString(Path.of("src/main/java/io/chiron/adapters/micrometer/ChironMetrics.java")));
        while (names.find()) {
            documented.add(names.group(1));
        }
        assertThat(documented).isEqualTo(shown);
    }

    private TickReport tick(int second, int ready) {
        return tick(second, ready, "i");
    }

    private TickReport tick(int second, int ready, String prefix) {
        Instant now = START.plusSeconds(second);
        next = snapshot(now.minusMillis(500), ready, prefix);
        TickReport report = chiron.tick(now);
        metrics.record(report);
        return report;
    }

    private static FleetSnapshot snapshot(Instant time, int ready) {
        return snapshot(time, ready, "i");
    }

    private static FleetSnapshot snapshot(Instant time, int ready, String prefix) {
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (int i = 0; i < ready; i++) {
            instances.add(InstanceSnapshot.of(prefix + i, Pool.MIXED, Phase.READY, START.minusSeconds(3600))
                    .withSample(InstanceSample.builder(time.minusMillis(500), 1)
                            .tiers(List.of(new TierUsage("chat", 10, 10, 100)))
                            .iterations(10)
                            .prefillTokens(500)
                            .meanItlSeconds(i == 0 ? 0.1 : 0.05)
                            .kv(5_000, 10_000)
                            .waitingRequests(0)
                            .build()));
        }
        instances.add(InstanceSnapshot.of(prefix + "new", Pool.MIXED, Phase.STARTING, time.plusSeconds(60)));
        TierFlow jobs = new TierFlow(
                "jobs",
                time,
                ArrivalBins.none(time),
                30,
                3000,
                12,
                LengthMoments.ZERO,
                LengthHistogram.EMPTY,
                LengthHistogram.EMPTY,
                List.of());
        return new FleetSnapshot("m", time, instances, List.of(TierFlow.idle("chat", time), jobs), List.of());
    }

    private Set<String> gauges() {
        Set<String> names = new TreeSet<>(page().keySet());
        names.removeIf(name -> name.contains("_total{") && !name.startsWith("chiron_wanted"));
        return names;
    }

    /** The page by series. */
    private Map<String, Double> page() {
        Map<String, Double> values = new TreeMap<>();
        for (String line : registry.scrape().split("\n")) {
            if (!line.startsWith("#") && !line.isBlank()) {
                int space = line.lastIndexOf(' ');
                String value = line.substring(space + 1);
                values.put(
                        line.substring(0, space),
                        value.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(value));
            }
        }
        return values;
    }
}
