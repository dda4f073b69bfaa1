package io.chiron.benchmarks;

import io.chiron.api.ArrivalBins;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.LengthHistogram;
import io.chiron.api.LengthMoments;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.RequestClass;
import io.chiron.api.RequestGroup;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.api.TierUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What a source would report of a steady fleet, tick after tick: instances with an iteration time that is linear in what
 * they run, Poisson-like arrivals, and a batch queue in 64 groups. Seeded.
 */
final class SampledFleet {
    static final String NAME = "fleet";
    static final Duration PERIOD = Duration.ofSeconds(5);
    static final List<SloTier> TIERS = List.of(
            new SloTier("chat", RequestClass.INTERACTIVE, new Slo(Duration.ofSeconds(10), Duration.ofMillis(200))),
            new SloTier("jobs", RequestClass.BATCH, new Slo(Duration.ofHours(1), Duration.ofSeconds(2))));

    private static final Instant START = Instant.ofEpochSecond(1_700_000_000L);
    private static final int GROUPS = 64;
    private static final int BINS = 240;
    private static final double PROMPT_TOKENS = 161;
    private static final double OUTPUT_TOKENS = 338;

    private final int size;
    private final SplittableRandom random = new SplittableRandom(1);
    private final String[] ids;
    private final Map<String, Pool> pools = new HashMap<>();
    private Instant rolesShownFrom = START;
    private long ticks;
    private double completed;

    SampledFleet(int size) {
        this.size = size;
        ids = new String[size];
        for (int i = 0; i < size; i++) {
            ids[i] = "instance-" + i;
        }
    }

    /** The host carries a change of role out. */
    void reassign(String instance, Pool pool) {
        pools.put(instance, pool);
        rolesShownFrom = timeOf(ticks);
    }

    /** A snapshot that was made ahead, with the roles of now: else the rule would deal them out anew in every tick. */
    FleetSnapshot withRolesOfNow(FleetSnapshot made) {
        if (!made.time().isBefore(rolesShownFrom)) {
            return made;
        }
        List<InstanceSnapshot> instances = new ArrayList<>(size);
        for (InstanceSnapshot each : made.instances()) {
            instances.add(instance(each.id(), each.sample()));
        }
        return new FleetSnapshot(NAME, made.time(), instances, made.flows(), made.groups());
    }

    /** What is measured one period after the snapshot before. */
    FleetSnapshot next() {
        Instant now = timeOf(ticks++);
        List<InstanceSnapshot> instances = new ArrayList<>(size);
        for (String id : ids) {
            instances.add(instance(id, sample(now)));
        }
        return new FleetSnapshot(NAME, now, instances, List.of(flow(0, now), flow(1, now)), groups(now));
    }

    private static Instant timeOf(long tick) {
        return START.plus(PERIOD.multipliedBy(tick));
    }

    private InstanceSnapshot instance(String id, @Nullable InstanceSample sample) {
        return new InstanceSnapshot(
                id,
                pools.getOrDefault(id, Pool.MIXED),
                Phase.READY,
                START.minusSeconds(3600),
                null,
                InstanceSnapshot.DEFAULT_ACCELERATOR,
                sample);
    }

    private InstanceSample sample(Instant now) {
        int chat = 30 + random.nextInt(20);
        int jobs = 15 + random.nextInt(10);
        double prefillPerIteration = (chat + jobs) * PROMPT_TOKENS / OUTPUT_TOKENS;
        double itlSeconds =
                (0.02 + 0.0005 * (chat + jobs) + 0.00005 * prefillPerIteration) * (0.99 + 0.02 * random.nextDouble());
        double windowSeconds = PERIOD.toSeconds();
        double iterations = windowSeconds / itlSeconds;
        return InstanceSample.builder(now, windowSeconds)
                .tiers(List.of(
                        new TierUsage("chat", chat, chat, chat * iterations),
                        new TierUsage("jobs", jobs, jobs, jobs * iterations)))
                .iterations(iterations)
                .prefillTokens(prefillPerIteration * iterations)
                .meanItlSeconds(itlSeconds)
                .kv(400.0 * (chat + jobs), 120_000)
                .iterationBudgetTokens(2048)
                .preemptions(0)
                .savedKvTokens(0)
                .waitingRequests(0)
                .build();
    }

    private TierFlow flow(int tier, Instant now) {
        double perBin = 1.2 * size;
        double[] requests = new double[BINS];
        double[] tokens = new double[BINS];
        for (int i = 0; i < BINS; i++) {
            // Level, or roles would change with every tick.
            requests[i] = Math.rint(perBin);
            tokens[i] = requests[i] * PROMPT_TOKENS;
        }
        completed += perBin * 20;
        double[] ended = new double[LengthHistogram.BINS];
        double[] running = new double[LengthHistogram.BINS];
        Arrays.fill(ended, 20, 40, completed / 20);
        Arrays.fill(running, 20, 40, size);
        long waiting = tier == 0 ? 0 : 100L * GROUPS;
        return new TierFlow(
                TIERS.get(tier).name(),
                now,
                ArrivalBins.of(now.minusSeconds(BINS / 4), ArrivalBins.MAX_WIDTH, requests, tokens),
                waiting,
                (long) (waiting * PROMPT_TOKENS),
                waiting == 0 ? 0 : 60,
                moments(),
                LengthHistogram.of(ended),
                LengthHistogram.of(running),
                List.of());
    }

    private LengthMoments moments() {
        return new LengthMoments(
                completed,
                completed * PROMPT_TOKENS,
                completed * OUTPUT_TOKENS,
                completed * PROMPT_TOKENS * PROMPT_TOKENS * 2.4,
                completed * OUTPUT_TOKENS * OUTPUT_TOKENS * 2,
                completed * PROMPT_TOKENS * OUTPUT_TOKENS);
    }

    private static List<RequestGroup> groups(Instant now) {
        List<RequestGroup> groups = new ArrayList<>(GROUPS);
        for (int i = 1; i <= GROUPS; i++) {
            groups.add(new RequestGroup("jobs", 100, now.plusSeconds(60L * i), now.minusSeconds(60), 16_100, 0));
        }
        return groups;
    }
}
