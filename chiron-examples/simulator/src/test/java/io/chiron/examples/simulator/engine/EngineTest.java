package io.chiron.examples.simulator.engine;

import static io.chiron.examples.simulator.engine.EngineRequest.BATCH;
import static io.chiron.examples.simulator.engine.EngineRequest.INTERACTIVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.chiron.examples.simulator.engine.EventLog.Kind;
import org.junit.jupiter.api.Test;

final class EngineTest {
    private static final Profile PROFILE = Profile.load("llama3-8b_a100-80g_tp1");

    private final EventLog log = new EventLog();

    @Test
    void oneRequestTakesItsPrefillAndOneIterationPerFurtherToken() {
        Engine engine = new Engine(PROFILE, 512, 256);
        EngineRequest request = request(1, INTERACTIVE, 1000, 3);
        engine.admit(request, 5);
        assertThat(engine.nextEventSeconds()).isEqualTo(5);
        engine.advance(100, log);

        double prefill = PROFILE.iterationSeconds(0, 512, 0, 512 * 256.0)
                + PROFILE.iterationSeconds(0, 488, 0, 488 * (512 + 244.0));
        double decode = PROFILE.iterationSeconds(1, 0, 1001, 0) + PROFILE.iterationSeconds(1, 0, 1002, 0);
        assertThat(log.seconds(Kind.FIRST_TOKEN, 1)).isCloseTo(5 + prefill, within(1e-12));
        assertThat(log.seconds(Kind.FINISHED, 1)).isCloseTo(5 + prefill + decode, within(1e-12));
        assertThat(engine.nextEventSeconds()).isInfinite();

        Window window = engine.takeWindow(100);
        assertThat(window.prefillTokens()).isEqualTo(1000);
        assertThat(window.outputTokens()).isEqualTo(3);
        assertThat(window.iterations()).isEqualTo(4);
        assertThat(window.meanItlSeconds()).isCloseTo(decode / 2, within(1e-12));
        assertThat(window.meanRunning()).isCloseTo((prefill + decode) / 100, within(1e-12));
        assertThat(window.kvUsedTokens()).isZero();
        assertThat(request.isInEngine()).isFalse();
    }

    @Test
    void oneOutputTokenFinishesWithThePrefill() {
        Engine engine = new Engine(PROFILE, 512, 256);
        engine.admit(request(1, INTERACTIVE, 512, 1), 0);
        engine.advance(1, log);
        assertThat(log.seconds(Kind.FINISHED, 1))
                .isEqualTo(log.seconds(Kind.FIRST_TOKEN, 1))
                .isEqualTo(PROFILE.iterationSeconds(0, 512, 0, 512 * 256.0));
    }

    @Test
    void severalPromptsShareAnIterationInTheirOrder() {
        Engine engine = new Engine(PROFILE, 512, 256);
        engine.admit(request(1, BATCH, 200, 1), 0);
        engine.admit(request(2, INTERACTIVE, 200, 1), 0);
        engine.admit(request(3, INTERACTIVE, 200, 1), 0);
        engine.advance(10, log);
        assertThat(log.seconds(Kind.FINISHED, 2)).isEqualTo(log.seconds(Kind.FINISHED, 3));
        assertThat(log.seconds(Kind.FINISHED, 1)).isGreaterThan(log.seconds(Kind.FINISHED, 3));
    }

    @Test
    void aFullDecodeSetLeavesNoRoomForPrefill() {
        Engine engine = new Engine(PROFILE, 2, 256);
        for (int i = 0; i < 4; i++) {
            engine.admit(request(i, INTERACTIVE, 1, 50), 0);
        }
        engine.advance(0.1, log);
        assertThat(engine.runningSequences()).isEqualTo(2);
        assertThat(engine.waitingRequests()).isEqualTo(2);
        engine.advance(1e6, log);
        assertThat(log.count(Kind.FINISHED)).isEqualTo(4);
    }

    @Test
    void theYoungestBatchSequenceIsPreemptedAndFinishesLater() {
        Engine engine = new Engine(PROFILE.withKvCapacityTokens(400), 512, 256);
        engine.admit(request(1, BATCH, 100, 100), 0);
        engine.admit(request(2, BATCH, 100, 100), 0);
        engine.admit(request(3, INTERACTIVE, 100, 100), 0);
        engine.advance(1e6, log);
        assertThat(log.events.stream().filter(e -> e.kind() == Kind.PREEMPTED).findFirst())
                .hasValueSatisfying(e -> assertThat(e.id()).isEqualTo(2));
        assertThat(log.seconds(Kind.FINISHED, 3)).isLessThan(log.seconds(Kind.FINISHED, 2));
        assertThat(log.count(Kind.FINISHED)).isEqualTo(3);
        assertThat(engine.takeWindow(1e6).preemptions()).isEqualTo(log.count(Kind.PREEMPTED));
    }

    @Test
    void aPreemptedSequenceGoesAheadOfThoseThatCameLater() {
        Engine engine = new Engine(PROFILE.withKvCapacityTokens(400), 512, 3);
        for (int i = 0; i < 4; i++) {
            engine.admit(request(i, BATCH, 100, 100 - 10 * i), 0);
        }
        engine.advance(1e6, log);
        assertThat(log.events.stream().filter(e -> e.kind() == Kind.PREEMPTED).findFirst())
                .hasValueSatisfying(e -> assertThat(e.id()).isEqualTo(2));
        // Request 3 would fit at once, but 2 is first and waits for the end of 1.
        assertThat(log.seconds(Kind.FIRST_TOKEN, 3)).isGreaterThan(log.seconds(Kind.FINISHED, 1));
    }

    @Test
    void anAdmissionLeavesAWatermarkFree() {
        for (int prompt : new int[] {888, 889}) {
            Engine engine = new Engine(PROFILE.withKvCapacityTokens(1000), 2048, 256);
            engine.admit(request(1, INTERACTIVE, 100, 10), 0);
            engine.admit(request(2, INTERACTIVE, prompt, 1), 0);
            engine.advance(0.001, log);
            // 101 and 889 tokens with their first output tokens, and 1 % of 1000.
            assertThat(engine.runningSequences()).isEqualTo(prompt == 888 ? 2 : 1);
        }
    }

    @Test
    void anEvictedSequenceIsRestoredWithoutPrefillOnItsOldEngine() {
        Engine engine = new Engine(PROFILE, 512, 256);
        EngineRequest request = request(1, BATCH, 500, 100);
        engine.admit(request, 0);
        engine.advance(0.5, log);
        assertThat(engine.evict(request, 0.5)).isEqualTo(EvictResult.AT_ITERATION_END);
        assertThat(request.isLeaving()).isTrue();
        engine.advance(1, log);
        int generated = request.generatedTokens();
        assertThat(request.savedTokens()).isEqualTo(500 + generated);
        assertThat(request.isSavedOn(engine)).isTrue();
        assertThat(engine.savedKvTokens()).isEqualTo(500 + generated);
        assertThat(engine.kvUsedTokens()).isZero();
        engine.takeWindow(1);

        engine.admit(request, 1);
        engine.advance(100, log);
        double restore = (500 + generated) * 131072 / 25e9;
        double decode = 0;
        for (int i = generated; i < 100; i++) {
            decode += PROFILE.iterationSeconds(1, 0, 500 + i, 0);
        }
        assertThat(log.seconds(Kind.FINISHED, 1)).isCloseTo(1 + restore + decode, within(1e-9));
        assertThat(engine.takeWindow(100).prefillTokens()).isZero();
        assertThat(engine.savedKvTokens()).isZero();
    }

    @Test
    void onAnotherEngineAnEvictedSequenceIsComputedAgain() {
        Engine engine = new Engine(PROFILE, 512, 256);
        EngineRequest request = request(1, BATCH, 500, 100);
        engine.admit(request, 0);
        engine.advance(0.5, log);
        engine.evict(request, 0.5);
        engine.advance(1, log);
        int generated = request.generatedTokens();
        Engine other = new Engine(PROFILE, 2048, 256);
        other.admit(request, 1);
        assertThat(engine.savedKvTokens()).isZero();
        other.advance(100, log);
        assertThat(other.takeWindow(100).prefillTokens()).isEqualTo(500 + generated);
        assertThat(log.count(Kind.FIRST_TOKEN)).isEqualTo(1);
        assertThat(log.count(Kind.FINISHED)).isEqualTo(1);
    }

    @Test
    void aLostEngineReturnsAllItsRequests() {
        Engine engine = new Engine(PROFILE, 512, 2);
        EngineRequest saved = request(9, BATCH, 10, 1000);
        engine.admit(saved, 0);
        engine.advance(0.5, log);
        engine.evict(saved, 0.5);
        engine.advance(1, log);
        for (int i = 0; i < 4; i++) {
            engine.admit(request(i, i % 2, 100, 1000), 1);
        }
        engine.advance(3, log);
        assertThat(engine.fail(3).stream().map(EngineRequest::id)).containsExactly(0L, 2L, 1L, 3L);
        assertThat(engine.nextEventSeconds()).isInfinite();
        assertThat(engine.kvUsedTokens()).isZero();
        assertThat(saved.savedTokens()).isZero();
        assertThatThrownBy(() -> engine.admit(request(5, 0, 1, 1), 3)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void misuseIsRefused() {
        Engine engine = new Engine(PROFILE.withKvCapacityTokens(100), 512, 2);
        assertThatThrownBy(() -> engine.admit(request(1, 0, 60, 41), 0)).isInstanceOf(IllegalArgumentException.class);
        EngineRequest request = request(1, 0, 60, 40);
        engine.admit(request, 0);
        assertThatThrownBy(() -> engine.admit(request, 0)).isInstanceOf(IllegalStateException.class);
        engine.advance(0.1, log);
        assertThatThrownBy(() -> engine.evict(request, 10)).hasMessageContaining("advance to 10.0 s first");
        assertThat(engine.evict(request(2, 0, 1, 1), 0.1)).isEqualTo(EvictResult.NOT_HERE);
        assertThatThrownBy(() -> new Engine(PROFILE, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> request(1, 2, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static EngineRequest request(long id, int tier, int prompt, int output) {
        return new EngineRequest(id, tier, prompt, output, 0);
    }
}
