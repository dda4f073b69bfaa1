package io.chiron.examples.router.load;

import io.chiron.api.Slo;
import io.chiron.core.TickReport;
import io.chiron.core.local.LocalDecision;
import io.chiron.examples.router.host.RouterNode;
import io.chiron.examples.router.host.RouterSettings;
import io.chiron.examples.router.host.Stats;
import io.chiron.examples.router.load.LoadGenerator.Load;
import io.chiron.examples.router.load.LoadGenerator.Seen;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The same load under Chiron's limits and under fixed caps, one after the other on the same engines. */
public final class Demo {
    /** Share of interactive requests that must keep the ITL SLO for a cap to count. */
    private static final double ITL_ATTAINMENT = 0.99;

    /** Two parts that differ by less, relatively, differ by noise. */
    private static final double TIE = 0.03;

    private static final int WARM_UP_BATCH = 16;
    private static final int WARM_UP_CAP = 8;
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /**
     * What to compare.
     *
     * @param warmUpSeconds load by another router before anything is measured, which Chiron does not see
     * @param chironSeconds at first, for Chiron to find its limit
     * @param rounds in each of which Chiron and all caps take turns, so that a machine that gets slower does so for all; in
     *     another order each time, since a turn starts with what the one before has left in flight
     * @param turnSeconds of each in each round
     * @param settleSeconds at the start of each turn, not counted
     */
    public record Plan(
            List<Integer> caps,
            double warmUpSeconds,
            double chironSeconds,
            int rounds,
            double turnSeconds,
            double settleSeconds,
            Load load) {}

    /** What was counted under one cap, or under Chiron's limits. */
    private static final class Part {
        final @Nullable Integer cap;
        int requests;
        int inSlo;
        int itlInSlo;
        double itlSeconds;
        /** Output tokens of use, all engines and classes; and those that evictions cost. */
        double tokens;

        double lostTokens;
        double evictions;
        double seconds;

        Part(@Nullable Integer cap) {
            this.cap = cap;
        }

        double attainment() {
            return (double) inSlo / Math.max(1, requests);
        }

        double itlAttainment() {
            return (double) itlInSlo / Math.max(1, requests);
        }

        double tokensPerSecond() {
            return tokens / seconds;
        }

        String row(String name) {
            return String.format(
                    Locale.ROOT,
                    "%8s %9d %8.2f %% %10.2f %% %9.1f %10.0f %10.0f %12.1f",
                    name,
                    requests,
                    100 * attainment(),
                    100 * itlAttainment(),
                    1000 * itlSeconds / Math.max(1, requests),
                    tokensPerSecond(),
                    lostTokens / seconds,
                    evictions / seconds);
        }
    }

    private final RouterNode node;
    private final RouterSettings settings;
    private final Plan plan;
    private final Slo slo;
    private final PrintWriter out;
    private final List<int[]> limits = new ArrayList<>();

    /** Compares on a router that is ready; prints as it goes. */
    public Demo(RouterNode node, RouterSettings settings, Plan plan, PrintWriter out) {
        this.node = node;
        this.settings = settings;
        this.plan = plan;
        this.slo = settings.tiers().get(0).slo();
        this.out = out;
    }

    /** Runs all parts. Returns true if Chiron is as good as promised. */
    public boolean run() throws InterruptedException {
        warmUp();
        Part search = new Part(null);
        Part chiron = new Part(null);
        List<Part> fixed = new ArrayList<>(plan.caps().stream().map(Part::new).toList());
        // One load throughout: the queue is never empty, and no part pays for the end of another.
        try (LoadGenerator generator = new LoadGenerator(node.port(), plan.load(), 1)) {
            generator.start();
            turn(generator, search, plan.chironSeconds(), true);
            List<Part> turns = new ArrayList<>(fixed);
            turns.add(chiron);
            Random random = new Random(1);
            for (int round = 0; round < plan.rounds(); round++) {
                Collections.shuffle(turns, random);
                for (Part part : turns) {
                    turn(generator, part, plan.turnSeconds(), false);
                }
            }
        }
        out.printf(
                Locale.ROOT,
                "%8s %9s %10s %12s %9s %10s %10s %12s%n",
                "cap",
                "requests",
                "in SLO",
                "ITL in SLO",
                "ITL ms",
                "tokens/s",
                "lost/s",
                "evictions/s");
        out.println(search.row("search"));
        out.println(chiron.row("chiron"));
        fixed.forEach(part -> out.println(part.row(String.valueOf(part.cap))));
        fixed.removeIf(part -> part.itlAttainment() < ITL_ATTAINMENT);
        Part best = fixed.stream()
                .max(Comparator.comparingDouble(Part::tokensPerSecond))
                .orElse(null);
        if (best == null) {
            out.println("no fixed cap keeps the ITL SLO at 99 %");
            out.flush();
            return false;
        }
        List<Integer> caps = fixed.stream()
                .filter(part -> part.tokensPerSecond() >= (1 - TIE) * best.tokensPerSecond())
                .map(part -> part.cap)
                .toList();
        return verdict(chiron, best, caps);
    }

    /** JVMs that have not compiled their code yet are other engines and another router: one beside the measured one gets load. */
    private void warmUp() throws InterruptedException {
        List<URI> engines = node.enginePorts().stream()
                .map(port -> URI.create("http://127.0.0.1:" + port))
                .toList();
        Load some = new Load(
                plan.load().interactivePerSecond(), WARM_UP_BATCH, plan.load().outputTokens());
        try (RouterNode beside = RouterNode.onUpstreams(ANY_PORT, settings.withFixedCap(WARM_UP_CAP), engines);
                LoadGenerator generator = new LoadGenerator(beside.port(), some, 1)) {
            generator.start();
            TimeUnit.NANOSECONDS.sleep((long) (plan.warmUpSeconds() * 1e9));
            generator.stop();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (generator.open() > 0 && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    /** @param caps the best and those that do as well within noise */
    private boolean verdict(Part chiron, Part best, List<Integer> caps) {
        int found = limits.isEmpty() ? 0 : limits.get(limits.size() - 1)[0];
        int foundAt = -1;
        for (int second = limits.size() - 1; second >= 0 && isNear(limits.get(second)[0], caps); second--) {
            foundAt = second;
        }
        boolean limitGood = foundAt >= 0 && foundAt < 20;
        boolean attainmentGood = chiron.attainment() >= best.attainment() - 0.01;
        boolean tokensGood = chiron.tokensPerSecond() >= 0.9 * best.tokensPerSecond();
        out.printf(
                Locale.ROOT,
                "best fixed cap %d, within %.0f %% of its tokens/s: %s; Chiron's limit over time, soft/hard:",
                best.cap,
                100 * TIE,
                caps);
        for (int second = 0; second < limits.size(); second += second < 20 ? 2 : 10) {
            out.printf(Locale.ROOT, " %ds %d/%d", second, limits.get(second)[0], limits.get(second)[1]);
        }
        out.println();
        out.printf(
                Locale.ROOT,
                "limit %d, within 20 %% or two of a best cap from second %d on (wanted: before 20): %s%n",
                found,
                foundAt,
                word(limitGood));
        out.printf(
                Locale.ROOT,
                "interactive in SLO %.2f %% against %.2f %% (wanted: at most 1 point less): %s%n",
                100 * chiron.attainment(),
                100 * best.attainment(),
                word(attainmentGood));
        out.printf(
                Locale.ROOT,
                "tokens/s %.0f against %.0f (wanted: at least 90 %%): %s%n",
                chiron.tokensPerSecond(),
                best.tokensPerSecond(),
                word(tokensGood));
        out.flush();
        return limitGood && attainmentGood && tokensGood;
    }

    private static boolean isNear(int limit, List<Integer> caps) {
        return caps.stream().anyMatch(cap -> Math.abs(limit - cap) <= Math.max(2, 0.2 * cap));
    }

    private static String word(boolean good) {
        return good ? "yes" : "NO";
    }

    private void turn(LoadGenerator generator, Part part, double seconds, boolean note) throws InterruptedException {
        node.fixedCap(part.cap);
        wait(plan.settleSeconds(), note);
        generator.take();
        Stats.Tokens before = node.stats().tokens();
        long evictionsBefore = node.stats().evictions();
        long start = System.nanoTime();
        wait(seconds, note);
        part.seconds += (System.nanoTime() - start) * 1e-9;
        double tokens = node.stats().tokens().useful() - before.useful();
        part.tokens += tokens;
        part.lostTokens += node.stats().tokens().all() - before.all() - tokens;
        part.evictions += node.stats().evictions() - evictionsBefore;
        for (Seen seen : generator.take()) {
            boolean paced = seen.complete() && seen.itlSeconds() <= slo.itlSeconds();
            part.requests++;
            part.itlInSlo += paced ? 1 : 0;
            part.inSlo += paced && seen.ttftSeconds() <= slo.ttftSeconds() ? 1 : 0;
            part.itlSeconds += seen.itlSeconds();
        }
    }

    /** Waits; notes Chiron's limit once a second. */
    private void wait(double seconds, boolean note) throws InterruptedException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            TimeUnit.NANOSECONDS.sleep(Math.min(1_000_000_000L, Math.max(1, end - System.nanoTime())));
            TickReport report = node.lastTick();
            if (note && report != null && !report.local().isEmpty()) {
                LocalDecision any = report.local().values().iterator().next();
                limits.add(new int[] {any.limits().soft(0, 0), any.limits().hard(0, 0)});
            }
        }
    }
}
