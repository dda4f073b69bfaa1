package io.chiron.examples.simulator.study;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.chiron.examples.simulator.run.Outcome;

/**
 * An outcome in its place.
 *
 * @param policy as tables show it
 * @param text the policy with its settings
 */
@JsonPropertyOrder({"scenario", "policy", "text", "seed", "outcome"})
record Row(StudyScenario scenario, String policy, String text, long seed, Outcome outcome) {
    /** Attainment of the class that did worse; 1 where nothing arrived. */
    double attainment() {
        return Math.min(interactive(), batch());
    }

    double interactive() {
        Double share = outcome.interactive().sloAttainment();
        return share == null ? 1 : share;
    }

    double batch() {
        Double share = outcome.batch().sloAttainment();
        return share == null ? 1 : share;
    }
}
