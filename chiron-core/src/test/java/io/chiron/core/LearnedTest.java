package io.chiron.core;

import static io.chiron.core.Hosts.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.RequestGroup;
import io.chiron.api.TierUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not measured is not zero. */
class LearnedTest {
    private FleetSnapshot next;

    /** One to three of four scrapes fail for a quarter of an hour. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void missingSamplesAreNotAZeroRate(int missing) {
        Chiron chiron = new Chiron(Hosts.config(4, 4).build(), (fleet, now) -> next, new Hosts.Actuator());
        double before = 0;
        for (int t = 0; t <= 1800; t++) {
            Instant now = at(t);
            if (t == 900) {
                before = chiron.waitingTime("jobs", 1000).meanSeconds();
            }
            List<InstanceSnapshot> instances = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                InstanceSnapshot each = Hosts.instance("i" + i, Phase.READY, at(-3600));
                instances.add(t < 900 || i >= missing ? each.withSample(sample(now)) : each);
            }
            RequestGroup group = new RequestGroup("jobs", 5000, now.plusSeconds(7200), now, 1_000_000, 0);
            next = new FleetSnapshot("f", now, instances, List.of(Hosts.flow("chat", now, 1, 0)), List.of(group));
            chiron.tick(now);
        }
        assertThat(chiron.waitingTime("jobs", 1000).meanSeconds()).isCloseTo(before, within(0.2 * before));
    }

    private static InstanceSample sample(Instant now) {
        return InstanceSample.builder(now, 1)
                .tiers(List.of(new TierUsage("jobs", 50, 50, 1000)))
                .iterations(20)
                .prefillTokens(200)
                .meanItlSeconds(0.05)
                .kv(1000, 1_000_000)
                .preemptions(0)
                .savedKvTokens(0)
                .waitingRequests(0)
                .build();
    }
}
