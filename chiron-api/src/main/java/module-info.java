/** What Chiron measures and decides, and the ports that a host implements. Computes nothing beyond range checks. */
module io.chiron.api {
    requires static org.jspecify;

    exports io.chiron.api;
}
