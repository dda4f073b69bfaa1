package io.chiron.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.RequestGroup;
import io.chiron.api.SloTier;
import io.chiron.api.TierFlow;
import io.chiron.api.TierUsage;
import io.chiron.api.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What a {@link MetricSource} must keep. A host extends it with a source over a small fleet that serves some requests: at
 * least one instance that is ready and measured. A rule that fails is named by its number.
 *
 * <p>The host says what time it is and lets it pass, so that nothing sleeps; a host on a real clock waits in
 * {@link #pass}.
 */
public abstract class MetricSourceContract {
    /** Of one clock against another, and of a page against the tick. */
    private static final double TOLERANCE_SECONDS = 1;

    /** For the host's own class. */
    protected MetricSourceContract() {}

    /** The source under test; the same one for the whole of a test. */
    protected abstract MetricSource source();

    /** The fleet that it knows. */
    protected abstract String fleet();

    /** The tiers of that fleet. */
    protected abstract List<SloTier> tiers();

    /** The host's time. */
    protected abstract Instant now();

    /**
     * Lets time pass, so much that something new is measured where nothing is broken, and waits until the source knows it.
     * The fleet serves on.
     */
    protected abstract void pass();

    /** What the source asks does not answer from now on; the instances exist and serve on. */
    protected abstract void breakDown();

    /** What the source asks answers again. */
    protected abstract void repair();

    /** The longest that {@link MetricSource#observe} may take; it must not block. */
    protected Duration patience() {
        return Duration.ofSeconds(1);
    }

    @Test
    @DisplayName("S1: answers about the fleet that it was asked about")
    public final void s1AnswersAboutTheFleetAsked() {
        assertThat(healthy().fleet()).as("S1: fleet of the snapshot").isEqualTo(fleet());
        FleetSnapshot other = observe("no-such-fleet-" + fleet());
        assertThat(other == null || other.fleet().equals("no-such-fleet-" + fleet()))
                .as("S1: asked about a fleet that does not exist, it may throw, know nothing or say that it is empty")
                .isTrue();
    }

    @Test
    @DisplayName("S2: answers without waiting, also while what it asks is down")
    public final void s2DoesNotBlock() {
        healthy();
        assertTimeoutPreemptively(patience(), () -> observe(fleet()), "S2: observe blocks");
        breakDown();
        assertTimeoutPreemptively(patience(), () -> observe(fleet()), "S2: observe blocks while its source is down");
        pass();
        assertTimeoutPreemptively(patience(), () -> observe(fleet()), "S2: observe blocks while its source is down");
    }

    @Test
    @DisplayName("S3: is of the host's time, not of another clock's")
    public final void s3IsOfTheHostsTime() {
        FleetSnapshot snapshot = healthy();
        Instant now = now();
        assertNotAhead("S3: time of the snapshot", snapshot.time(), now);
        for (InstanceSnapshot instance : snapshot.instances()) {
            if (instance.sample() != null) {
                assertNotAhead(
                        "S3: time of the sample of " + instance.id(),
                        instance.sample().time(),
                        now);
            }
        }
        for (TierFlow flow : snapshot.flows()) {
            assertNotAhead("S3: time of the flow of " + flow.tier(), flow.time(), now);
        }
    }

    @Test
    @DisplayName("S4: lists every instance once")
    public final void s4ListsEveryInstanceOnce() {
        assertThat(healthy().instances())
                .as("S4: instances")
                .isNotEmpty()
                .extracting(InstanceSnapshot::id)
                .doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("S5: measures what can be true, of tiers that exist")
    public final void s5MeasuresWhatCanBeTrue() {
        Set<String> names = new HashSet<>();
        tiers().forEach(tier -> names.add(tier.name()));
        FleetSnapshot snapshot = healthy();
        for (InstanceSnapshot instance : snapshot.instances()) {
            InstanceSample sample = instance.sample();
            if (sample != null) {
                assertThat(sample.fault())
                        .as("S5: fault of the sample of %s", instance.id())
                        .isNull();
                assertThat(sample.tiers())
                        .as("S5: tiers of the sample of %s", instance.id())
                        .extracting(TierUsage::tier)
                        .doesNotHaveDuplicates()
                        .isSubsetOf(names);
            }
        }
        assertThat(snapshot.flows())
                .as("S5: tiers of the flows")
                .extracting(TierFlow::tier)
                .doesNotHaveDuplicates()
                .isSubsetOf(names);
    }

    @Test
    @DisplayName("S6: what is stale keeps its age")
    public final void s6WhatIsStaleKeepsItsAge() {
        healthy();
        breakDown();
        pass();
        Instant broken = now();
        for (int i = 0; i < 3; i++) {
            pass();
            FleetSnapshot snapshot = observe(fleet());
            for (InstanceSnapshot instance : instances(snapshot)) {
                assertThat(instance.sample() == null
                                || !instance.sample().time().isAfter(broken))
                        .as("S6: nothing is measured since %s, and %s has a sample of a later time", broken, instance)
                        .isTrue();
            }
        }
    }

    @Test
    @DisplayName("S7: measures again when what it asks answers again")
    public final void s7MeasuresAgain() {
        healthy();
        breakDown();
        pass();
        observe(fleet());
        repair();
        Instant repaired = now();
        pass();
        pass();
        assertThat(newestSample(healthy()))
                .as("S7: time of the newest sample, repaired at %s", repaired)
                .isAfter(repaired);
    }

    @Test
    @DisplayName("S8: an instance that does not answer is not one that is gone, nor one without load")
    public final void s8NoDataIsNotNoLoad() {
        FleetSnapshot before = healthy();
        breakDown();
        pass();
        for (int i = 0; i < 3; i++) {
            FleetSnapshot during = observe(fleet());
            if (during != null) {
                assertThat(during.instances())
                        .as("S8: instances while what is asked is down")
                        .extracting(InstanceSnapshot::id)
                        .containsAll(before.instances().stream()
                                .map(InstanceSnapshot::id)
                                .toList());
                for (InstanceSnapshot instance : during.instances()) {
                    assertThat(instance.sample() == null || !isIdleAndNewerThan(instance.sample(), before))
                            .as("S8: nothing was measured, and %s says that nothing runs", instance)
                            .isTrue();
                }
            }
            pass();
        }
    }

    @Test
    @DisplayName("S9: counters of completed requests and closed arrival bins only grow")
    public final void s9CountersOnlyGrow() {
        FleetSnapshot last = healthy();
        for (int i = 0; i < 3; i++) {
            pass();
            FleetSnapshot next = healthy();
            for (TierFlow flow : next.flows()) {
                TierFlow before = last.flow(flow.tier());
                if (before != null) {
                    assertThat(flow.completed().count())
                            .as("S9: completed requests of %s", flow.tier())
                            .isGreaterThanOrEqualTo(before.completed().count());
                    assertThat(flow.completed().output())
                            .as("S9: their output tokens")
                            .isGreaterThanOrEqualTo(before.completed().output());
                    assertSameBins(before, flow);
                }
                Instant end = flow.arrivals()
                        .start()
                        .plus(flow.arrivals()
                                .width()
                                .multipliedBy(flow.arrivals().size()));
                assertNotAhead("S9: end of the last closed bin of " + flow.tier(), end, flow.time());
            }
            last = next;
        }
    }

    @Test
    @DisplayName("S10: groups the batch queue, earliest deadline first, each with work in it")
    public final void s10GroupsTheBatchQueue() {
        Set<String> batch = new HashSet<>();
        tiers().stream().filter(tier -> !tier.interactive()).forEach(tier -> batch.add(tier.name()));
        List<RequestGroup> groups = healthy().groups();
        if (groups != null) {
            assertThat(groups).as("S10: groups").extracting(RequestGroup::tier).isSubsetOf(batch);
            assertThat(groups)
                    .as("S10: deadlines")
                    .extracting(RequestGroup::deadline)
                    .isSorted();
        }
    }

    @Test
    @DisplayName("S11: a question asked twice gets the same answer")
    public final void s11AskingChangesNothing() {
        FleetSnapshot first = healthy();
        FleetSnapshot second = healthy();
        assertThat(second.instances())
                .as("S11: instances of the second answer")
                .extracting(InstanceSnapshot::id)
                .containsExactlyInAnyOrderElementsOf(
                        first.instances().stream().map(InstanceSnapshot::id).toList());
        for (InstanceSnapshot instance : first.instances()) {
            InstanceSnapshot again = second.instances().stream()
                    .filter(each -> each.id().equals(instance.id()))
                    .findFirst()
                    .orElseThrow();
            assertThat(instance.sample() == null || again.sample() != null)
                    .as("S11: the sample of %s is still there", instance.id())
                    .isTrue();
        }
    }

    /** A snapshot with a sample, for which nothing is broken. */
    private FleetSnapshot healthy() {
        FleetSnapshot snapshot = null;
        for (int i = 0; i < 4; i++) {
            snapshot = observe(fleet());
            if (!newestSample(snapshot).equals(Instant.MIN)) {
                return Objects.requireNonNull(snapshot);
            }
            pass();
        }
        throw new AssertionError("S0: a healthy source with an instance that serves has no sample after three windows, "
                + "but " + snapshot);
    }

    /** What it says; null also if it throws, which it may. */
    private @Nullable FleetSnapshot observe(String fleet) {
        try {
            return source().observe(fleet, now());
        } catch (RuntimeException allowed) {
            return null;
        }
    }

    private static List<InstanceSnapshot> instances(@Nullable FleetSnapshot snapshot) {
        return snapshot == null ? List.of() : snapshot.instances();
    }

    private static Instant newestSample(@Nullable FleetSnapshot snapshot) {
        Instant newest = Instant.MIN;
        for (InstanceSnapshot instance : instances(snapshot)) {
            InstanceSample sample = instance.sample();
            newest = sample != null && sample.time().isAfter(newest) ? sample.time() : newest;
        }
        return newest;
    }

    private static boolean isIdleAndNewerThan(InstanceSample sample, FleetSnapshot before) {
        return sample.time().isAfter(newestSample(before)) && sample.runningNow() == 0 && sample.outputTokens() == 0;
    }

    private static void assertNotAhead(String what, Instant time, Instant now) {
        assertThat(Times.secondsBetween(now, time))
                .as("%s, seconds ahead", what)
                .isLessThan(TOLERANCE_SECONDS);
    }

    /** A bin that both list holds the same. */
    private static void assertSameBins(TierFlow before, TierFlow after) {
        TreeMap<Instant, Double> counts = new TreeMap<>();
        for (int i = 0; i < before.arrivals().size(); i++) {
            counts.put(binStart(before, i), before.arrivals().requests(i));
        }
        for (int i = 0; i < after.arrivals().size(); i++) {
            Double known = counts.get(binStart(after, i));
            if (known != null
                    && before.arrivals().width().equals(after.arrivals().width())) {
                assertThat(after.arrivals().requests(i))
                        .as("S9: arrivals of %s in the closed bin at %s", after.tier(), binStart(after, i))
                        .isEqualTo(known);
            }
        }
    }

    private static Instant binStart(TierFlow flow, int index) {
        return flow.arrivals().start().plus(flow.arrivals().width().multipliedBy(index));
    }
}
