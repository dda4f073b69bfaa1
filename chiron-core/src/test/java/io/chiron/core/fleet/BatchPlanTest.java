package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.RequestGroup;
import io.chiron.core.fleet.FleetConfig.BatchLaunch;
import io.chiron.core.local.TierProfile;
import io.chiron.core.waiting.LengthStats;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Batch plans with numbers: outputs of 300 tokens, 1000 tokens a second and instance, and a lead time of 100 s. */
class BatchPlanTest {
    private static final List<TierProfile> TIERS =
            List.of(Fleets.TIERS.get(0), new TierProfile(Fleets.JOBS, LengthStats.guess(200, 300, 0)));
    private static final int MOST = 50;

    @Test
    void whatThePresentFleetCannotDoIsLaunchedFor() {
        // 1.2 million tokens in 600 s; one does 0.6 million, each launch 0.5 million.
        BatchPlan plan = plan(1, 0, BatchLaunch.EAGER, 25, jobs(600, 4000));
        assertThat(plan).isEqualTo(new BatchPlan(1, 0, 3, 1, false, 600, 1.2e6, 0.6e6));
        assertThat(plan(2, 0, BatchLaunch.EAGER, 25, jobs(600, 4000)).backpressure())
                .as("two are enough")
                .isZero();
    }

    @Test
    void theLastLaunchMayWaitForTheGuard() {
        BatchPlan waits = plan(1, 0, BatchLaunch.JUST_IN_TIME, 400, jobs(600, 4000));
        assertThat(waits.wanted()).isEqualTo(2);
        assertThat(waits.deferred()).isTrue();
        BatchPlan now = plan(1, 0, BatchLaunch.JUST_IN_TIME, 401, jobs(600, 4000));
        assertThat(now.wanted()).isEqualTo(3);
        assertThat(now.deferred()).isFalse();
        assertThat(plan(1, 0, BatchLaunch.JUST_IN_TIME, 600, jobs(600, 4000)).wanted())
                .isEqualTo(3);
    }

    @Test
    void aGroupThatNoLaunchCanSaveIsPlannedWithItsOriginalSlack() {
        BatchPlan little = plan(1, 0, BatchLaunch.EAGER, 25, jobs(100, 1000));
        assertThat(little.infeasible()).isEqualTo(1);
        assertThat(little.backpressure()).isZero();
        assertThat(little.wanted()).as("3.6 million in an hour are enough").isEqualTo(1);
        // 12 million in 3600 s: 8.4 million are missing, and each launch has 3500 s.
        BatchPlan much = plan(1, 0, BatchLaunch.EAGER, 25, jobs(100, 40_000));
        assertThat(much.infeasible()).isEqualTo(1);
        assertThat(much.wanted()).isEqualTo(4);
        assertThat(plan(1, 0, BatchLaunch.EAGER, 25, jobs(101, 1000)).backpressure())
                .as("one second is enough for a launch to help")
                .isEqualTo(1);
        RequestGroup hopeless = new RequestGroup("jobs", 1000, START.plusSeconds(50), START, 200_000, 0);
        assertThat(plan(1, 0, BatchLaunch.EAGER, 25, hopeless).wanted()).isEqualTo(1);
    }

    @Test
    void fewerThanPresentAreKeptWithATenthToSpare() {
        BatchPlan plan = plan(5, 0, BatchLaunch.EAGER, 25, jobs(600, 4000));
        assertThat(plan.wanted()).isEqualTo(2);
        assertThat(plan.retirable()).isEqualTo(3);
        assertThat(plan.tightestSeconds()).isEqualTo(600);
        assertThat(plan.supplyTokens()).isEqualTo(3e6);
        BatchPlan late = plan(5, 0, BatchLaunch.EAGER, 25, jobs(-10, 10), jobs(600, 4000));
        assertThat(late.infeasible()).isEqualTo(1);
        assertThat(late.retirable()).as("nothing goes while a group is late").isEqualTo(5);
    }

    @Test
    void theTightestOfSeveralGroupsIsTold() {
        BatchPlan plan = plan(1, 0, BatchLaunch.EAGER, 25, jobs(300, 400), jobs(600, 4000), jobs(3000, 10));
        assertThat(plan.tightestSeconds()).isEqualTo(600);
        assertThat(plan.needTokens()).isEqualTo(1.32e6);
        assertThat(plan.supplyTokens()).isEqualTo(0.6e6);
        assertThat(plan.backpressure()).isEqualTo(1);
        assertThat(plan.wanted()).isEqualTo(3);
    }

    @Test
    void interactiveWorkLaunchesItsOwnShareFirst() {
        // One of three is there. The other two come after 100 s: 600 + 2·500 s at 800 tokens a second.
        BatchPlan plan = plan(1, 3, BatchLaunch.EAGER, 25, jobs(600, 4200));
        assertThat(plan.supplyTokens()).isEqualTo(1600 * 800);
        assertThat(plan.backpressure()).isZero();
        assertThat(plan(1, 3, BatchLaunch.EAGER, 25, jobs(600, 5000)).wanted()).isEqualTo(4);
    }

    @Test
    void neverMoreThanMayBe() {
        assertThat(plan(1, 0, BatchLaunch.EAGER, 25, jobs(600, 1_000_000)).wanted())
                .isEqualTo(MOST);
        Supply idle = new Supply(new double[] {0}, new double[] {1}, 0, 0, 0);
        assertThat(BatchPlan.of(need(jobs(600, 10)), idle, 0, 100, MOST, BatchLaunch.EAGER, 25)
                        .wanted())
                .as("nothing is known of what one does")
                .isEqualTo(MOST);
        assertThat(plan(3, 0, BatchLaunch.EAGER, 25)).isEqualTo(BatchPlan.NONE);
    }

    private static BatchPlan plan(int present, int shared, BatchLaunch launch, double guard, RequestGroup... groups) {
        double[] speeds = new double[present];
        Arrays.fill(speeds, 1);
        Supply supply = new Supply(new double[present], speeds, 0, 1000, 800);
        return BatchPlan.of(need(groups), supply, shared, 100, MOST, launch, guard);
    }

    private static BatchNeed need(RequestGroup... groups) {
        WorkModel model = WorkModel.of(Fleets.CAPABILITY.curve(), Fleets.CAPABILITY.limits(), TIERS);
        return BatchNeed.of(List.of(groups), TIERS, model, 1.64, START);
    }

    /** {@code count} jobs of 300 tokens each, due in {@code leftSeconds} of an hour. */
    private static RequestGroup jobs(double leftSeconds, long count) {
        return Fleets.group(START, leftSeconds, count);
    }
}
