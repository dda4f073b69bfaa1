/** What a host tests its own side with: contracts, generators, and a deterministic plant in closed loop with Chiron. */
module io.chiron.testkit {
    requires transitive io.chiron.api;
    requires transitive io.chiron.core;
    requires transitive net.jqwik.api;
    requires transitive org.junit.jupiter.api;
    requires org.assertj.core;
    requires static org.jspecify;

    exports io.chiron.testkit;
    exports io.chiron.testkit.plant;
    exports io.chiron.testkit.values;
}
