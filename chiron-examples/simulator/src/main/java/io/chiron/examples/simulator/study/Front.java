package io.chiron.examples.simulator.study;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Set;

/**
 * Where Chiron is not on the front of attainment and GPU-hours: a rival does at least as well in both classes and costs less,
 * or costs no more and does better. Policies that know the future are no rivals.
 */
final class Front {
    /** Differences within these are none: a hundredth of a per cent of the requests, half a per cent of the cost. */
    private static final double SAME_ATTAINMENT = 1e-4;

    private static final double SAME_COST = 0.005;
    private static final Set<String> HINDSIGHT = Set.of("static", "static-peak", "static-mean", "oracle");

    private Front() {}

    /** A rival that beats Chiron in a cell. */
    @JsonPropertyOrder({"scenario", "seed", "rival", "settings"})
    record Beaten(String scenario, long seed, Row chiron, Row rival) {}

    static List<Beaten> beaten(List<Row> rows) {
        return rows.stream()
                .filter(each -> each.policy().equals("chiron"))
                .flatMap(chiron -> rows.stream()
                        .filter(each -> each.seed() == chiron.seed()
                                && each.scenario().equals(chiron.scenario())
                                && !each.policy().equals("chiron")
                                && !HINDSIGHT.contains(each.policy())
                                && beats(each, chiron))
                        .map(rival -> new Beaten(chiron.scenario().name(), chiron.seed(), chiron, rival)))
                .toList();
    }

    static boolean beats(Row rival, Row chiron) {
        boolean asGood = rival.interactive() >= chiron.interactive() - SAME_ATTAINMENT
                && rival.batch() >= chiron.batch() - SAME_ATTAINMENT;
        boolean better = rival.interactive() > chiron.interactive() + SAME_ATTAINMENT
                || rival.batch() > chiron.batch() + SAME_ATTAINMENT;
        double cost = rival.outcome().gpuHours() / chiron.outcome().gpuHours();
        return asGood && (cost < 1 - SAME_COST || (better && cost <= 1));
    }
}
