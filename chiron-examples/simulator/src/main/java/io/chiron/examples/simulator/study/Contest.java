package io.chiron.examples.simulator.study;

import io.chiron.examples.simulator.run.Outcome;
import java.util.ArrayList;
import java.util.List;

/** Policies, tuned where they can be, on scenarios: the cells of every experiment that compares policies. */
final class Contest {
    /** Label of a policy that runs as it comes, beside its tuned form. */
    static final String UNTUNED = " (untuned)";

    private final Laboratory laboratory;
    private final Tuned tuned;
    private final List<StudyScenario> scenarios;
    private final List<String> policies;
    private final List<Long> seeds;
    private final boolean untuned;

    /**
     * A contest.
     *
     * @param scenarios those whose traces are not there are left out
     * @param policies names, or texts with settings, which are not tuned
     * @param untuned also run each tuned policy as it comes, on the first seed: what tuning is worth needs no more
     */
    Contest(
            Laboratory laboratory,
            Tuned tuned,
            List<StudyScenario> scenarios,
            List<String> policies,
            List<Long> seeds,
            boolean untuned) {
        this.laboratory = laboratory;
        this.tuned = tuned;
        this.scenarios = scenarios.stream().filter(laboratory::canRun).toList();
        this.policies = policies;
        this.seeds = seeds;
        this.untuned = untuned;
    }

    /** A policy on a scenario. */
    private record Entry(StudyScenario scenario, String label, String text, long seed) {
        Cell cell() {
            return new Cell(scenario, text, seed);
        }

        boolean isStatic() {
            return text.equals("static");
        }
    }

    /** The work to be done; bad input is found here. */
    List<Work.Unit> units() {
        List<Work.Unit> units = new ArrayList<>();
        for (Entry each : entries()) {
            laboratory.check(each.cell());
            double weight = each.isStatic() ? 4 : laboratory.isKnown(each.cell()) ? 0.001 : 1;
            units.add(new Work.Unit(each.label() + " on " + each.scenario().name(), weight, () -> outcome(each)));
        }
        return units;
    }

    /** All outcomes; at once after the work is done. */
    List<Row> rows() {
        return entries().stream()
                .map(each -> new Row(each.scenario(), each.label(), each.text(), each.seed(), outcome(each)))
                .toList();
    }

    private Outcome outcome(Entry entry) {
        if (!entry.isStatic()) {
            return laboratory.outcome(entry.cell());
        }
        Outcome chiron = laboratory.outcome(new Cell(entry.scenario(), "chiron", entry.seed()));
        return BestStatic.heldTo(
                laboratory.scenario(entry.scenario(), entry.seed()),
                chiron,
                instances ->
                        laboratory.outcome(new Cell(entry.scenario(), "static:instances=" + instances, entry.seed())));
    }

    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (StudyScenario scenario : scenarios) {
            for (String policy : policies) {
                for (Long seed : seeds) {
                    String best = policy.contains(":") ? null : tuned.policy(policy, scenario);
                    entries.add(new Entry(scenario, policy, best == null ? policy : best, seed));
                    if (untuned && best != null && !best.equals(policy) && seed.equals(seeds.get(0))) {
                        entries.add(new Entry(scenario, policy + UNTUNED, policy, seed));
                    }
                }
            }
        }
        return entries;
    }
}
