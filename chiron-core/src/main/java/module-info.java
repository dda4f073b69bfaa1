/** The decisions of Chiron as pure functions, and the thin shell that calls them. */
module io.chiron.core {
    requires transitive io.chiron.api;
    requires commons.math3;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.chiron.core;
    exports io.chiron.core.fleet;
    exports io.chiron.core.local;
    exports io.chiron.core.routing;
    exports io.chiron.core.waiting;
}
