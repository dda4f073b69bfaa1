package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.RequestGroup;
import io.chiron.api.RoutedRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class DeadlineGroupingProperties {
    private static final Instant NOW = RouterRun.START;

    /** Members are assigned to groups in order of deadlines. */
    @Property
    void groupsAreEarlyByAFractionOfTheTimeLeftAndWholeInAllOtherRespects(
            @ForAll("slacks") List<Double> slackSeconds,
            @ForAll @DoubleRange(min = 0.01, max = 1) double fraction,
            @ForAll @IntRange(min = 1, max = 64) int limit) {
        DeadlineGrouping grouping = new DeadlineGrouping(new Tiers(RouterModel.TIERS));
        List<Tracked> members = add(grouping, slackSeconds);
        List<RequestGroup> groups = grouping.groups(NOW, fraction, limit);
        assertThat(groups.size()).isLessThanOrEqualTo(limit);
        assertThat(groups.stream().mapToLong(RequestGroup::promptTokens).sum())
                .isEqualTo(members.stream()
                        .mapToLong(m -> m.request.promptTokens())
                        .sum());
        int at = 0;
        for (RequestGroup group : groups) {
            Instant latest = Instant.MIN;
            for (long i = 0; i < group.count(); i++) {
                RoutedRequest member = members.get(at++).request;
                assertThat(group.deadline()).isBeforeOrEqualTo(member.deadline());
                latest = member.arrival().isAfter(latest) ? member.arrival() : latest;
                double leftSeconds = (member.deadline().toEpochMilli() - NOW.toEpochMilli()) / 1000.0;
                double earlySeconds =
                        (member.deadline().toEpochMilli() - group.deadline().toEpochMilli()) / 1000.0;
                if (members.size() <= limit
                        && leftSeconds > 0
                        && group.deadline().isAfter(NOW)) {
                    double bucketSeconds = Math.max(1, leftSeconds / 4096);
                    assertThat(earlySeconds)
                            .isLessThanOrEqualTo(Math.max(1, fraction * leftSeconds) + bucketSeconds + 0.01);
                }
            }
            assertThat(group.arrival()).isEqualTo(latest);
        }
        assertThat(at).isEqualTo(members.size());
        for (Tracked member : members) {
            grouping.remove(member);
        }
        assertThat(grouping.groups(NOW, fraction, limit)).isEmpty();
    }

    @Property
    void positionCountsWhatIsDueBefore(@ForAll("slacks") List<Double> slackSeconds) {
        DeadlineGrouping grouping = new DeadlineGrouping(new Tiers(RouterModel.TIERS));
        List<Tracked> members = add(grouping, slackSeconds);
        for (int i = 0; i < members.size(); i++) {
            Instant deadline = members.get(i).request.deadline();
            double left = (deadline.toEpochMilli() - NOW.toEpochMilli()) / 1000.0;
            // Those in the same bucket are taken to be ahead.
            Instant bucketEnd = deadline.plusMillis(Math.round(1000 * Math.max(1, left / 4096)));
            long certain = members.stream()
                    .filter(m -> m.request.deadline().isBefore(deadline))
                    .filter(m -> m.request.deadline().getEpochSecond() < deadline.getEpochSecond() - left / 4096)
                    .count();
            long possible = members.stream()
                    .filter(m -> !m.request.deadline().isAfter(bucketEnd))
                    .count();
            assertThat(grouping.position(members.get(i))).isBetween(certain + 1, possible);
        }
    }

    private static List<Tracked> add(DeadlineGrouping grouping, List<Double> slackSeconds) {
        List<Tracked> members = new ArrayList<>();
        for (double slack : slackSeconds) {
            int number = members.size();
            Instant deadline = NOW.plusMillis(Math.round(slack * 1000));
            RoutedRequest request =
                    new RoutedRequest("r" + number, "batch", 1 + number, NOW.minusSeconds(number), deadline);
            Tracked member = new Tracked(request, 1, number);
            grouping.add(member, NOW);
            members.add(member);
        }
        members.sort(Comparator.comparing(member -> member.request.deadline()));
        return members;
    }

    /** From half a minute late to 30 days ahead, dense at the near end. */
    @Provide
    Arbitrary<List<Double>> slacks() {
        Arbitrary<Double> near = Arbitraries.doubles().between(-30, 120);
        Arbitrary<Double> far = Arbitraries.doubles().between(0, 1).map(x -> 2_592_000 * x * x * x * x);
        return Arbitraries.oneOf(near, far).list().ofMaxSize(120);
    }
}
