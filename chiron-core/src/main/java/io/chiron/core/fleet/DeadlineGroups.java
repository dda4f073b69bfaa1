package io.chiron.core.fleet;

import io.chiron.api.RequestGroup;
import io.chiron.api.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.apache.commons.math3.ml.clustering.CentroidCluster;
import org.apache.commons.math3.ml.clustering.Clusterable;
import org.apache.commons.math3.ml.clustering.KMeansPlusPlusClusterer;
import org.apache.commons.math3.ml.distance.EuclideanDistance;
import org.apache.commons.math3.random.Well19937c;

/** Orders and merges groups of queued requests. */
public final class DeadlineGroups {
    private static final int ROUNDS = 50;
    private static final int SEED = 1;

    private DeadlineGroups() {}

    /** Earliest deadline first. */
    static List<RequestGroup> ordered(List<RequestGroup> groups) {
        boolean inOrder = true;
        for (int i = 1; i < groups.size() && inOrder; i++) {
            inOrder = !groups.get(i).deadline().isBefore(groups.get(i - 1).deadline());
        }
        if (inOrder) {
            return groups;
        }
        List<RequestGroup> copy = new ArrayList<>(groups);
        copy.sort(Comparator.comparing(RequestGroup::deadline));
        return copy;
    }

    /**
     * The paper's grouping: k-means on the deadline (arXiv 2501.08090; the number of groups is not known from it), through
     * Commons Math with a fixed seed. A merged group keeps the earliest deadline, so grouping never promises too much.
     *
     * @param clusters most groups per tier; at least 1
     */
    public static List<RequestGroup> kMeans(List<RequestGroup> groups, int clusters) {
        TreeMap<String, List<Deadline>> byTier = new TreeMap<>();
        for (RequestGroup group : groups) {
            byTier.computeIfAbsent(group.tier(), tier -> new ArrayList<>()).add(new Deadline(group));
        }
        List<RequestGroup> merged = new ArrayList<>();
        for (List<Deadline> points : byTier.values()) {
            KMeansPlusPlusClusterer<Deadline> clusterer = new KMeansPlusPlusClusterer<>(
                    Math.min(clusters, points.size()), ROUNDS, new EuclideanDistance(), new Well19937c(SEED));
            for (CentroidCluster<Deadline> cluster : clusterer.cluster(points)) {
                if (!cluster.getPoints().isEmpty()) {
                    merged.add(merge(cluster.getPoints()));
                }
            }
        }
        return ordered(merged);
    }

    private record Deadline(RequestGroup group) implements Clusterable {
        @Override
        public double[] getPoint() {
            return new double[] {Times.secondsBetween(Instant.EPOCH, group.deadline())};
        }
    }

    private static RequestGroup merge(List<Deadline> points) {
        RequestGroup first = points.get(0).group();
        Instant deadline = first.deadline();
        long count = 0;
        long prompt = 0;
        long produced = 0;
        Instant arrival = first.arrival();
        for (Deadline point : points) {
            RequestGroup group = point.group();
            count = plus(count, group.count());
            prompt = plus(prompt, group.promptTokens());
            produced = plus(produced, group.producedTokens());
            arrival = group.arrival().isAfter(arrival) ? group.arrival() : arrival;
            deadline = group.deadline().isBefore(deadline) ? group.deadline() : deadline;
        }
        return new RequestGroup(first.tier(), count, deadline, arrival, prompt, produced);
    }

    /** The sum of two numbers that are not negative, or the largest there is. */
    private static long plus(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
