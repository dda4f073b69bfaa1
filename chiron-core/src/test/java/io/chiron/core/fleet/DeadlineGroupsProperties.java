package io.chiron.core.fleet;

import static io.chiron.core.fleet.Fleets.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.RequestGroup;
import io.chiron.api.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Grouping by k-means, measured lead times, and fitting pools into their ranges. */
class DeadlineGroupsProperties {
    @Property
    void kMeansKeepsEveryRequestAndNeverPromisesMoreTime(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 64) int clusters,
            @ForAll @IntRange(max = 40) int count) {
        Random random = new Random(seed);
        List<RequestGroup> groups = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long requests = random.nextInt(20) == 0 ? Long.MAX_VALUE : 1 + random.nextInt(1000);
            groups.add(new RequestGroup(
                    random.nextBoolean() ? "jobs" : "nightly",
                    requests,
                    START.plusSeconds(random.nextInt(30) * 100),
                    START.minusSeconds(random.nextInt(1000)),
                    random.nextInt(100_000),
                    random.nextInt(1000)));
        }
        List<RequestGroup> merged = DeadlineGroups.kMeans(groups, clusters);
        assertThat(merged.size()).isLessThanOrEqualTo(2 * clusters);
        assertThat(DeadlineGroups.kMeans(groups, clusters)).as("same inputs").isEqualTo(merged);
        for (int i = 1; i < merged.size(); i++) {
            assertThat(merged.get(i).deadline())
                    .isAfterOrEqualTo(merged.get(i - 1).deadline());
        }
        for (String tier : List.of("jobs", "nightly")) {
            // By any time, at least as much is due as without grouping, and in the end the same.
            for (int due = 0; due <= 3000; due += 100) {
                assertThat(sum(merged, tier, due, 0)).isGreaterThanOrEqualTo(sum(groups, tier, due, 0));
                assertThat(sum(merged, tier, due, 1)).isGreaterThanOrEqualTo(sum(groups, tier, due, 1));
            }
            for (int what = 0; what < 3; what++) {
                assertThat(sum(merged, tier, 3000, what)).isEqualTo(sum(groups, tier, 3000, what));
            }
        }
    }

    @Property
    void leadTimeIsOneThatWasSeenAndNotUnderNineOfTenOfThem(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(max = 600) Integer> seconds) {
        LeadTimes leads = LeadTimes.empty();
        for (int i = 0; i < seconds.size(); i++) {
            leads = leads.asked(Map.of("l" + i, LeadTimes.Pending.of(Pool.MIXED, Fleets.KIND, START)), 1);
            InstanceSnapshot starting = InstanceSnapshot.of("i" + i, Pool.MIXED, Phase.STARTING, null)
                    .withLaunchId("l" + i);
            leads = leads.observe(List.of(starting), START, 1e9);
            assertThat(leads.unseen()).isEmpty();
            InstanceSnapshot ready = InstanceSnapshot.of(
                            "i" + i, Pool.MIXED, Phase.READY, START.plusSeconds(seconds.get(i)))
                    .withLaunchId("l" + i);
            leads = leads.observe(List.of(ready), START.plusSeconds(700), 1e9);
            assertThat(leads.pending()).isEmpty();
        }
        double lead = leads.seconds(60);
        List<Integer> newest = seconds.subList(Math.max(0, seconds.size() - 32), seconds.size());
        assertThat(newest).contains((int) lead);
        assertThat(newest.stream().filter(each -> each <= lead).count())
                .isGreaterThanOrEqualTo((long) Math.ceil(0.9 * newest.size()));
        assertThat(LeadTimes.empty().seconds(60)).isEqualTo(60);
    }

    /** A ready time before the launch or in the future teaches nothing but that it serves now. */
    @Property
    void readyTimeThatCannotBeTrueIsNotALeadTime(
            @ForAll @IntRange(min = -100_000, max = 100_000) int readyAt,
            @ForAll @IntRange(min = 0, max = 900) int now) {
        LeadTimes leads = LeadTimes.empty().asked(Map.of("l", LeadTimes.Pending.of(Pool.MIXED, Fleets.KIND, START)), 1);
        InstanceSnapshot ready = InstanceSnapshot.of("i", Pool.MIXED, Phase.READY, START.plusSeconds(readyAt))
                .withLaunchId("l");
        double lead = leads.observe(List.of(ready), START.plusSeconds(now), 1e9).seconds(60);
        assertThat(lead).isEqualTo(readyAt >= 0 && readyAt <= now ? readyAt : now);
    }

    @Property
    void poolsFitTheirRangesAndAddUpWhereTheyCan(@ForAll long seed, @ForAll @IntRange(max = 40) int total) {
        Random random = new Random(seed);
        Map<Pool, FleetLimits.Range> ranges = new TreeMap<>();
        Map<Pool, Integer> wanted = new TreeMap<>();
        int least = 0;
        int most = 0;
        for (Pool pool : Pool.values()) {
            int min = random.nextInt(4);
            int max = min + random.nextInt(20);
            ranges.put(pool, new FleetLimits.Range(min, max));
            least += min;
            most += max;
            wanted.put(pool, random.nextInt(20));
        }
        FleetLimits limits = new FleetLimits(0, 1000, ranges, Map.of("x", new FleetLimits.Accelerator(1, 1)));
        Map<Pool, Integer> fitted = PoolRanges.fit(wanted, limits, total);
        int sum = 0;
        for (Pool pool : Pool.values()) {
            assertThat(fitted.get(pool))
                    .isBetween(ranges.get(pool).min(), ranges.get(pool).max());
            sum += fitted.get(pool);
        }
        assertThat(sum).isEqualTo(Math.max(least, Math.min(most, total)));
        assertThat(PoolRanges.fit(fitted, limits, sum)).as("what fits stays").isEqualTo(fitted);
    }

    private static long sum(List<RequestGroup> groups, String tier, int due, int what) {
        long sum = 0;
        for (RequestGroup group : groups) {
            if (group.tier().equals(tier) && Times.secondsBetween(START, group.deadline()) <= due) {
                long value = what == 0 ? group.count() : what == 1 ? group.promptTokens() : group.producedTokens();
                sum = sum > Long.MAX_VALUE - value ? Long.MAX_VALUE : sum + value;
            }
        }
        return sum;
    }
}
