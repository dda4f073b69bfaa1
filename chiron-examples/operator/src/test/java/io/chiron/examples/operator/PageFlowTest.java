package io.chiron.examples.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.adapters.enginemetrics.EngineEndpoint;
import io.chiron.adapters.enginemetrics.EngineHost;
import io.chiron.adapters.enginemetrics.EngineMetricsSource;
import io.chiron.adapters.enginemetrics.ScrapeConfig;
import io.chiron.adapters.enginemetrics.TierShare;
import io.chiron.api.RequestGroup;
import io.chiron.api.TierFlow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Traffic as recorded pages show it. */
class PageFlowTest {
    @Test
    void anEmptyFleetHasAFlowWithoutArrivals() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        PageFlow flow = new PageFlow("requests");
        assertThat(flow.next(Map.of(), now).arrivals().size()).isZero();
        TierFlow next = flow.next(Map.of(), now.plusSeconds(2));
        assertThat(next.arrivals().size()).isEqualTo(8);
        assertThat(next.arrivals().start()).isEqualTo(now);
        assertThat(next.waitingRequests()).isZero();
        assertThat(next.completed().count()).isZero();
    }

    @Test
    void aClockThatJumpsStartsTheBinsAnew() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        PageFlow flow = new PageFlow("requests");
        flow.next(Map.of(), now);
        flow.next(Map.of(), now.plusSeconds(2));
        assertThat(flow.next(Map.of(), now.minusSeconds(60)).arrivals().size()).isZero();
        assertThat(flow.next(Map.of(), now.plusSeconds(3600)).arrivals().size()).isZero();
    }

    @Test
    void theBinsAreBounded() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        PageFlow flow = new PageFlow("requests");
        for (int i = 0; i < 1000; i++) {
            flow.next(Map.of(), now.plusSeconds(i));
        }
        assertThat(flow.next(Map.of(), now.plusSeconds(1000)).arrivals().size()).isEqualTo(480);
    }

    @Test
    void whatStartedAndWhatWaitsHasArrived() throws IOException {
        OperatorConfig config = ConfigFile.read(Path.of("operator.yaml"));
        Instant[] now = {Instant.parse("2026-01-01T00:00:00Z")};
        PageFlow flow = new PageFlow("requests");
        List<TierFlow> flows = new ArrayList<>();
        try (RecordedPages pages = new RecordedPages(Path.of("pages"), config.engine(), now[0])) {
            var host = new EngineHost() {
                EngineMetricsSource source;

                @Override
                public List<EngineEndpoint> engines(String fleet) {
                    return pages.get();
                }

                @Override
                public List<TierFlow> flows(String fleet, Instant time) {
                    flows.add(flow.next(source.reports(fleet), time));
                    return List.of();
                }

                @Override
                public List<RequestGroup> groups(String fleet, Instant time) {
                    return List.of();
                }
            };
            host.source = new EngineMetricsSource(
                    host,
                    TierShare.single("requests"),
                    ScrapeConfig.DEFAULT.withTimeout(Duration.ofSeconds(5)),
                    () -> now[0]);
            do {
                host.source.observe("m", now[0]);
                now[0] = now[0].plusSeconds(1);
            } while (pages.advance());
        }
        TierFlow last = flows.get(flows.size() - 1);
        double arrived = 0;
        for (int i = 0; i < last.arrivals().size(); i++) {
            arrived += last.arrivals().requests(i);
        }
        // The counters of first tokens from the first page to the last, and 48 that wait in each engine at the end.
        assertThat(last.waitingRequests()).isEqualTo(96);
        assertThat(arrived).isCloseTo(last.completed().count() + 96, within(1e-6));
        assertThat(last.completed().count()).isEqualTo(firstTokens("15") - firstTokens("00"));
        assertThat(last.arrivals().size()).isEqualTo(60);
    }

    private static double firstTokens(String page) throws IOException {
        double sum = 0;
        for (String pod : List.of("vllm-0", "vllm-1")) {
            for (String line : Files.readAllLines(Path.of("pages", pod, page + ".txt"))) {
                if (line.startsWith("vllm:time_to_first_token_seconds_count")) {
                    sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                }
            }
        }
        return sum;
    }
}
