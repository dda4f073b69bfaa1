package io.chiron.examples.simulator.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.examples.simulator.policy.BatchEdf.Bound;
import io.chiron.examples.simulator.policy.Observed.Deadline;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Worked by hand: Ray Serve, SkyServe, and the batch planner proposed for Dynamo. */
final class RequestRateRivalsTest {
    @ParameterizedTest
    @CsvSource({
        "3, 12, 2, 1, 6",
        "3, 13, 2, 1, 7",
        "3, 0, 2, 1, 1",
        // half of the way, rounded up
        "3, 12, 2, 0.5, 5",
        "9, 2, 2, 0.5, 5",
    })
    void rayServesFormula(int current, double ongoing, double target, double factor, int desired) {
        assertThat(RayServe.desired(current, ongoing, target, factor)).isEqualTo(desired);
    }

    @Test
    void rayServeWaits30SecondsUpAnd600Down() {
        assertThat(firstStep(Rules.of("ray-serve"), Fleet.of(2, 0.1, 4), 2)).isEqualTo("4 at 30");
        assertThat(firstStep(Rules.of("ray-serve"), Fleet.of(2, 0.1, 1), 2)).isEqualTo("1 at 600");
        // starting ones do not inflate what is wanted
        assertThat(firstStep(Rules.of("ray-serve"), Fleet.of(2, 0.1, 4).starting(1), 3))
                .isEqualTo("4 at 30");
        assertThat(Policies.parse("ray-serve:cap=5", 2, 0.7).engineSequences()).isEqualTo(5);
        assertThat(Policies.parse("ray-serve", 2, 0.7).engineSequences()).isEqualTo(StaticKind.ENGINE_CAP);
    }

    private static String firstStep(Rival.Rule rule, Fleet fleet, int current) {
        for (int now = 0; now < 1500; now++) {
            Rival.Wanted wanted = rule.wanted(fleet.at(now));
            if (wanted != null && wanted.replicas() != current) {
                return wanted.replicas() + " at " + now;
            }
        }
        return "none";
    }

    @Test
    void aReversalBeginsAnew() {
        Persistence persistence = new Persistence(30, 600);
        assertThat(persistence.after(0, 4, 6)).isEqualTo(4);
        assertThat(persistence.after(29, 4, 8)).isEqualTo(4);
        assertThat(persistence.after(29.5, 4, 4)).isEqualTo(4);
        assertThat(persistence.after(30, 4, 8)).isEqualTo(4);
        assertThat(persistence.after(59, 4, 8)).isEqualTo(4);
        // the newest wanted number counts
        assertThat(persistence.after(60, 4, 7)).isEqualTo(7);
        assertThat(persistence.after(61, 7, 3)).isEqualTo(7);
        assertThat(persistence.after(660, 7, 3)).isEqualTo(7);
        assertThat(persistence.after(661, 7, 3)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"600, 5, 2", "601, 5, 3", "0, 5, 1", "60, 0.1, 10"})
    void skyServesFormula(double requests, double qps, int desired) {
        assertThat(SkyServe.desired(requests, qps)).isEqualTo(desired);
    }

    @Test
    void skyServeCountsArrivalsOfAMinuteAndWaits300SecondsUp() {
        Rival.Rule sky = Rules.of("skyserve:qps=5");
        List<String> steps = new ArrayList<>();
        int current = 2;
        for (int now = 0; now < 2000; now++) {
            // 20 a second for ten minutes, then 5
            double arrived = 20.0 * Math.min(now, 600) + 5.0 * Math.max(0, now - 600);
            Rival.Wanted wanted =
                    sky.wanted(Fleet.of(current, 0.1, 9).arrived(arrived).at(now));
            if (wanted != null && wanted.replicas() != current) {
                steps.add(wanted.replicas() + " at " + now);
                current = wanted.replicas();
            }
        }
        // 40 s: the first minute is not full before; down from 620 s on, 1200 s later
        assertThat(steps).containsExactly("4 at 340", "1 at 1820");
    }

    @Test
    void theDemandBoundIsTheSteepestGroup() {
        // 100 in 100 s, 400 in 500 s
        List<Deadline> groups = List.of(new Deadline(220, 100), new Deadline(620, 300));
        assertThat(BatchEdf.bound(groups, 100, 20)).isEqualTo(new Bound(1, false));
        List<Deadline> later = List.of(new Deadline(220, 100), new Deadline(620, 900));
        assertThat(BatchEdf.bound(later, 100, 20)).isEqualTo(new Bound(2, false));
        // what cannot be met still comes before the rest
        List<Deadline> late = List.of(new Deadline(120, 100), new Deadline(620, 400));
        assertThat(BatchEdf.bound(late, 100, 20)).isEqualTo(new Bound(1, true));
        assertThat(BatchEdf.bound(List.of(), 100, 20)).isEqualTo(new Bound(0, false));
    }

    @ParameterizedTest
    @CsvSource({"7, 3, 5, 2", "7, 3.1, 5, 3", "0, 0, 5, 1"})
    void replicasForBothClasses(double online, double bound, double safe, int desired) {
        assertThat(BatchEdf.desired(online, bound, safe)).isEqualTo(desired);
    }

    @Test
    void batchEdfNeverShrinksOnAnUnknownOrHopelessQueueNorInTransit() {
        Rival.Rule edf = Rules.of("batch-edf:safe=5");
        // 20 s of start-up and 60 s of margin: 2400 requests in 480 s are 5 a second
        Fleet fleet = Fleet.of(4, 0.1, 9);
        assertThat(edf.wanted(fleet.groups(List.of(new Deadline(560, 4800))).at(0)))
                .isEqualTo(new Rival.Wanted(2, "batchRps", 10));
        assertThat(edf.wanted(fleet.groups(null).at(5))).isEqualTo(new Rival.Wanted(4, "batchRps", 0));
        assertThat(edf.wanted(fleet.groups(List.of(new Deadline(80, 1))).at(10)))
                .isEqualTo(new Rival.Wanted(4, "batchRps", 0));
        assertThat(edf.wanted(fleet.starting(1).at(15))).isNull();
        assertThat(edf.wanted(fleet.draining(1).at(20))).isNull();
    }

    @Test
    void loadTestedRateIsBelowTheFluidLimit() {
        double all = Hindsight.of(Rules.scenario()).requestsPerInstanceSecond();
        assertThat(SkyServe.loadTested(Rules.scenario())).isCloseTo(0.7 * all, within(1e-9));
    }
}
