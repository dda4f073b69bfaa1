package io.chiron.testkit.plant;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.FleetLimits;
import io.chiron.api.RequestClass;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.core.ChironConfig;
import io.chiron.testkit.plant.Load.Requests;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
    @Test
    void aSteadyLoadIsServedInTime() {
        SloTier chat =
                new SloTier("chat", RequestClass.INTERACTIVE, new Slo(Duration.ofSeconds(10), Duration.ofMillis(100)));
        SloTier jobs = new SloTier("jobs", RequestClass.BATCH, new Slo(Duration.ofHours(1), Duration.ofSeconds(1)));
        ChironConfig config = ChironConfig.builder("f", List.of(chat, jobs), FleetLimits.of(1, 8))
                .build();
        PlantConfig plant = new PlantConfig(IterationTime.linear(0.02, 0.002, 0.00005), 100_000, 512, 30);
        Load load = Load.even(new Requests("chat", 200, 200, 10), 5, 0, 3000)
                .and(Load.burst(new Requests("jobs", 200, 200, 1800), 2000, 300));
        for (double tick : new double[] {1, 2, 5}) {
            long nanos = System.nanoTime();
            Run run = ClosedLoop.of(config, plant, load)
                    .instances(2)
                    .tickSeconds(tick)
                    .run(3600);
            System.out.println((System.nanoTime() - nanos) / 1e6 + " ms " + run.peakPaid() + " " + run.inTime("chat")
                    + " " + run.inTime("jobs"));
            for (Run.Moment moment : run.moments()) {
                if (moment.resized()) {
                    System.out.println(moment.seconds() + " " + moment.ready() + " " + moment.paid() + " "
                            + moment.inSystem() + moment.report().decisions());
                }
            }
            assertThat(run.inTime("chat")).isGreaterThan(0.99);
        }
    }
}
