package io.chiron.core.fleet;

/**
 * What interactive demand asks for, in engine-seconds per second of the reference kind: the unit is one instance.
 * Immutable.
 *
 * @param known false if no interactive tier's flow is known
 * @param reference peak of the envelope over the last minute plus rising trend times lead
 * @param headroom factor for what comes within a lead time
 * @param envelope reference times headroom
 * @param steady capacity that a steady load needs; NaN if the load is not steady
 * @param backlog capacity that serves arrivals and clears what waits at the router within the slack after a lead time
 * @param urgent the same within the slack from now: what roles, which change at once, should give
 * @param mean mean demand of the last ten minutes
 * @param recent mean demand of the last minute
 * @param trend level of the demand and its rise
 * @param slackSeconds how long work may wait
 * @param ageSeconds how long demand has been watched
 */
record InteractiveNeed(
        boolean known,
        double reference,
        double headroom,
        double envelope,
        double steady,
        double backlog,
        double urgent,
        double mean,
        double recent,
        Trend trend,
        double slackSeconds,
        double ageSeconds) {

    static final InteractiveNeed NONE =
            new InteractiveNeed(false, 0, 1, 0, Double.NaN, 0, 0, 0, 0, new Trend(0, 0), 1, 0);

    /** The wanted capacity. The mean is that of more minutes than a falling load is asked about. */
    double want() {
        double moving = trend.falls() ? envelope : Math.max(envelope, mean);
        return Math.max(backlog, Double.isNaN(steady) ? moving : steady);
    }
}
