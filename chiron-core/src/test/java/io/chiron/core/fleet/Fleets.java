package io.chiron.core.fleet;

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
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestClass;
import io.chiron.api.RequestGroup;
import io.chiron.api.Slo;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.api.TierUsage;
import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.Coefficients;
import io.chiron.core.local.TierProfile;
import io.chiron.core.waiting.LengthStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values that tests of the fleet rule are made of. One instance of the default kind serves about four chats a second. */
final class Fleets {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final SloTier CHAT =
            new SloTier("chat", RequestClass.INTERACTIVE, new Slo(Duration.ofSeconds(10), Duration.ofMillis(200)));
    static final SloTier JOBS =
            new SloTier("jobs", RequestClass.BATCH, new Slo(Duration.ofHours(1), Duration.ofSeconds(2)));
    static final List<TierProfile> TIERS = List.of(
            new TierProfile(CHAT, LengthStats.guess(200, 300, 1)),
            new TierProfile(JOBS, LengthStats.guess(200, 300, 1)));
    static final Capability CAPABILITY =
            new Capability(new Coefficients(0.02, 0.0005, 0.0001), BatchLimits.fixed(2, 64));
    static final String KIND = InstanceSnapshot.DEFAULT_ACCELERATOR;
    static final double BATCH_RATE =
            WorkModel.of(CAPABILITY.curve(), CAPABILITY.limits(), TIERS).dedicatedTokensPerSecond();

    private Fleets() {}

    static Instant at(double seconds) {
        return START.plusMillis(Math.round(seconds * 1000));
    }

    /** Arrivals of the past {@code seconds}, evenly spread, and what waits. */
    static TierFlow flow(String tier, Instant time, double perSecond, int seconds, long waiting) {
        double[] requests = new double[seconds * 4];
        Arrays.fill(requests, perSecond / 4);
        double[] prompts = new double[requests.length];
        Arrays.fill(prompts, perSecond / 4 * 200);
        return flow(
                tier,
                time,
                ArrivalBins.of(time.minusSeconds(seconds), Duration.ofMillis(250), requests, prompts),
                waiting);
    }

    static TierFlow flow(String tier, Instant time, ArrivalBins bins, long waiting) {
        return new TierFlow(
                tier,
                time,
                bins,
                waiting,
                waiting * 200,
                waiting > 0 ? 1 : 0,
                LengthMoments.ZERO,
                LengthHistogram.EMPTY,
                LengthHistogram.EMPTY,
                List.of());
    }

    static InstanceSnapshot ready(String id, Pool pool, Instant now, long chats, long jobs) {
        return InstanceSnapshot.of(id, pool, Phase.READY, START.minusSeconds(86_400))
                .withSample(sample(now, chats, jobs, 0));
    }

    static InstanceSample sample(Instant now, long chats, long jobs, double savedKvTokens) {
        return InstanceSample.builder(now, 1)
                .tiers(List.of(new TierUsage("chat", chats, chats, 0), new TierUsage("jobs", jobs, jobs, 0)))
                .savedKvTokens(savedKvTokens)
                .waitingRequests(0)
                .build();
    }

    /** {@code count} jobs due in {@code leftSeconds}, with an hour of slack at first. */
    static RequestGroup group(Instant now, double leftSeconds, long count) {
        Instant deadline = now.plusMillis(Math.round(leftSeconds * 1000));
        return new RequestGroup("jobs", count, deadline, deadline.minusSeconds(3600), 200 * count, 0);
    }

    static FleetSnapshot snapshot(
            Instant now, List<InstanceSnapshot> instances, double perSecond, long waiting, List<RequestGroup> groups) {
        return new FleetSnapshot("f", now, instances, List.of(flow("chat", now, perSecond, 70, waiting)), groups);
    }

    static FleetInput input(FleetSnapshot snapshot, FleetLimits limits, FleetConfig config, Instant now) {
        return new FleetInput(snapshot, TIERS, Map.of(KIND, CAPABILITY), limits, config, 5, now);
    }

    /** A known want of interactive work that neither waits nor moves. */
    static InteractiveNeed need(double want) {
        return new InteractiveNeed(
                true, want / 1.2, 1.2, want, Double.NaN, 0, 0, want / 2, want / 2, new Trend(want / 2, 0), 5, 3600);
    }

    /** What one run of the rule at {@link #START} goes by, with a lead time of 20 s and instances of the known kind. */
    static Evidence evidence(FleetInput input, InteractiveNeed need, @Nullable ReasonCode blind, double ageSeconds) {
        Roster roster = Roster.of(input.snapshot().instances(), LeadTimes.empty(), 20, START);
        Fleet fleet = Fleet.of(roster, input, LeadTimes.empty(), 20);
        return new Evidence(input, roster, fleet, need, Explored.nothing(), blind, ageSeconds, 20);
    }

    /** {@code count} instances of a pool that run nothing. */
    static List<InstanceSnapshot> idle(Pool pool, int count) {
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            instances.add(ready(pool + "-" + i, pool, START, 0, 0));
        }
        return instances;
    }

    static <A extends Action> List<A> actions(FleetStep step, Class<A> type) {
        List<A> found = new ArrayList<>();
        step.decisions().forEach(decision -> {
            if (type.isInstance(decision.action())) {
                found.add(type.cast(decision.action()));
            }
        });
        return found;
    }
}
