package io.chiron.examples.router.host;

import io.chiron.api.SloTier;
import java.util.Locale;

/** What the router has done since it started. Thread-safe. */
public final class Stats {
    private static final int TIERS = 2;
    private final long[] arrived = new long[TIERS];
    private final long[] finished = new long[TIERS];
    private final long[] inSlo = new long[TIERS];
    private final long[] failed = new long[TIERS];
    private final long[] refused = new long[TIERS];
    private final long[] left = new long[TIERS];
    private final double[] itlSeconds = new double[TIERS];
    private final double[] ttftSeconds = new double[TIERS];
    private long tokens;
    private long lostTokens;
    private long evictions;
    private long requeues;

    /** Output tokens of use and in all, so far. */
    public record Tokens(long useful, long all) {}

    synchronized void arrived(int tier) {
        arrived[tier]++;
    }

    synchronized void refused(int tier) {
        refused[tier]++;
    }

    synchronized void left(int tier) {
        left[tier]++;
    }

    synchronized void failed(int tier) {
        failed[tier]++;
    }

    synchronized void token() {
        tokens++;
    }

    synchronized void evicted(long produced) {
        evictions++;
        lostTokens += produced;
    }

    synchronized void requeued(long produced) {
        requeues++;
        lostTokens += produced;
    }

    synchronized void finished(int tier, SloTier slo, long arrivalNanos, Attempt attempt) {
        finished[tier]++;
        double ttft = (attempt.firstNanos - arrivalNanos) * 1e-9;
        double itl = attempt.meanItlSeconds();
        ttftSeconds[tier] += ttft;
        itlSeconds[tier] += itl;
        if (ttft <= slo.slo().ttftSeconds() && itl <= slo.slo().itlSeconds()) {
            inSlo[tier]++;
        }
    }

    /** Output tokens so far; those that were lost with an eviction or an engine are of no use. */
    public synchronized Tokens tokens() {
        return new Tokens(tokens - lostTokens, tokens);
    }

    /** Appends Prometheus lines. */
    synchronized void page(StringBuilder page) {
        String[] names = {RouterSettings.INTERACTIVE, RouterSettings.BATCH};
        for (int tier = 0; tier < TIERS; tier++) {
            String label = "{class=\"" + names[tier] + "\"} ";
            page.append("chiron_router_requests_total")
                    .append(label)
                    .append(arrived[tier])
                    .append('\n');
            page.append("chiron_router_finished_total")
                    .append(label)
                    .append(finished[tier])
                    .append('\n');
            page.append("chiron_router_in_slo_total")
                    .append(label)
                    .append(inSlo[tier])
                    .append('\n');
            page.append("chiron_router_failed_total")
                    .append(label)
                    .append(failed[tier])
                    .append('\n');
            page.append("chiron_router_refused_total")
                    .append(label)
                    .append(refused[tier])
                    .append('\n');
            page.append("chiron_router_left_total")
                    .append(label)
                    .append(left[tier])
                    .append('\n');
            page.append(String.format(Locale.ROOT, "chiron_router_itl_seconds_sum%s%.6f%n", label, itlSeconds[tier]));
            page.append(String.format(Locale.ROOT, "chiron_router_ttft_seconds_sum%s%.6f%n", label, ttftSeconds[tier]));
        }
        page.append("chiron_router_output_tokens_total ").append(tokens).append('\n');
        page.append("chiron_router_lost_tokens_total ").append(lostTokens).append('\n');
        page.append("chiron_router_evictions_total ").append(evictions).append('\n');
        page.append("chiron_router_requeues_total ").append(requeues).append('\n');
    }

    /** Evictions so far. */
    public synchronized long evictions() {
        return evictions;
    }

    /** Requests begun anew after an engine failed. */
    public synchronized long requeues() {
        return requeues;
    }
}
