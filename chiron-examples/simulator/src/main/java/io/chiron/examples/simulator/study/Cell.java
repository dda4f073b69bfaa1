package io.chiron.examples.simulator.study;

/**
 * One run.
 *
 * @param policy {@code NAME[:settings]}
 */
record Cell(StudyScenario scenario, String policy, long seed) {
    /** Name of the policy without its settings. */
    String policyName() {
        return policy.split(":", 2)[0];
    }
}
