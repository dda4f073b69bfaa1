/** Measures serving engines by their Prometheus text pages. */
module io.chiron.adapters.enginemetrics {
    requires transitive io.chiron.api;
    requires java.net.http;
    requires static org.jspecify;

    exports io.chiron.adapters.enginemetrics;
}
