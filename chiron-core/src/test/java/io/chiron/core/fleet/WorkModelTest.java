package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.RequestClass;
import io.chiron.api.RequestGroup;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.Coefficients;
import io.chiron.core.local.TierProfile;
import io.chiron.core.waiting.LengthStats;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What work costs, what the queue needs and what the fleet gives, with numbers. */
class WorkModelTest {
    private static final Coefficients CURVE = new Coefficients(0.02, 0.0005, 0.0001);
    /** Chats 64 hard; jobs 128, of which 32 fit beside a chat. */
    private static final BatchLimits LIMITS =
            BatchLimits.of(new int[][] {{50, 32}, {50, 128}}, new int[][] {{64, 40}, {64, 160}});

    private final WorkModel model = WorkModel.of(CURVE, LIMITS, Fleets.TIERS);
    /** Time of a job's token at full batch: 0.0005 + 0.0001·200/300 + 0.02/128. */
    private static final double DEDICATED = 1 / (0.0005 + 0.0002 / 3 + 0.02 / 128);

    @Test
    void aRequestCostsItsPromptAndItsShareOfFullIterations() {
        assertThat(model.perPromptTokenSeconds()).isEqualTo(0.0001);
        assertThat(model.perRequestSeconds(0)).isEqualTo(300 * (0.0005 + 0.02 / 64), within(1e-12));
        assertThat(model.perOutputTokenSeconds(0)).isEqualTo(0.0005 + 0.02 / 64 + 0.0002 / 3, within(1e-12));
        assertThat(model.workSeconds(0, 3, 700)).isEqualTo(3 * 300 * 0.0008125 + 0.07, within(1e-12));
        assertThat(model.dedicatedTokensPerSecond()).isEqualTo(DEDICATED, within(1e-9));
        assertThat(model.sharedTokensPerSecond()).isEqualTo(1 / (0.0005 + 0.0002 / 3 + 0.02 / 32), within(1e-9));
    }

    /** Half of the TTFT, and a quarter of the decoding in its share of an iteration. */
    @Test
    void slackIsWhatTheSloGrants() {
        double decode = 0.02 + 0.0005 * 64;
        double share = decode / (decode + 0.0001 * 64 * 2 / 3);
        assertThat(model.slackSeconds(0)).isEqualTo(5 + 0.25 * 300 * 0.2 * share, within(1e-9));
        WorkModel nothing = WorkModel.of(new Coefficients(0, 0, 0), LIMITS, Fleets.TIERS);
        assertThat(nothing.slackSeconds(0)).isEqualTo(5);
        assertThat(nothing.dedicatedTokensPerSecond()).isZero();
    }

    @Test
    void whatDeliversLessMakesInteractiveWorkDearerOnly() {
        WorkModel dearer = model.dearer(0.5);
        assertThat(dearer.workSeconds(0, 3, 700)).isEqualTo(2 * model.workSeconds(0, 3, 700), within(1e-12));
        assertThat(dearer.perOutputTokenSeconds(0)).isEqualTo(model.perOutputTokenSeconds(0));
        assertThat(dearer.slackSeconds(0)).isEqualTo(model.slackSeconds(0));
        assertThat(dearer.dedicatedTokensPerSecond()).isEqualTo(DEDICATED, within(1e-9));
        assertThat(dearer.sharedTokensPerSecond()).isEqualTo(model.sharedTokensPerSecond());
    }

    @Test
    void speedIsTheRatioOfTheWorkOfOneRequestOfEachTier() {
        Coefficients fast = new Coefficients(0.01, 0.00025, 0.00005);
        assertThat(WorkModel.of(fast, LIMITS, Fleets.TIERS).speedAgainst(model, Fleets.TIERS))
                .isEqualTo(2, within(1e-9));
        assertThat(WorkModel.of(new Coefficients(0, 1e-9, 0), LIMITS, Fleets.TIERS)
                        .speedAgainst(model, Fleets.TIERS))
                .isEqualTo(1000);
        assertThat(WorkModel.of(new Coefficients(0, 0, 0), LIMITS, Fleets.TIERS).speedAgainst(model, Fleets.TIERS))
                .isEqualTo(1);
    }

    /** The slowest batch tier and the tightest interactive one are planned with; without the latter nothing is shared. */
    @Test
    void severalTiersAreCountedAtTheirWorst() {
        TierProfile loose = chat("loose", 400);
        TierProfile tight = chat("tight", 100);
        TierProfile prompts = new TierProfile(
                new SloTier("prompts", RequestClass.BATCH, new Slo(Duration.ofHours(1), Duration.ofSeconds(2))),
                LengthStats.guess(600, 300, 1));
        int[] loosely = {90, 90, 90, 90};
        int[] tightly = {20, 20, 20, 20};
        BatchLimits limits = BatchLimits.of(
                new int[][] {loosely, tightly, loosely, loosely}, new int[][] {loosely, tightly, loosely, loosely});
        WorkModel several = WorkModel.of(CURVE, limits, List.of(loose, tight, Fleets.TIERS.get(1), prompts));
        assertThat(several.dedicatedTokensPerSecond()).isEqualTo(1 / (0.0007 + 0.02 / 90), within(1e-9));
        assertThat(several.sharedTokensPerSecond()).isEqualTo(1 / (0.0007 + 0.02 / 20), within(1e-9));
        WorkModel jobs = WorkModel.of(CURVE, BatchLimits.fixed(1, 64), List.of(Fleets.TIERS.get(1)));
        assertThat(jobs.sharedTokensPerSecond()).isEqualTo(jobs.dedicatedTokensPerSecond());
        WorkModel chats = WorkModel.of(CURVE, BatchLimits.fixed(1, 64), List.of(Fleets.TIERS.get(0)));
        assertThat(chats.dedicatedTokensPerSecond()).isZero();
    }

    @Test
    void aQueueNeedsWhatIsLeftOfItsOutputsItsPromptsAndDeviations() {
        RequestGroup later = new RequestGroup("jobs", 50, START.plusSeconds(900), START.minusSeconds(100), 0, 50_000);
        RequestGroup sooner = new RequestGroup("jobs", 100, START.plusSeconds(600), START, 20_000, 5000);
        BatchNeed need = BatchNeed.of(List.of(later, sooner), Fleets.TIERS, model, 1.64, START);
        assertThat(need.groups()).isEqualTo(2);
        // 25,000 tokens of output have prompts of 16,667 in the rate; 3,333 are more.
        double first = 25_000 + (20_000 - 25_000 * 2.0 / 3) * 0.0001 * DEDICATED;
        assertThat(need.needTokens(0)).isEqualTo(first + 1.64 * Math.sqrt(100) * 300, within(1e-6));
        // All but finished: a token each, though more was produced than is long on average.
        assertThat(need.needTokens(1)).isEqualTo(first + 50 + 1.64 * Math.sqrt(150) * 300, within(1e-6));
        assertThat(need.leftSeconds(1)).isEqualTo(900);
        assertThat(need.replannedSeconds(0)).isEqualTo(600);
        assertThat(need.replannedSeconds(1)).isEqualTo(1000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchNeed.of(
                        List.of(new RequestGroup("x", 1, START, START, 1, 0)), Fleets.TIERS, model, 0, START))
                .withMessageContaining("group.tier = x");
    }

    @Test
    void aFleetGivesWhatItsInstancesDoFromWhenTheyServe() {
        Supply supply = new Supply(new double[] {0, 0, 100}, new double[] {1, 1, 2}, 0.5, 1000, 800);
        // One shared for 200 s less a load of 100, one dedicated for 200 s, one of speed two for 100 s.
        assertThat(supply.tokens(200, 3, 1)).isEqualTo(100 * 800 + 400 * 1000);
        assertThat(supply.tokens(100, 3, 1)).as("serves too late").isEqualTo(50 * 800 + 100 * 1000);
        assertThat(supply.tokens(200, 2, 1)).isEqualTo(100 * 800 + 200 * 1000);
        assertThat(supply.tokens(200, 3, 0)).as("a load that nobody shares").isEqualTo(600 * 1000);
        assertThat(supply.tokens(0, 3, 1)).isZero();
        assertThat(supply.tokens(-1, 3, 1)).isZero();
        Supply more = supply.plus(2, 50);
        assertThat(more.instances()).isEqualTo(5);
        assertThat(more.tokens(200, 5, 1)).isEqualTo(100 * 800 + (400 + 300) * 1000);
        assertThat(more.tokens(200, 5, 4)).isEqualTo((600 - 100 + 150) * 800 + 150 * 1000);
        assertThat(more.tokens(200, 4, 0)).isEqualTo((600 + 150) * 1000);
        assertThat(more.tokens(40, 5, 0)).isEqualTo(80 * 1000);
        assertThat(more.tokens(200, 3, 1)).isEqualTo(supply.tokens(200, 3, 1));
    }

    private static TierProfile chat(String name, int itlMillis) {
        return new TierProfile(
                new SloTier(
                        name, RequestClass.INTERACTIVE, new Slo(Duration.ofSeconds(10), Duration.ofMillis(itlMillis))),
                LengthStats.guess(200, 300, 1));
    }
}
