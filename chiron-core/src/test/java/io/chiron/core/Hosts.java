package io.chiron.core;

import io.chiron.api.Action;
import io.chiron.api.ArrivalBins;
import io.chiron.api.FleetLimits;
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
import io.chiron.core.fleet.FleetConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Hosts for the shell: a healthy one whose engine follows a curve, and snapshots as broken hosts may hand them over. */
final class Hosts {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final SloTier CHAT =
            new SloTier("chat", RequestClass.INTERACTIVE, new Slo(Duration.ofSeconds(10), Duration.ofMillis(200)));
    static final SloTier JOBS =
            new SloTier("jobs", RequestClass.BATCH, new Slo(Duration.ofHours(1), Duration.ofSeconds(2)));

    private Hosts() {}

    static ChironConfig.Builder config(int min, int max) {
        return ChironConfig.builder("f", List.of(CHAT, JOBS), FleetLimits.of(min, max))
                .fleetRule(FleetConfig.builder()
                        .warmUpSeconds(0)
                        .holdSeconds(30)
                        .initialLeadSeconds(20)
                        .build());
    }

    static ChironConfig config() {
        return config(1, 20).build();
    }

    static Instant at(double seconds) {
        return START.plusMillis(Math.round(seconds * 1000));
    }

    /** An actuator that keeps what it was told and refuses while it is asked to. */
    static final class Actuator implements io.chiron.api.ScalingActuator {
        final List<Action> applied = new ArrayList<>();
        final List<Action> refused = new ArrayList<>();
        boolean refuses;

        @Override
        public void apply(Action action) {
            if (refuses) {
                refused.add(action);
                throw new IllegalStateException("no");
            }
            applied.add(action);
        }

        boolean scaled() {
            return applied.stream().anyMatch(action -> !(action instanceof Action.SetBatchLimits));
        }
    }

    /** A snapshot of {@code ready} instances that run what their curve allows, at an arrival rate. */
    static FleetSnapshot healthy(Instant now, int ready, double perSecond, long waiting, List<RequestGroup> groups) {
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (int i = 0; i < ready; i++) {
            // Some excitation, that the curve is learned.
            double running = 20 + 10 * ((now.getEpochSecond() + i) % 3);
            instances.add(instance("i" + i, Phase.READY, now.minusSeconds(3600)).withSample(sample(now, running)));
        }
        return new FleetSnapshot("f", now, instances, List.of(flow("chat", now, perSecond, waiting)), groups);
    }

    static InstanceSnapshot instance(String id, Phase phase, Instant readyAt) {
        return InstanceSnapshot.of(id, Pool.MIXED, phase, readyAt);
    }

    static InstanceSample sample(Instant now, double running) {
        double prefill = 10 + running % 7;
        double itl = 0.02 + 0.0005 * running + 0.0001 * prefill;
        return InstanceSample.builder(now, 1)
                .tiers(List.of(new TierUsage("chat", (long) running, running, running / itl)))
                .iterations(1 / itl)
                .prefillTokens(prefill / itl)
                .meanItlSeconds(itl)
                .kv(10_000, 1_000_000)
                .preemptions(0)
                .savedKvTokens(0)
                .waitingRequests(0)
                .build();
    }

    static TierFlow flow(String tier, Instant now, double perSecond, long waiting) {
        double[] requests = new double[280];
        Arrays.fill(requests, perSecond / 4);
        double[] prompts = new double[280];
        Arrays.fill(prompts, perSecond * 50);
        return new TierFlow(
                tier,
                now,
                ArrivalBins.of(now.minusSeconds(70), ArrivalBins.MAX_WIDTH, requests, prompts),
                waiting,
                waiting * 200,
                waiting > 0 ? 1 : 0,
                LengthMoments.ZERO,
                LengthHistogram.EMPTY,
                LengthHistogram.EMPTY,
                List.of());
    }

    /** A snapshot that no engine would send, but a host might. */
    static FleetSnapshot any(Random random, Instant now) {
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            instances.add(new InstanceSnapshot(
                    "i" + random.nextInt(6),
                    pick(random, Pool.values()),
                    pick(random, Phase.values()),
                    anyTime(random, now),
                    random.nextInt(3) == 0 ? "f-" + now.toEpochMilli() + "-" + random.nextInt(3) : null,
                    random.nextInt(4) == 0 ? "other" : InstanceSnapshot.DEFAULT_ACCELERATOR,
                    random.nextInt(4) == 0 ? null : anySample(random, now)));
        }
        List<TierFlow> flows = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            flows.add(anyFlow(random, now));
        }
        List<RequestGroup> groups = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            groups.add(new RequestGroup(
                    pick(random, "jobs", "jobs", "chat", "stranger"),
                    anyCount(random) | 1,
                    orNow(anyTime(random, now), now),
                    orNow(anyTime(random, now), now),
                    anyCount(random),
                    anyCount(random)));
        }
        Instant time = random.nextInt(4) == 0 ? orNow(anyTime(random, now), now) : now;
        return new FleetSnapshot(
                random.nextInt(15) == 0 ? "other" : "f",
                time,
                instances,
                flows,
                random.nextInt(8) == 0 ? null : groups);
    }

    private static InstanceSample anySample(Random random, Instant now) {
        List<TierUsage> usage = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            usage.add(new TierUsage(
                    pick(random, "chat", "jobs", "stranger"), random.nextInt(500) - 1, any(random), any(random)));
        }
        return InstanceSample.builder(random.nextInt(4) == 0 ? orNow(anyTime(random, now), now) : now, any(random))
                .tiers(usage)
                .iterations(any(random))
                .prefillTokens(any(random))
                .meanItlSeconds(any(random))
                .kv(any(random), any(random))
                .iterationBudgetTokens(any(random))
                .preemptions(any(random))
                .savedKvTokens(any(random))
                .waitingRequests(any(random))
                .build();
    }

    private static TierFlow anyFlow(Random random, Instant now) {
        int bins = random.nextInt(500);
        double[] requests = new double[bins];
        double[] prompts = new double[bins];
        boolean huge = random.nextInt(4) == 0;
        for (int i = 0; i < bins; i++) {
            requests[i] = huge && random.nextInt(20) == 0 ? 1e308 : random.nextInt(50);
            prompts[i] = huge && random.nextInt(20) == 0 ? 1e308 : random.nextInt(10_000);
        }
        Instant start = random.nextInt(4) == 0 ? orNow(anyTime(random, now), now) : now.minusMillis(250L * bins);
        return new TierFlow(
                pick(random, "chat", "chat", "jobs", "stranger"),
                random.nextInt(4) == 0 ? orNow(anyTime(random, now), now) : now,
                ArrivalBins.of(start, Duration.ofMillis(1 + random.nextInt(250)), requests, prompts),
                anyCount(random),
                anyCount(random),
                Math.max(0, Math.min(1e300, finite(any(random)))),
                LengthMoments.ZERO,
                LengthHistogram.EMPTY,
                LengthHistogram.EMPTY,
                List.of());
    }

    private static long anyCount(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> Long.MAX_VALUE;
            default -> random.nextInt(100_000);
        };
    }

    private static double finite(double value) {
        return Double.isNaN(value) ? 0 : value;
    }

    private static double any(Random random) {
        return switch (random.nextInt(14)) {
            case 0 -> Double.NaN;
            case 1 -> Double.POSITIVE_INFINITY;
            case 2 -> Double.NEGATIVE_INFINITY;
            case 3 -> -1;
            case 4 -> 0;
            case 5 -> Double.MAX_VALUE;
            case 6 -> Double.MIN_VALUE;
            case 7 -> 1e9 * random.nextDouble();
            default -> random.nextDouble();
        };
    }

    private static Instant anyTime(Random random, Instant now) {
        return switch (random.nextInt(9)) {
            case 0 -> null;
            case 1 -> Instant.EPOCH;
            case 2 -> Instant.MIN;
            case 3 -> Instant.MAX;
            case 4 -> now.plusSeconds(86_400);
            default -> now.plusSeconds(random.nextInt(7200) - 3600);
        };
    }

    private static Instant orNow(Instant time, Instant now) {
        return time == null ? now : time;
    }

    @SafeVarargs
    private static <T> T pick(Random random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
