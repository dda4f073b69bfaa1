package io.chiron.core;

import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.RequestGroup;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.api.TierUsage;
import io.chiron.api.Times;
import io.chiron.core.local.TierProfile;
import io.chiron.core.waiting.ConformalBands;
import io.chiron.core.waiting.LengthStats;
import io.chiron.core.waiting.OutputBalance;
import io.chiron.core.waiting.OutputLengths;
import io.chiron.core.waiting.ServiceRate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is learned of each tier, in the order of the tiers. Immutable.
 *
 * @param lengths prompt and output lengths
 * @param rates output tokens per second that a queue receives
 * @param bands past waits against their prediction
 * @param balances output tokens of engines against those of requests
 */
record Learned(
        List<OutputLengths> lengths,
        List<ServiceRate> rates,
        List<ConformalBands> bands,
        List<OutputBalance> balances) {
    Learned {
        balances = List.copyOf(balances);
        lengths = List.copyOf(lengths);
        rates = List.copyOf(rates);
        bands = List.copyOf(bands);
    }

    static Learned nothing(int tiers, LengthStats expected) {
        List<OutputLengths> lengths = new ArrayList<>();
        List<ServiceRate> rates = new ArrayList<>();
        List<ConformalBands> bands = new ArrayList<>();
        List<OutputBalance> balances = new ArrayList<>();
        for (int i = 0; i < tiers; i++) {
            lengths.add(OutputLengths.starting(expected));
            rates.add(ServiceRate.UNKNOWN);
            bands.add(ConformalBands.EMPTY);
            balances.add(OutputBalance.UNKNOWN);
        }
        return new Learned(lengths, rates, bands, balances);
    }

    /** What a new snapshot adds; {@code sinceSeconds} is the time since the last one. */
    Learned observe(
            FleetSnapshot snapshot, List<SloTier> tiers, double sinceSeconds, double maxAgeSeconds, Instant now) {
        List<OutputLengths> nextLengths = new ArrayList<>(lengths);
        List<ServiceRate> nextRates = new ArrayList<>(rates);
        List<ConformalBands> nextBands = new ArrayList<>(bands);
        List<OutputBalance> nextBalances = new ArrayList<>(balances);
        double[] outputRates = outputRates(snapshot, tiers, maxAgeSeconds, now);
        for (int i = 0; i < tiers.size(); i++) {
            String tier = tiers.get(i).name();
            TierFlow flow = snapshot.flow(tier);
            double rate = outputRates[i];
            if (flow != null) {
                nextLengths.set(i, lengths.get(i).observe(flow));
                nextBands.set(i, bands.get(i).observe(flow));
                nextBalances.set(i, balances.get(i).observe(flow, rate));
            }
            if (sinceSeconds > 0 && rate >= 0) {
                boolean queued = isQueued(snapshot, tier, flow);
                nextRates.set(i, rates.get(i).observe(rate * sinceSeconds, sinceSeconds, queued, now));
            }
        }
        return new Learned(nextLengths, nextRates, nextBands, nextBalances);
    }

    List<TierProfile> profiles(List<SloTier> tiers) {
        List<TierProfile> profiles = new ArrayList<>();
        for (int i = 0; i < tiers.size(); i++) {
            profiles.add(new TierProfile(tiers.get(i), stats(i)));
        }
        return profiles;
    }

    /** Lengths of tier {@code i} in tokens as its engines count them. */
    LengthStats stats(int i) {
        OutputLengths own = lengths.get(i);
        return own.stats().withOutputsTimes(balances.get(i).factor(own.knowsRunning()));
    }

    private static boolean isQueued(FleetSnapshot snapshot, String tier, @Nullable TierFlow flow) {
        if (flow != null && flow.waitingRequests() > 0) {
            return true;
        }
        List<RequestGroup> groups = snapshot.groups();
        return groups != null && groups.stream().anyMatch(group -> group.tier().equals(tier));
    }

    /**
     * Output tokens per second of each tier over all instances that serve. Those that are not measured count as the mean of
     * the others; NaN if they are the larger part.
     */
    private static double[] outputRates(
            FleetSnapshot snapshot, List<SloTier> tiers, double maxAgeSeconds, Instant now) {
        double[] rates = new double[tiers.size()];
        int measured = 0;
        int unmeasured = 0;
        for (InstanceSnapshot instance : snapshot.instances()) {
            InstanceSample sample = instance.sample();
            boolean fresh = sample != null
                    && sample.fault() == null
                    && Math.abs(Times.secondsBetween(sample.time(), now)) <= maxAgeSeconds;
            if (sample != null && fresh) {
                for (int i = 0; i < rates.length; i++) {
                    TierUsage usage = sample.usage(tiers.get(i).name());
                    rates[i] += usage == null ? 0 : usage.outputTokens() / sample.windowSeconds();
                }
                measured++;
            } else if (instance.phase() == Phase.READY || instance.phase() == Phase.DRAINING) {
                unmeasured++;
            }
        }
        for (int i = 0; i < rates.length && unmeasured > 0; i++) {
            rates[i] = unmeasured > measured ? Double.NaN : rates[i] * (measured + unmeasured) / measured;
        }
        return rates;
    }
}
