package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.START;
import static io.chiron.core.fleet.Fleets.TIERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.RequestGroup;
import io.chiron.core.fleet.FleetConfig.BatchLaunch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** What the batch queue asks for and what a fleet can give. */
class BatchPlanProperties {
    private static final double LEAD = 60;
    private static final int MOST = 1_000;

    /** A queue and the fleet before it. */
    record Case(List<RequestGroup> groups, double[] readyIn, int shared, double load) {
        BatchNeed need(double countFactor, double laterSeconds) {
            List<RequestGroup> changed = new ArrayList<>();
            for (RequestGroup group : groups) {
                long count = (long) Math.ceil(group.count() * countFactor);
                long millis = Math.round(laterSeconds * 1000);
                changed.add(new RequestGroup(
                        group.tier(), count, group.deadline().plusMillis(millis), group.arrival(), 200 * count, 0));
            }
            WorkModel model = WorkModel.of(Fleets.CAPABILITY.curve(), Fleets.CAPABILITY.limits(), TIERS);
            return BatchNeed.of(changed, TIERS, model, 1.64, START);
        }

        Supply supply() {
            double[] speeds = new double[readyIn.length];
            Arrays.fill(speeds, 1);
            return new Supply(readyIn, speeds, load, Fleets.BATCH_RATE, 0.8 * Fleets.BATCH_RATE);
        }

        BatchPlan plan(BatchNeed need, BatchLaunch launch) {
            return BatchPlan.of(need, supply(), shared, LEAD, MOST, launch, 25);
        }

        Case shared(int other) {
            return new Case(groups, readyIn, other, load);
        }
    }

    @Property
    void wantGrowsWithTheNeed(@ForAll("cases") Case some, @ForAll @DoubleRange(min = 1, max = 5) double factor) {
        BatchPlan plain = some.plan(some.need(1, 0), BatchLaunch.EAGER);
        BatchPlan more = some.plan(some.need(factor, 0), BatchLaunch.EAGER);
        assertThat(more.wanted()).isGreaterThanOrEqualTo(plain.wanted());
        assertThat(more.retirable()).isGreaterThanOrEqualTo(plain.retirable());
        assertThat(more.backpressure()).isGreaterThanOrEqualTo(plain.backpressure());
        assertThat(more.infeasible()).isGreaterThanOrEqualTo(plain.infeasible());
    }

    /** As long as a launch can save every group: what it cannot save is planned by another deadline. */
    @Property
    void wantShrinksWithLaterDeadlines(
            @ForAll("feasible") Case some, @ForAll @DoubleRange(min = 0.1, max = 3000) double later) {
        BatchPlan plain = some.plan(some.need(1, 0), BatchLaunch.EAGER);
        BatchPlan relaxed = some.plan(some.need(1, later), BatchLaunch.EAGER);
        assertThat(plain.infeasible()).isZero();
        assertThat(relaxed.wanted()).isLessThanOrEqualTo(plain.wanted());
        assertThat(relaxed.retirable()).isLessThanOrEqualTo(plain.retirable());
        assertThat(relaxed.backpressure()).isLessThanOrEqualTo(plain.backpressure());
    }

    @Property
    void eagerLeavesNoBackpressureInThePlannedSupplyWithTheFewestLaunches(@ForAll("cases") Case some) {
        BatchNeed need = some.need(1, 0);
        BatchPlan plan = some.plan(need, BatchLaunch.EAGER);
        int base = Math.max(some.readyIn().length, some.shared());
        if (plan.wanted() >= MOST) {
            return;
        }
        assertThat(missed(some, need, Math.max(plan.wanted(), base)))
                .as("planned")
                .isZero();
        if (plan.backpressure() > 0 && plan.infeasible() == 0) {
            assertThat(plan.wanted()).isGreaterThan(base);
            assertThat(missed(some, need, plan.wanted() - 1)).as("one fewer").isPositive();
        }
        if (plan.backpressure() == 0 && plan.infeasible() == 0) {
            assertThat(plan.wanted()).isLessThanOrEqualTo(Math.max(1, base));
        }
    }

    @Property
    void justInTimeNeverAsksForMoreThanEager(@ForAll("cases") Case some) {
        BatchNeed need = some.need(1, 0);
        BatchPlan eager = some.plan(need, BatchLaunch.EAGER);
        BatchPlan late = some.plan(need, BatchLaunch.JUST_IN_TIME);
        assertThat(late.wanted()).isLessThanOrEqualTo(eager.wanted());
        assertThat(late.retirable()).isEqualTo(eager.retirable());
        assertThat(eager.deferred()).isFalse();
        assertThat(late.wanted() < eager.wanted() && !late.deferred()).isFalse();
    }

    /** Nothing goes that any group needs, late ones too. */
    @Property
    void retirableServesEveryGroupOrKeepsAll(@ForAll("cases") Case some) {
        BatchNeed need = some.need(1, 0);
        int keep = some.plan(need, BatchLaunch.EAGER).retirable();
        assertThat(keep).isBetween(1, Math.max(1, some.readyIn().length));
        if (keep < some.readyIn().length) {
            for (int group = 0; group < need.groups(); group++) {
                assertThat(some.supply().tokens(need.leftSeconds(group), keep, some.shared()))
                        .isGreaterThanOrEqualTo(need.needTokens(group));
            }
        }
    }

    /** A group that is past saving counts by its replanned deadline: no more than if it were due only then. */
    @Property
    void groupsPastSavingAskForNoMoreThanTheirReplannedNeed(
            @ForAll @IntRange(min = 1, max = 50_000) int count,
            @ForAll @IntRange(min = -3600, max = 60) int left,
            @ForAll @IntRange(max = 10) int present) {
        Case late = new Case(List.of(Fleets.group(START, left, count)), new double[present], 0, 0);
        Case later = new Case(List.of(Fleets.group(START, 3600, count)), new double[present], 0, 0);
        BatchPlan plan = late.plan(late.need(1, 0), BatchLaunch.EAGER);
        BatchPlan replanned = later.plan(later.need(1, 0), BatchLaunch.EAGER);
        assertThat(plan.wanted()).isBetween(1, Math.max(Math.max(1, present), replanned.wanted()));
        assertThat(plan.backpressure()).as("it is infeasible, or served").isZero();
    }

    @Property
    void supplyAddsUpAndGrows(@ForAll("cases") Case some, @ForAll @DoubleRange(min = 0, max = 5000) double left) {
        Supply supply = some.supply();
        int all = supply.instances();
        double dedicated = 0;
        for (int i = 0; i < all; i++) {
            dedicated += Fleets.BATCH_RATE * Math.max(0, left - some.readyIn()[i]);
            assertThat(supply.tokens(left, i + 1, 0)).isEqualTo(dedicated, within(1e-6 * (1 + dedicated)));
            assertThat(supply.tokens(left, i + 1, some.shared()))
                    .isGreaterThanOrEqualTo(supply.tokens(left, i, some.shared()) - 1e-6);
            assertThat(supply.tokens(left, all, i + 1)).isLessThanOrEqualTo(supply.tokens(left, all, i) + 1e-6);
        }
        assertThat(supply.tokens(left + 10, all, some.shared()))
                .isGreaterThanOrEqualTo(supply.tokens(left, all, some.shared()) * (1 - 1e-12));
        Supply more = supply.plus(3, LEAD);
        assertThat(more.tokens(left, all + 3, 0))
                .isEqualTo(
                        dedicated + 3 * Fleets.BATCH_RATE * Math.max(0, left - LEAD), within(1e-6 * (1 + dedicated)));
        assertThat(supply.tokens(Double.NaN, all, 0) + supply.tokens(-1, all, 0))
                .isZero();
    }

    /** Groups that a launch can still save and that the given number would start late. */
    private static int missed(Case some, BatchNeed need, int count) {
        int more = count - some.readyIn().length;
        Supply planned = more > 0 ? some.supply().plus(more, LEAD) : some.supply();
        int missed = 0;
        for (int group = 0; group < need.groups(); group++) {
            double tokens = planned.tokens(need.leftSeconds(group), count, some.shared());
            missed += need.leftSeconds(group) > LEAD && tokens < need.needTokens(group) * (1 - 1e-9) ? 1 : 0;
        }
        return missed;
    }

    @Provide
    Arbitrary<Case> cases() {
        return Arbitraries.randomValue(random -> some(new Random(random.nextLong()), -600));
    }

    @Provide
    Arbitrary<Case> feasible() {
        return Arbitraries.randomValue(random -> some(new Random(random.nextLong()), LEAD + 1));
    }

    private static Case some(Random random, double earliest) {
        List<RequestGroup> groups = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            groups.add(Fleets.group(START, earliest + random.nextInt(5000), 1 + random.nextInt(30_000)));
        }
        double[] readyIn = new double[random.nextInt(12)];
        int serving = random.nextInt(readyIn.length + 1);
        for (int i = serving; i < readyIn.length; i++) {
            readyIn[i] = random.nextInt(400);
        }
        Arrays.sort(readyIn);
        int shared = random.nextInt(readyIn.length + 3);
        return new Case(groups, readyIn, shared, shared * random.nextDouble());
    }
}
