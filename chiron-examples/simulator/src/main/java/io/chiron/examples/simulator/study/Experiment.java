package io.chiron.examples.simulator.study;

import java.util.List;

/** An experiment: work that can be done side by side, and what is told of it afterwards. */
interface Experiment {
    /** Name on the command line. */
    String id();

    /** The work to be done; bad input is found here. */
    List<Work.Unit> units();

    /** What came of it; at once after the work is done. */
    Section section();
}
