package io.chiron.examples.simulator;

import io.chiron.examples.simulator.run.Scenario;
import java.util.List;

/** Lets tests of the study read scenarios as its command does. */
public final class StudyScenarios {
    private StudyScenarios() {}

    public static Scenario parse(List<String> words) {
        return StudyCommand.scenario(words);
    }
}
