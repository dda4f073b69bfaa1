/** A controller's figures as meters. */
@SuppressWarnings("requires-transitive-automatic") // Micrometer has a name in its manifest only
module io.chiron.adapters.micrometer {
    requires transitive io.chiron.core;
    requires transitive micrometer.core;
    requires static org.jspecify;

    exports io.chiron.adapters.micrometer;
}
