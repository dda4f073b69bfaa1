package io.chiron.core.local;

import static io.chiron.core.local.Loop.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.core.local.Pace.Spread;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** The margin that is learned from what requests and instances differ by. */
class PaceTest {
    private static final double SLO_SECONDS = 0.05;
    private static final int OUTPUT_TOKENS = 64;
    private static final List<TierProfile> TIERS = List.of(Loop.tier("chat", SLO_SECONDS, 4, OUTPUT_TOKENS));

    /** Where the mean ITL is 42.5 ms: what the usual margin of 0.15 leaves. */
    private static final int USUAL_LIMIT = 15;

    @Test
    void whatAnInstanceDiffersByIsForgottenWithinMinutes() {
        Pace first = Pace.UNKNOWN.after(1.2, 1, 3);
        assertThat(first.lately()).isCloseTo(0.2, within(1e-12));
        assertThat(first.mean()).isCloseTo(0.2, within(1e-12));
        assertThat(first.bias()).as("a second is no evidence").isLessThan(0.002);
        Pace mean = first.after(1, 1, 3);
        assertThat(mean.lately()).as("of two").isCloseTo(0.1, within(1e-12));
        Pace slow = Pace.UNKNOWN;
        for (int second = 0; second < 600; second++) {
            slow = slow.after(1.3, 1, 3);
        }
        assertThat(slow.lately()).isCloseTo(0.3, within(1e-9));
        assertThat(slow.bias()).isBetween(0.24, 0.3);
        Pace after = slow;
        for (int second = 0; second < 12; second++) {
            after = after.after(1, 1, 3);
        }
        assertThat(after.lately()).as("after four requests").isBetween(0.0, 0.02);
        assertThat(after.bias()).isGreaterThan(0.2);
        for (int second = 0; second < 600; second++) {
            after = after.after(1, 1, 3);
        }
        assertThat(after.bias()).isBetween(0.0, 0.01);
    }

    @Test
    void anOutlierCountsAsTwiceOrHalfAsLong() {
        assertThat(Pace.UNKNOWN.after(1e9, 1, 3).lately()).isEqualTo(1);
        assertThat(Pace.UNKNOWN.after(1e-9, 1, 3).lately()).isEqualTo(-0.5);
    }

    @Test
    void theMarginCoversWhatNinetyNineOfAHundredDifferBy() {
        assertThat(Spread.UNKNOWN.margin(0)).isZero();
        assertThat(Spread.UNKNOWN.margin(-0.3)).as("a faster instance").isZero();
        assertThat(Spread.UNKNOWN.margin(0.25)).isCloseTo(0.2, within(1e-12));
        assertThat(new Spread(0.01, 100).margin(0)).isCloseTo(0.233 / 1.233, within(1e-12));
        assertThat(new Spread(0.01, 100).margin(-0.1)).isCloseTo(0.133 / 1.133, within(1e-12));
        assertThat(new Spread(1, 100).margin(1)).as("at most").isEqualTo(0.5);
        Spread spread = Spread.UNKNOWN.after(0.04, 1);
        assertThat(spread.square()).isEqualTo(0.04);
        assertThat(spread.after(0, 1).square()).isEqualTo(0.02);
    }

    /** Iterations that differ by a fifth for seconds at a time: with 0.15 one request in seven would be late. */
    @Test
    void requestsOnAnUnsteadyEngineKeepTheirSlo() {
        Random random = new Random(1);
        int late = 0;
        int requests = 0;
        Fleet fleet = new Fleet(4);
        double[] noise = new double[4];
        List<Deque<Double>> itls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            itls.add(new ArrayDeque<>());
        }
        for (int second = 0; second < 1200; second++) {
            double[] factors = new double[4];
            for (int i = 0; i < 4; i++) {
                noise[i] = 0.8 * noise[i] + 0.6 * random.nextGaussian();
                factors[i] = Math.max(0.3, 1 + 0.2 * noise[i]);
            }
            double[] seconds = fleet.step(factors);
            for (int i = 0; i < 4; i++) {
                Deque<Double> request = itls.get(i);
                request.add(seconds[i]);
                // A request of 64 tokens takes about two and a half seconds.
                if (request.size() > 3) {
                    request.remove();
                }
                if (second > 300) {
                    requests++;
                    late += request.stream()
                                            .mapToDouble(Double::doubleValue)
                                            .average()
                                            .orElseThrow()
                                    > SLO_SECONDS
                            ? 1
                            : 0;
                }
            }
        }
        assertThat(fleet.limit(0)).isBetween(8, USUAL_LIMIT - 2);
        assertThat(1 - (double) late / requests).as("kept their SLO").isGreaterThan(0.98);
    }

    /** The curve of a kind lies between: the slower one would miss the SLO with every request. */
    @Test
    void anInstanceThatIsSlowerThanItsKindGetsALimitThatItCanKeep() {
        Fleet fleet = new Fleet(2);
        double[] seconds = new double[2];
        for (int second = 0; second < 900; second++) {
            seconds = fleet.step(1, 1.4);
        }
        assertThat(seconds[1]).isLessThanOrEqualTo(SLO_SECONDS);
        assertThat(seconds[0]).isLessThan(SLO_SECONDS);
        assertThat(fleet.limit(0)).isGreaterThan(fleet.limit(1));
        assertThat(fleet.margin(1)).isGreaterThan(0.15);
        assertThat(fleet.margin(0)).isEqualTo(0.15);
    }

    /** What is steady costs no room. */
    @Test
    void aSteadyEngineKeepsTheMarginOfTheSettings() {
        Fleet fleet = new Fleet(2);
        for (int second = 0; second < 900; second++) {
            fleet.step(1, 1.03);
        }
        assertThat(fleet.limit(0)).isBetween(USUAL_LIMIT - 1, USUAL_LIMIT);
        assertThat(fleet.margin(0)).isEqualTo(0.15);
        assertThat(fleet.margin(1)).isEqualTo(0.15);
    }

    /** An engine that waits for half of a window has the ITL of more sequences than its mean. */
    @Test
    void whatIdlesTeachesNoMargin() {
        Fleet fleet = new Fleet(2);
        Random random = new Random(1);
        for (int second = 0; second < 300; second++) {
            fleet.step(1, 1);
        }
        for (int second = 0; second < 600; second++) {
            fleet.stepAt(0.3, 1 + random.nextDouble(), 1 + random.nextDouble());
        }
        assertThat(fleet.margin(0)).isEqualTo(0.15);
        for (int second = 0; second < 600; second++) {
            fleet.stepAt(0.7, 1 + random.nextDouble(), 1 + random.nextDouble());
        }
        assertThat(fleet.margin(0)).as("in use").isGreaterThan(0.15);
    }

    /** Instances of one kind, each at its soft limit or a share of it: 5 ms and 2.5 ms per sequence, times a factor. */
    private static final class Fleet {
        private final CurveRule rule = new CurveRule(LocalConfig.DEFAULTS);
        private final int size;
        private final DoubleUnaryOperator itl = running -> 0.005 + 0.0025 * running;
        private LocalState state = LocalState.initial();
        private Instant now = START;

        Fleet(int size) {
            this.size = size;
            step(instance -> null);
        }

        int limit(int instance) {
            return decision(instance).limits().soft(0, 0);
        }

        double margin(int instance) {
            return decision(instance).reason().numbers().get("margin");
        }

        private LocalDecision decision(int instance) {
            return Objects.requireNonNull(state.decision("i" + instance));
        }

        /** A second; returns the ITL of each. */
        double[] step(double... factors) {
            return stepAt(1, factors);
        }

        /** A second at a share of the soft limit. */
        double[] stepAt(double share, double... factors) {
            double[] seconds = new double[size];
            now = now.plusSeconds(1);
            step(instance -> {
                double running = share * limit(instance);
                seconds[instance] = factors[instance] * itl.applyAsDouble(running);
                return Loop.usage(now, List.of(Loop.running("chat", running)), 0, seconds[instance])
                        .build();
            });
            return seconds;
        }

        private void step(IntFunction<InstanceSample> samples) {
            List<InstanceSnapshot> instances = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                instances.add(Loop.instance("i" + i).withSample(samples.apply(i)));
            }
            state = rule.step(state, new LocalInput(instances, TIERS, now)).state();
        }
    }
}
