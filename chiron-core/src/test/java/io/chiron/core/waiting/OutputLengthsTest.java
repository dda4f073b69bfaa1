package io.chiron.core.waiting;

import static io.chiron.core.waiting.WaitingArbitraries.START;
import static io.chiron.core.waiting.WaitingArbitraries.at;
import static io.chiron.core.waiting.WaitingArbitraries.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.TierFlow;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Lengths learned from a simulated server whose true lengths are known. */
class OutputLengthsTest {
    private static final LengthStats GUESS = LengthStats.guess(161, 338, 1);

    /** Measured over the seeds: completions alone say 0.45 of the mean, the corrected estimate 0.80 to 1.01. */
    @Test
    void earlyEstimateIsMuchNearerThanTheMeanOfCompletions() {
        double sum = 0;
        for (int seed = 1; seed <= 20; seed++) {
            SlotServer server = new SlotServer(seed, 500, 338, 1);
            // A guess of a third shows that it is not the guess that helps.
            LengthStats stats = run(server, 300, OutputLengths.starting(LengthStats.guess(161, 113, 1)))
                    .stats();
            double raw = server.completed().output() / server.completed().count();
            assertThat(raw).isLessThan(0.6 * 338);
            assertThat(Math.abs(stats.meanOutput() - 338)).as("seed %d", seed).isLessThan(0.5 * (338 - raw));
            sum += stats.meanOutput();
        }
        assertThat(sum / 20).isEqualTo(338, within(0.15 * 338));
    }

    @Test
    @Tag("slow")
    void longHistoryGivesTheTrueMoments() {
        for (int seed = 1; seed <= 5; seed++) {
            // Iterations of two seconds: a request stays for ten minutes, a third of the half-life.
            LengthStats stats = run(new SlotServer(seed, 3000, 338, 1), 15_000, OutputLengths.starting(GUESS))
                    .stats();
            assertThat(stats.meanOutput()).as("seed %d", seed).isEqualTo(338, within(0.03 * 338));
            assertThat(stats.meanOutputSquared()).isEqualTo(2 * 338 * 338, within(0.1 * 2 * 338 * 338));
            // Half of the prompts equal the output: E[p·o] = (E[o²] + E[o]²)/2.
            assertThat(stats.meanPromptOutput()).isEqualTo(1.5 * 338 * 338, within(0.1 * 1.5 * 338 * 338));
            assertThat(stats.meanPrompt()).isEqualTo(338, within(0.03 * 338));
        }
    }

    @Test
    void aChangeOfLengthsIsFollowedWithinHours() {
        OutputLengths lengths = run(new SlotServer(1, 500, 100, 1), 10_000, OutputLengths.starting(GUESS));
        assertThat(lengths.stats().meanOutput()).isEqualTo(100, within(5.0));
        // A second server takes over: a restart for the counters, five hours more for the clock.
        SlotServer other = new SlotServer(2, 500, 300, 1);
        while (other.seconds() < 20_000) {
            other.iterate(2);
        }
        lengths = lengths.observe(other.flow(List.of()));
        assertThat(lengths.stats().meanOutput()).isEqualTo(100, within(5.0));
        while (other.seconds() < 35_000) {
            for (int i = 0; i < 5; i++) {
                other.iterate(2);
            }
            lengths = lengths.observe(other.flow(List.of()));
        }
        assertThat(lengths.stats().meanOutput()).isEqualTo(300, within(15.0));
    }

    @Test
    void halfLifeIsAnOption() {
        OutputLengths lengths =
                OutputLengths.starting(GUESS, Duration.ofMinutes(1)).observe(TierFlow.idle("batch", START));
        LengthMoments many = new LengthMoments(8000, 8000, 8000, 8000, 8000, 8000);
        lengths = lengths.observe(flow(at(1), many, LengthHistogram.EMPTY, LengthHistogram.EMPTY, List.of()))
                .observe(flow(at(121), many, LengthHistogram.EMPTY, LengthHistogram.EMPTY, List.of()));
        assertThat(lengths.stats().samples()).isEqualTo(2000, within(1e-6));
    }

    /** Iterations of two seconds, read every tenth second. */
    private static OutputLengths run(SlotServer server, int iterations, OutputLengths lengths) {
        OutputLengths next = lengths.observe(server.flow(List.of()));
        for (int i = 1; i <= iterations; i++) {
            server.iterate(2);
            if (i % 5 == 0) {
                next = next.observe(server.flow(List.of()));
            }
        }
        return next;
    }
}
