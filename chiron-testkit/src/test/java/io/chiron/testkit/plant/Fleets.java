package io.chiron.testkit.plant;

/** One scenario that tests change in one thing. */
final class Fleets {
    private Fleets() {}

    /** Instances of ten sequences that take half a minute to start; a load that fills two and a half of them. */
    static Scenario usual() {
        return new Scenario(
                new Scenario.Engine(0.1, 0.4, 10, 0.1, false, 30),
                new Scenario.Demand(2.5, 100, 100, 1, 1200),
                new Scenario.Setup(false, true, 180, 1));
    }

    static Load even(Scenario scenario, double seconds) {
        return Load.even(scenario.chat(), scenario.perSecond(), 0, seconds);
    }
}
