package io.chiron.adapters.enginemetrics;

import io.chiron.adapters.enginemetrics.Scraper.Scrape;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.MetricSource;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Measures a fleet by the metrics pages of its engines, all fetched at once. It blocks for one time-out at most, so a tick
 * wants it behind the core's {@code PollingSource}. Thread-safe.
 *
 * <p>A sample spans the time between the last two pages that could be read. The first page gives none. A page that cannot
 * be read leaves the instance its last sample, which grows old, and is told in {@link #reports}; no other instance
 * notices. Where a counter fell the engine has restarted: what is counted in that window is not measured, gauges are.
 *
 * <p>Fetching runs on daemon threads of the JDK's HTTP client.
 */
public final class EngineMetricsSource implements MetricSource {
    private final EngineHost host;
    private final TierShare shares;
    private final InstantSource clock;
    private final Scraper scraper;
    private final Map<String, Fleet> fleets = new ConcurrentHashMap<>();

    /** Scrapes the engines of {@code host}; sample times are of {@code clock}, which should be that of the ticks. */
    public EngineMetricsSource(EngineHost host, TierShare shares, ScrapeConfig config, InstantSource clock) {
        this.host = Objects.requireNonNull(host, "host");
        this.shares = Objects.requireNonNull(shares, "shares");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.scraper = new Scraper(Objects.requireNonNull(config, "config"), clock);
    }

    /**
     * Scrapes every engine and waits for them, at most the time-out.
     *
     * @throws RuntimeException only what the host throws
     */
    @Override
    public FleetSnapshot observe(String fleet, Instant now) {
        List<EngineEndpoint> endpoints = host.engines(fleet);
        Fleet state = fleets.computeIfAbsent(fleet, name -> new Fleet());
        List<InstanceSnapshot> instances = state.observe(endpoints);
        Instant end = clock.instant();
        return new FleetSnapshot(fleet, end, instances, host.flows(fleet, end), host.groups(fleet, end));
    }

    /** What the latest scrape of each engine gave, by instance id; does not scrape. */
    public Map<String, EngineReport> reports(String fleet) {
        Fleet state = fleets.get(fleet);
        return state == null ? Map.of() : state.reports;
    }

    /** The last page of an engine that could be read, and what was made of its pages. */
    private record Memory(@Nullable Scrape good, Map<String, Long> shares, EngineReport report) {}

    private final class Fleet {
        private Map<String, Memory> memories = Map.of();
        private volatile Map<String, EngineReport> reports = Map.of();

        synchronized List<InstanceSnapshot> observe(List<EngineEndpoint> endpoints) {
            Map<String, CompletableFuture<Scrape>> scrapes = new LinkedHashMap<>();
            for (EngineEndpoint endpoint : endpoints) {
                if (endpoint.uri() != null && !scrapes.containsKey(endpoint.id())) {
                    scrapes.put(endpoint.id(), scraper.scrape(endpoint));
                }
            }
            Map<String, Memory> next = new LinkedHashMap<>();
            Map<String, EngineReport> nextReports = new LinkedHashMap<>();
            scrapes.forEach((id, scrape) -> {
                Memory memory = remember(id, memories.get(id), scrape.join());
                next.put(id, memory);
                nextReports.put(id, memory.report());
            });
            memories = next;
            reports = Map.copyOf(nextReports);
            List<InstanceSnapshot> instances = new ArrayList<>();
            for (EngineEndpoint endpoint : endpoints) {
                Memory memory = next.get(endpoint.id());
                instances.add(endpoint.instance()
                        .withSample(memory == null ? null : memory.report().sample()));
            }
            return instances;
        }
    }

    private Memory remember(String id, @Nullable Memory last, Scrape scrape) {
        EngineReport before = last == null
                ? new EngineReport(
                        id, scrape.time(), Dialect.AUTO, null, 0, null, HistogramWindow.NONE, HistogramWindow.NONE)
                : last.report();
        Scrape good = last == null ? null : last.good();
        Map<String, Long> goodShares = last == null ? Map.of() : last.shares();
        EngineReading reading = scrape.reading();
        if (reading == null) {
            return new Memory(good, goodShares, faulty(before, scrape, Objects.requireNonNull(scrape.fault())));
        }
        Map<String, Long> shared;
        try {
            shared = new LinkedHashMap<>(shares.running(id));
        } catch (RuntimeException e) {
            return new Memory(good, goodShares, faulty(before, scrape, "tier shares: " + e));
        }
        if (shared.isEmpty()) {
            return new Memory(good, goodShares, faulty(before, scrape, "tier shares: none"));
        }
        EngineReading first = good == null ? null : good.reading();
        double seconds = good == null ? 0 : (scrape.nanos() - good.nanos()) * 1e-9;
        if (first == null || !(seconds > 0)) {
            return new Memory(
                    scrape,
                    shared,
                    new EngineReport(
                            id,
                            scrape.time(),
                            reading.dialect(),
                            null,
                            before.restarts(),
                            before.sample(),
                            before.itl(),
                            before.ttft()));
        }
        ReadingWindow window = ReadingWindow.between(first, reading, seconds);
        InstanceSample sample = window.sample(scrape.time(), goodShares, shared);
        return new Memory(
                scrape,
                shared,
                new EngineReport(
                        id,
                        scrape.time(),
                        reading.dialect(),
                        null,
                        before.restarts() + (window.restarted() ? 1 : 0),
                        sample,
                        window.histogram(Quantity.ITL_SECONDS, Quantity.ITL_COUNT, Quantity.ITL_BUCKETS),
                        window.histogram(Quantity.TTFT_SECONDS, Quantity.TTFT_COUNT, Quantity.TTFT_BUCKETS)));
    }

    private static EngineReport faulty(EngineReport before, Scrape scrape, String fault) {
        return new EngineReport(
                before.instance(),
                scrape.time(),
                before.dialect(),
                fault,
                before.restarts(),
                before.sample(),
                before.itl(),
                before.ttft());
    }
}
