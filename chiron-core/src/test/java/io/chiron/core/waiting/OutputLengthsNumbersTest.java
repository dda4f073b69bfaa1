package io.chiron.core.waiting;

import static io.chiron.core.waiting.WaitingArbitraries.START;
import static io.chiron.core.waiting.WaitingArbitraries.at;
import static io.chiron.core.waiting.WaitingArbitraries.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.ArrivalBins;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.TierFlow;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is learned of one reading after the other, with numbers. */
class OutputLengthsNumbersTest {
    private static final LengthStats GUESS = LengthStats.guess(161, 338, 1);

    @Test
    void theGuessIsBlendedWithWhatCompleted() {
        OutputLengths lengths = OutputLengths.starting(GUESS)
                .observe(completed(0, new LengthMoments(40, 7000, 11_000, 1e6, 4e6, 3e6)))
                .observe(completed(1, new LengthMoments(100, 20_000, 30_000, 5e6, 1.2e7, 9e6)));
        LengthStats stats = lengths.stats();
        // A squared CV of 1 guessed and of 1/3 learned: 20·(20·1 + 100/3)/120.
        double guess = 20 * (20 + 100 / 3.0) / 120;
        double output = (guess * 338 + 100 * 300) / (guess + 100);
        double prompt = (3 * 161 + 20_000) / 103.0;
        assertThat(stats.samples()).isEqualTo(100);
        assertThat(stats.meanOutput()).isEqualTo(output, within(1e-9));
        assertThat(stats.meanOutputSquared())
                .isEqualTo((guess * 2 * 338 * 338 + 100 * 120_000) / (guess + 100), within(1e-6));
        assertThat(stats.meanPrompt()).isEqualTo(prompt, within(1e-9));
        double ratio = (guess + 100 * 1.5) / (guess + 100);
        assertThat(stats.meanPromptOutput()).isEqualTo(ratio * prompt * output, within(1e-6));
    }

    @Test
    void whetherRunningRequestsAreToldIsKnown() {
        OutputLengths lengths = OutputLengths.starting(GUESS);
        assertThat(lengths.knowsRunning()).isFalse();
        assertThat(lengths.observe(completed(0, LengthMoments.ZERO)).knowsRunning())
                .isFalse();
        double[] bins = new double[LengthHistogram.BINS];
        bins[3] = 1;
        TierFlow running = flow(START, LengthMoments.ZERO, LengthHistogram.EMPTY, LengthHistogram.of(bins), List.of());
        assertThat(lengths.observe(running).knowsRunning()).isTrue();
    }

    /** After a clock was set back, bins of the new time count again, those of the first reading of it apart. */
    @Test
    void arrivalsCountOnAfterAClockWasSetBack() {
        OutputLengths lengths = OutputLengths.starting(GUESS).observe(arrivals(1000, 990));
        double once = (3 * 161 + 1000) / 13.0;
        assertThat(lengths.stats().meanPrompt()).isEqualTo(once, within(1e-9));
        OutputLengths back = lengths.observe(arrivals(940, 930));
        assertThat(back.stats().meanPrompt()).isEqualTo(once, within(1e-9));
        double twice = (3 * 161 + 2000) / 23.0;
        assertThat(back.observe(arrivals(950, 940)).stats().meanPrompt()).isEqualTo(twice, within(0.3));
        // Bins that end less than a minute before the last ones are no sign of it.
        OutputLengths late = lengths.observe(arrivals(900, 931));
        assertThat(late.observe(arrivals(905, 941)).stats().meanPrompt()).isEqualTo(once, within(1e-9));
    }

    private static TierFlow completed(double second, LengthMoments moments) {
        return flow(at(second), moments, LengthHistogram.EMPTY, LengthHistogram.EMPTY, List.of());
    }

    /** Ten requests of 100 tokens in the ten seconds from {@code start}. */
    private static TierFlow arrivals(double second, double start) {
        double[] requests = new double[40];
        double[] tokens = new double[40];
        requests[39] = 10;
        tokens[39] = 1000;
        ArrivalBins bins = ArrivalBins.of(at(start), Duration.ofMillis(250), requests, tokens);
        return new TierFlow(
                "batch",
                at(second),
                bins,
                0,
                0,
                0,
                LengthMoments.ZERO,
                LengthHistogram.EMPTY,
                LengthHistogram.EMPTY,
                List.of());
    }
}
