package io.chiron.examples.simulator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.examples.simulator.engine.EventLog.Event;
import io.chiron.examples.simulator.engine.EventLog.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;

/** Random work with evictions, cancellations and, where the KV cache is small, preemptions. */
final class EngineProperties {
    private static final Profile PROFILE = Profile.load("llama3-8b_a100-80g_tp1");

    @Property(tries = 300)
    void coalescedAndSteppedRunsAreTheSame(
            @ForAll long seed,
            @ForAll @IntRange(min = 300, max = 5000) int capacity,
            @ForAll @IntRange(min = 1, max = 600) int chunk,
            @ForAll @IntRange(min = 1, max = 40) int maxSequences) {
        Script coalesced = new Script(seed, new Engine(PROFILE.withKvCapacityTokens(capacity), chunk, maxSequences));
        Script stepped =
                new Script(seed, new Engine(PROFILE.withKvCapacityTokens(capacity), chunk, maxSequences, false));
        coalesced.run();
        stepped.run();
        List<Event> expected = stepped.log.events;
        List<Event> actual = coalesced.log.events;
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).kind()).isEqualTo(expected.get(i).kind());
            assertThat(actual.get(i).id()).isEqualTo(expected.get(i).id());
            assertThat(actual.get(i).generatedTokens())
                    .isEqualTo(expected.get(i).generatedTokens());
            assertThat(actual.get(i).seconds())
                    .isCloseTo(expected.get(i).seconds(), near(expected.get(i).seconds()));
        }
        assertThat(coalesced.windows).hasSameSizeAs(stepped.windows);
        for (int i = 0; i < coalesced.windows.size(); i++) {
            assertSame(coalesced.windows.get(i), stepped.windows.get(i));
        }
    }

    @Property(tries = 300)
    void nothingIsLostAndTheKvCacheNeverOverflows(
            @ForAll long seed,
            @ForAll @IntRange(min = 300, max = 5000) int capacity,
            @ForAll @IntRange(min = 1, max = 600) int chunk,
            @ForAll @IntRange(min = 1, max = 40) int maxSequences) {
        Script script = new Script(seed, new Engine(PROFILE.withKvCapacityTokens(capacity), chunk, maxSequences));
        script.run();
        long yielded = 0;
        for (EngineRequest r : script.requests) {
            assertThat(r.isInEngine()).isFalse();
            yielded += r.generatedTokens();
            long finished = script.log.events.stream()
                    .filter(e -> e.kind() == Kind.FINISHED && e.id() == r.id())
                    .count();
            boolean complete = r.generatedTokens() == r.outputTokens();
            assertThat(finished).isEqualTo(complete ? 1 : 0);
            assertThat(complete || script.cancelled.contains(r)).isTrue();
            assertThat(script.log.events.stream()
                            .filter(e -> e.kind() == Kind.FIRST_TOKEN && e.id() == r.id())
                            .count())
                    .isEqualTo(r.generatedTokens() > 0 ? 1 : 0);
        }
        assertThat(script.windows.stream().mapToLong(Window::outputTokens).sum())
                .isEqualTo(yielded);
        assertThat(script.windows.stream().mapToLong(Window::preemptions).sum())
                .isEqualTo(script.log.count(Kind.PREEMPTED))
                .isEqualTo(script.requests.stream()
                        .mapToLong(EngineRequest::preemptions)
                        .sum());
        assertThat(script.mostKvUsedTokens).isBetween(0L, (long) capacity);
        Window last = script.windows.get(script.windows.size() - 1);
        assertThat(last.kvUsedTokens()).isZero();
        assertThat(last.savedKvTokens()).isZero();
        assertThat(last.running() + last.waiting()).isZero();
    }

    @Property(tries = 100)
    void whereTheHostLooksInDoesNotChangeABit(
            @ForAll long seed, @ForAll @IntRange(min = 300, max = 5000) int capacity) {
        List<List<Event>> logs = new ArrayList<>();
        for (int looks : new int[] {1, 37}) {
            SplittableRandom random = new SplittableRandom(seed);
            Engine engine = new Engine(PROFILE.withKvCapacityTokens(capacity), 512, 64);
            EventLog log = new EventLog();
            double now = 0;
            for (int i = 0; i < 30; i++) {
                double next = now + random.nextDouble(0.5);
                for (int look = 1; look < looks; look++) {
                    engine.advance(now + (next - now) * look / looks, log);
                }
                now = next;
                engine.advance(now, log);
                engine.admit(new EngineRequest(i, i % 2, random.nextInt(1, 150), random.nextInt(1, 150), now), now);
            }
            engine.advance(1e6, log);
            logs.add(log.events);
        }
        assertThat(logs.get(1)).isEqualTo(logs.get(0));
    }

    private static void assertSame(Window actual, Window expected) {
        assertThat(actual.iterations()).isEqualTo(expected.iterations());
        assertThat(actual.prefillTokens()).isEqualTo(expected.prefillTokens());
        assertThat(actual.preemptions()).isEqualTo(expected.preemptions());
        assertThat(actual.kvUsedTokens()).isEqualTo(expected.kvUsedTokens());
        assertThat(actual.savedKvTokens()).isEqualTo(expected.savedKvTokens());
        assertThat(actual.running()).isEqualTo(expected.running());
        assertThat(actual.waiting()).isEqualTo(expected.waiting());
        assertThat(actual.iterationSeconds()).isCloseTo(expected.iterationSeconds(), near(1));
        if (expected.iterations() > 0) {
            assertThat(actual.meanDecodeSequences()).isCloseTo(expected.meanDecodeSequences(), near(1));
            assertThat(Double.isNaN(actual.meanItlSeconds())).isEqualTo(Double.isNaN(expected.meanItlSeconds()));
        }
        for (int tier = 0; tier < Engine.TIERS; tier++) {
            Window.Tier a = actual.tiers().get(tier);
            Window.Tier e = expected.tiers().get(tier);
            assertThat(a.outputTokens()).isEqualTo(e.outputTokens());
            assertThat(a.meanRunning()).isCloseTo(e.meanRunning(), near(10));
        }
    }

    private static Offset<Double> near(double value) {
        return within(1e-9 * Math.max(1, value));
    }

    /** The same random calls for the same seed, whatever the engine does within rounding. */
    private static final class Script {
        final Engine engine;
        final EventLog log = new EventLog();
        final List<EngineRequest> requests = new ArrayList<>();
        final List<EngineRequest> cancelled = new ArrayList<>();
        final List<Window> windows = new ArrayList<>();
        long mostKvUsedTokens;
        private final SplittableRandom random;

        Script(long seed, Engine engine) {
            this.random = new SplittableRandom(seed);
            this.engine = engine;
        }

        void run() {
            double nowSeconds = 0;
            double paceSeconds = random.nextDouble(0.3);
            for (int i = 0; i < 150; i++) {
                nowSeconds += random.nextDouble() * paceSeconds;
                engine.advance(nowSeconds, log);
                mostKvUsedTokens = Math.max(mostKvUsedTokens, engine.kvUsedTokens());
                int action = random.nextInt(10);
                if (requests.isEmpty() || action < 6) {
                    EngineRequest r = new EngineRequest(
                            i, random.nextInt(2), random.nextInt(1, 150), random.nextInt(1, 150), nowSeconds);
                    requests.add(r);
                    engine.admit(r, nowSeconds);
                } else {
                    change(requests.get(random.nextInt(requests.size())), action, nowSeconds);
                }
                if (i % 10 == 0) {
                    windows.add(engine.takeWindow(nowSeconds));
                }
            }
            engine.advance(1e6, log);
            for (EngineRequest r : requests) {
                if (admissible(r)) {
                    engine.admit(r, 1e6);
                }
            }
            engine.advance(1e7, log);
            windows.add(engine.takeWindow(1e7));
        }

        private void change(EngineRequest r, int action, double nowSeconds) {
            if (action == 9) {
                if (r.generatedTokens() < r.outputTokens()) {
                    engine.cancel(r, nowSeconds);
                    cancelled.add(r);
                }
            } else if (admissible(r)) {
                engine.admit(r, nowSeconds);
            } else if (!cancelled.contains(r)) {
                engine.evict(r, nowSeconds);
            }
        }

        private boolean admissible(EngineRequest r) {
            return !r.isInEngine() && !cancelled.contains(r) && r.generatedTokens() < r.outputTokens();
        }
    }
}
